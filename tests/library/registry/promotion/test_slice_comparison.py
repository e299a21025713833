"""Challenger and champion in the slices of a window."""

from __future__ import annotations

import numpy as np
import pandas as pd

from trimtab.learning import BINARY, PROBLEM_TYPES
from trimtab.registry import PromotePolicy
from trimtab.registry.promotion.comparison_window import LabelledWindow
from trimtab.registry.promotion.slice_comparison import WindowScores, compare_classes, compare_slices


def test_slices_are_the_values_of_the_columns_and_small_ones_are_not_compared():
    random = np.random.default_rng(1)
    labels, scores = random.random(200) < 0.5, random.random(200)
    rows = pd.DataFrame({"origin": ["JFK"] * 150 + ["EWR"] * 40 + [None] * 10})
    policy = PromotePolicy(resamples=100, slices={"columns": ["origin"], "min_rows": 30})

    found = compare_slices(
        LabelledWindow(rows, labels, BINARY, ()),
        WindowScores(labels, scores, np.sqrt(scores)),
        policy,
        BINARY.metrics["roc_auc"],
    )

    assert [(part.name, part.rows, part.pair and part.pair.gain) for part in found] == [
        ("origin = (missing)", 10, None),
        ("origin = EWR", 40, 0.0),
        ("origin = JFK", 150, 0.0),
    ]


def test_classes_are_compared_by_their_recall_and_rare_ones_are_not():
    problem = PROBLEM_TYPES["multiclass"].with_classes(["early", "late", "lost"])
    labels = np.repeat([0, 1, 2], [100, 60, 5])
    right = np.eye(3)[labels]
    wrong = np.where((labels == 1)[:, None], np.eye(3)[np.zeros_like(labels)], right)
    window = LabelledWindow(pd.DataFrame({"a": labels}), labels, problem, ())
    policy = PromotePolicy(resamples=100, slices={"min_rows": 30})

    found = {part.name: part for part in compare_classes(window, WindowScores(labels, wrong, right), policy)}

    assert [(part.name, part.rows) for part in found.values()] == [("early", 100), ("late", 60), ("lost", 5)]
    assert (found["early"].pair.gain, found["late"].pair.gain) == (0, -1)
    assert found["lost"].pair is None


def test_problem_of_two_classes_is_not_compared_by_class():
    labels = np.array([True, False])
    window = LabelledWindow(pd.DataFrame({"a": [1, 2]}), labels, BINARY, ())
    scores = WindowScores(labels, np.array([0.5, 0.5]), np.array([0.5, 0.5]))
    assert [*compare_classes(window, scores, PromotePolicy())] == []
