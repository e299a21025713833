import numpy as np
import pandas as pd
import pytest

from trimtab.drift import build_reference, measure
from trimtab.drift.profile.builder import profile_table
from trimtab.drift.profile.merging import merge_profiles
from trimtab.drift.profile.profiled_table import ProfiledTable
from trimtab.errors import DriftError

FEATURES = ["carrier", "precip", "temp"]


@pytest.fixture(scope="module")
def months(draw):
    """Two windows, and their reference profiles with the bins of the first."""
    windows = [draw(seed=1), draw(seed=2, rows=1000, shift=0.5)]
    first = build_reference(*windows[0])
    features, scores, labels = windows[1]
    second = profile_table(ProfiledTable.from_frame(features), FEATURES, scores, labels, bins_of=first)
    return windows, first, second


def test_merged_counts_are_those_of_all_rows(months):
    windows, first, second = months
    both = merge_profiles(first, second)
    together = pd.concat([window[0] for window in windows])
    scores, labels = (np.concatenate([window[part] for window in windows]) for part in (1, 2))

    whole = profile_table(ProfiledTable.from_frame(together), FEATURES, scores, labels, bins_of=first)

    assert both.rows == 3000
    assert both.features == whole.features
    assert both.predictions.positives == whole.predictions.positives
    assert both.predictions.scores == whole.predictions.scores
    assert both.predictions.base_rate == pytest.approx(whole.predictions.base_rate, abs=1e-6)


def test_merged_metrics_are_means_weighted_by_rows(months):
    _, first, second = months
    one, other = (reference.predictions.performance.roc_auc for reference in (first, second))
    assert merge_profiles(first, second).predictions.performance.roc_auc == pytest.approx(
        (2 * one + other) / 3, abs=1e-6
    )


def test_merged_sample_is_drawn_from_both_profiles_in_proportion(months):
    _, first, second = months
    assert merge_profiles(first, second).sampled.shape == (1333 + 667, 3)


def test_merged_profile_can_be_saved_loaded_and_measured_against(months, draw, tmp_path):
    _, first, second = months
    both = merge_profiles(first, second)
    both.save(tmp_path / "both.json")
    assert type(both).load(tmp_path / "both.json") == both
    assert measure(both, *draw(seed=3)).rows == 2000


def test_profiles_with_different_bins_are_not_merged(draw, months):
    with pytest.raises(DriftError, match=r"different bins .*: \(scores\), precip, temp"):
        merge_profiles(months[1], build_reference(*draw(seed=5)))
