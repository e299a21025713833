import numpy as np
import pandas as pd
import pytest

from tests.library.drift.known_models import MODELS, draw_rows
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
    merged, direct = (profile.predictions.columns["score"] for profile in (both, whole))
    assert (merged.sums, merged.predicted) == (direct.sums, direct.predicted)
    assert merged.mean == pytest.approx(direct.mean, abs=1e-6)
    assert merged.deviation == pytest.approx(direct.deviation, abs=1e-6)


def test_merged_metrics_are_means_weighted_by_rows(months):
    _, first, second = months
    one, other = (reference.predictions.figures["roc_auc"] for reference in (first, second))
    merged = merge_profiles(first, second).predictions.figures["roc_auc"]
    assert merged.value == pytest.approx((2 * one.value + other.value) / 3, abs=1e-6)
    assert merged.error == pytest.approx(np.hypot(2 * one.error, other.error) / 3, abs=1e-6)


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
    with pytest.raises(DriftError, match=r"different bins .*: \(score\), precip, temp"):
        merge_profiles(months[1], build_reference(*draw(seed=5)))


@pytest.mark.parametrize("name", ["numbers", "classes", "quantiles"])
def test_merged_profile_of_any_problem_type_expects_its_own_figure(request, name, tmp_path):
    draw = request.getfixturevalue(f"draw_{name}")
    first = request.getfixturevalue(name)
    features, predictions, labels = draw(seed=2, rows=1000)
    second = profile_table(
        ProfiledTable.from_frame(features),
        sorted(features),
        predictions,
        labels,
        problem=first.predictions.problem_type,
        unit=first.predictions.unit,
        bins_of=first,
    )

    both = merge_profiles(first, second)

    both.save(tmp_path / "both.json")
    assert type(both).load(tmp_path / "both.json") == both
    measured = measure(both, *draw(seed=3)).predictions
    assert measured.estimate.change == pytest.approx(0, abs=0.05 * measured.estimate.reference)


def test_profiles_of_other_classes_are_not_merged(draw_classes, classes):
    named = build_reference(
        *_renamed(draw_classes(seed=1)), problem_type="multiclass", classes=("A", "B", "C")
    )
    with pytest.raises(DriftError, match=r"different bins .*: \(multiclass\), \(probability_A\)"):
        merge_profiles(classes, named)


def _renamed(window):
    features, predictions, labels = window
    return features, predictions, pd.Series(labels).map({"cat": "A", "dog": "B", "eel": "C"})


def test_merged_profile_has_no_attributions():
    profile = MODELS["binary"].reference(draw_rows(1, 400))
    assert profile.predictions.attributions
    assert merge_profiles(profile, profile).predictions.attributions == {}
