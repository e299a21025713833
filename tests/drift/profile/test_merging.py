import numpy as np
import pandas as pd
import pytest

from trimtab.drift import build_reference, measure
from trimtab.drift.profile.builder import reference_of
from trimtab.drift.profile.merging import added
from trimtab.drift.profile.profiled_table import Table
from trimtab.errors import DriftError

FEATURES = ["carrier", "precip", "temp"]


@pytest.fixture(scope="module")
def months(draw):
    """Two windows, and a reference of each in the bins of the first."""
    windows = [draw(seed=1), draw(seed=2, rows=1000, shift=0.5)]
    first = build_reference(*windows[0])
    features, scores, labels = windows[1]
    second = reference_of(Table.of_frame(features), FEATURES, scores, labels, bins_of=first)
    return windows, first, second


def test_counts_are_those_of_all_rows(months):
    windows, first, second = months
    both = added(first, second)
    together = pd.concat([window[0] for window in windows])
    scores, labels = (np.concatenate([window[part] for window in windows]) for part in (1, 2))

    whole = reference_of(Table.of_frame(together), FEATURES, scores, labels, bins_of=first)

    assert both.rows == 3000
    assert both.features == whole.features
    assert both.predictions.positives == whole.predictions.positives
    assert both.predictions.scores == whole.predictions.scores
    assert both.predictions.base_rate == pytest.approx(whole.predictions.base_rate, abs=1e-6)


def test_metrics_are_means_weighted_by_rows(months):
    _, first, second = months
    one, other = (reference.predictions.performance.roc_auc for reference in (first, second))
    assert added(first, second).predictions.performance.roc_auc == pytest.approx(
        (2 * one + other) / 3, abs=1e-6
    )


def test_the_sample_is_drawn_from_both_in_proportion(months):
    _, first, second = months
    assert added(first, second).sampled.shape == (1333 + 667, 3)


def test_the_sum_can_be_measured_against_saved_and_loaded(months, draw, tmp_path):
    _, first, second = months
    both = added(first, second)
    both.save(tmp_path / "both.json")
    assert type(both).load(tmp_path / "both.json") == both
    assert measure(both, *draw(seed=3)).rows == 2000


def test_references_of_different_bins_are_not_added_up(draw, months):
    with pytest.raises(DriftError, match=r"different bins .*: \(scores\), precip, temp"):
        added(months[1], build_reference(*draw(seed=5)))
