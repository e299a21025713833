"""The pairs of equal models: mirror images that predict differently, and are truly equal in every metric."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchmarks.mirrored_models import CELLS, FEATURES, WRITERS, draw, train_pairs
from trimtab.learning import PROBLEM_TYPES

QUICK = [
    ("binary", "lightgbm"),
    ("multiclass", "lightgbm"),
    ("regression", "xgboost"),
    ("quantile", "xgboost"),
]


@pytest.mark.parametrize(
    ("problem", "format_"),
    [pytest.param(*cell, marks=() if cell in QUICK else pytest.mark.slow) for cell in CELLS],
)
def test_models_of_a_pair_differ_and_are_equal_on_mirrored_rows(problem, format_, tmp_path):
    model, mirror = next(train_pairs(problem, format_, tmp_path))
    window = draw(problem, 500, np.random.default_rng(1))
    labels = model.problem.read_labels(pd.Series(window.labels, name="label"))

    assert np.abs(model.predict(window.features) - mirror.predict(window.features)).mean() > 0.01
    for metric in model.problem.drift_metrics.values():
        figures = [
            model.problem.figure(metric, labels, model.predict(window.features)),
            mirror.problem.figure(metric, labels, mirror.predict(window.mirrored.features)),
        ]
        assert figures[0] == pytest.approx(figures[1], rel=1e-3), metric.name


@pytest.mark.parametrize("problem", PROBLEM_TYPES)
def test_features_have_the_same_distribution_with_the_label_in_reverse_order(problem):
    rows = draw(problem, 50_000, np.random.default_rng(0))
    label = rows.labels - np.median(rows.labels)
    related = [np.corrcoef(rows.features[name], label.clip(-300, 300))[0, 1] for name in FEATURES]
    assert related == pytest.approx([np.mean(related)] * len(FEATURES), abs=0.02)
    assert abs(np.mean(related)) > 0.1


def test_mirrored_rows_keep_labels_and_reverse_the_values_of_a_row():
    rows = draw("binary", 10, np.random.default_rng(0))
    assert rows.mirrored.features.to_numpy().tolist() == rows.features.to_numpy()[:, ::-1].tolist()
    assert rows.mirrored.labels is rows.labels


def test_every_problem_type_has_a_cell_for_skops_and_every_format_one():
    assert {problem for problem, format_ in CELLS if format_ == "skops"} == set(PROBLEM_TYPES)
    assert {format_ for _, format_ in CELLS} == set(WRITERS)
