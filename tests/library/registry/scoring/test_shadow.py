from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from trimtab.errors import ScoringError
from trimtab.learning import PROBLEM_TYPES
from trimtab.registry.scoring.shadow import compare_shadow_scores


@pytest.fixture
def write(tmp_path):
    def to(name, scores):
        pd.DataFrame({"score": np.array(scores, float)}).to_parquet(tmp_path / name)
        return tmp_path / name

    return to


def test_the_share_counts_rows_that_change_sides_where_the_threshold_itself_is_positive(write):
    ours, theirs = write("a", [0.1, 0.5, 0.49, 0.9]), write("b", [0.2, 0.4, 0.5, 0.8])
    figures = compare_shadow_scores(ours, theirs, threshold=0.5)
    assert figures["rows"] == 4
    assert figures["share_changed"] == 0.5
    assert figures["mean_difference"] == pytest.approx(-0.0225)
    assert compare_shadow_scores(ours, theirs, threshold=0.95)["share_changed"] == 0


def test_correlation_is_pearsons(write):
    rng = np.random.default_rng(0)
    ours = rng.random(1_000)
    theirs = 0.7 * ours + 0.3 * rng.random(1_000)
    figures = compare_shadow_scores(write("a", ours), write("b", theirs), threshold=0.5)
    assert figures["correlation"] == pytest.approx(np.corrcoef(ours, theirs)[0, 1])
    assert compare_shadow_scores(write("a", ours), write("b", ours), threshold=0.5)[
        "correlation"
    ] == pytest.approx(1)


def test_scores_that_are_all_alike_have_no_correlation(write):
    figures = compare_shadow_scores(write("a", [0.3, 0.3, 0.3]), write("b", [0.1, 0.2, 0.9]), threshold=0.5)
    assert "correlation" not in figures


def test_scores_of_quantiles_are_compared_in_all_of_them_and_refused_without_one(tmp_path):
    problem = PROBLEM_TYPES["quantile"].with_levels([0.1, 0.5, 0.9])
    files = {"a": [1.0, 2.0, 4.0], "b": [0.0, 2.5, 5.0]}
    for name, row in files.items():
        table = pd.DataFrame([row, row], columns=list(problem.columns))
        table.to_parquet(tmp_path / name)
    table.drop(columns="quantile_0.9").to_parquet(tmp_path / "without")

    figures = compare_shadow_scores(tmp_path / "a", tmp_path / "b", threshold=0.5, problem=problem)

    assert (figures["mean_difference"], figures["mean_width_difference"]) == (0.5, 2.0)
    with pytest.raises(ScoringError, match=r"The scores have no column 'quantile_0\.9'"):
        compare_shadow_scores(tmp_path / "without", tmp_path / "b", threshold=0.5, problem=problem)


def test_scores_of_other_rows_are_not_compared(write):
    with pytest.raises(ScoringError, match="differ: 3 and 2 rows"):
        compare_shadow_scores(write("a", [0.1, 0.2, 0.3]), write("b", [0.1, 0.2]), threshold=0.5)
