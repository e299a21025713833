"""Which plots a problem type has, and the groups of rows in them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from trimtab.gates.model.model_plots import MOST_CURVES, MOST_VALUES, plot_model
from trimtab.gates.model.model_under_test import ModelUnderTest, ScoredTable
from trimtab.learning import PROBLEM_TYPES, Bootstrap, Floats, Predictor, ProblemType
from trimtab.learning.problems.multiclass import Multiclass
from trimtab.learning.problems.quantile import Quantile

RANDOM = np.random.default_rng(0)
ROWS = 900


def subject_of(
    problem: ProblemType,
    rows: pd.DataFrame,
    labels: np.ndarray,
    scores: Floats,
    baseline: Floats | None = None,
) -> ModelUnderTest:
    return ModelUnderTest(
        model=Predictor(problem, None, tuple(rows.columns)),
        path=Path("model.skops"),
        trusted_types=(),
        test_path=Path("test.parquet"),
        test=ScoredTable(rows, labels, scores, problem.find_invalid(scores)),
        baseline=baseline,
        train=None,
        bootstrap=Bootstrap(100, 0.95, 0),
        metrics={},
    )


def of_number(
    rows: pd.DataFrame, labels: Floats | None = None, scores: Floats | None = None
) -> ModelUnderTest:
    labels = RANDOM.normal(20, 9, ROWS) if labels is None else labels
    return subject_of(PROBLEM_TYPES["regression"], rows, labels, labels + 1 if scores is None else scores)


def of_classes(number: int) -> ModelUnderTest:
    problem = Multiclass(classes=tuple(f"class {place}" for place in range(number)))
    labels = np.arange(ROWS) % (number - 1)  # the last class does not occur
    scores = RANDOM.dirichlet([1] * number, ROWS)
    return subject_of(problem, pd.DataFrame({"x": labels}), labels, scores, np.full_like(scores, np.nan))


@pytest.mark.parametrize("problem", PROBLEM_TYPES)
def test_every_problem_type_has_plots(problem):
    known = {"multiclass": Multiclass(classes=("a", "b")), "quantile": Quantile(levels=(0.1, 0.9))}
    found = known.get(problem, PROBLEM_TYPES[problem])
    labels, predictions = found.example(ROWS, 0)
    subject = subject_of(found, pd.DataFrame({"x": RANDOM.normal(size=ROWS)}), labels, predictions)

    groups = plot_model(subject, ["x"], "")

    assert all(group.curves or group.svgs for group in groups)
    assert groups[0].title == "The model on the test table"


def test_classes_without_rows_have_no_curve_and_the_rarest_of_many_are_counted():
    few, many = plot_model(of_classes(4), [], "")[1], plot_model(of_classes(14), [], "")[1]

    assert [curve.title for curve in few.curves] == [f"class {place}: 300 rows" for place in range(3)]
    assert len(many.curves) == MOST_CURVES
    assert "4 rarer classes are not shown." in many.caption


def test_curve_of_an_invalid_baseline_is_left_out():
    curves = plot_model(of_classes(3), [], "")[1].curves
    assert {name for curve in curves for name, *_ in curve.series} == {"model"}


def test_error_by_a_category_is_that_of_its_most_frequent_values():
    names = RANDOM.choice([f"name {place}" for place in range(9)], ROWS, p=[0.2] * 3 + [0.4 / 6] * 6)
    rows = pd.DataFrame({"x": np.where(np.arange(ROWS) < 30, None, names)})

    (plot,) = plot_model(of_number(rows), ["x"], "")[1].svgs

    assert plot.count("<circle") == MOST_VALUES
    assert "median 1, most rows 1 to 1" in plot
    assert "30 rows are null" in plot


@pytest.mark.parametrize(
    "column",
    [
        pd.Series(RANDOM.normal(size=ROWS)),
        pd.Series(RANDOM.normal(size=ROWS)).mask(np.arange(ROWS) % 3 == 0).replace({0.0: np.inf}),
        pd.Series(np.where(np.arange(ROWS) < 5, np.inf, RANDOM.normal(size=ROWS))),
        pd.Series(RANDOM.integers(0, 4, ROWS)),
        pd.Series(RANDOM.integers(0, 2, ROWS) == 1),
        pd.Series(pd.date_range("2013", periods=ROWS).astype("datetime64[ns]")),
        pd.Series([3.0] * ROWS),
        pd.Series(RANDOM.choice(["a", "b"], ROWS), dtype="category"),
    ],
    ids=["number", "nulls", "infinite", "few numbers", "boolean", "time", "constant", "category"],
)
def test_error_by_a_column_of_any_type_is_drawn(column):
    rows = pd.DataFrame({"x": column.set_axis(column.index + 7)})  # whatever the index is

    (plot,) = plot_model(of_number(rows), ["x"], "")[1].svgs

    assert "<circle" in plot
    assert "nan" not in plot


def test_column_of_nulls_has_no_plot():
    assert plot_model(of_number(pd.DataFrame({"x": [None] * ROWS})), ["x"], "")[1].svgs == ()


def test_model_with_one_prediction_for_all_rows_is_drawn():
    labels = RANDOM.normal(20, 9, ROWS)
    subject = of_number(pd.DataFrame({"x": labels}), labels, np.full(ROWS, 20.0))

    density, error = plot_model(subject, [], "minutes")[0].svgs

    assert "prediction, minutes" in density
    assert error.count("<circle") == 1
