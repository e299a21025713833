"""Challenger and champion in the slices of a window."""

from __future__ import annotations

import numpy as np
import pandas as pd

from trimtab.learning import BINARY
from trimtab.registry import PromotePolicy
from trimtab.registry.promotion.comparison_window import LabelledWindow
from trimtab.registry.promotion.slice_comparison import WindowScores, compare_slices


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
