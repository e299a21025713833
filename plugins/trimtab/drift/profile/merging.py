"""Merge reference profiles: profile several windows without reading the rows of the earlier ones again."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from trimtab.drift.profile.column_profile import ColumnProfile, NumericProfile
from trimtab.drift.profile.noise import Noise
from trimtab.drift.profile.reference_profile import PredictionProfile, ReferenceProfile, pack_sample
from trimtab.drift.profile.slices import SlicePerformance, Slices
from trimtab.drift.statistics import DIGITS, Performance
from trimtab.errors import DriftError


def merge_profiles(one: ReferenceProfile, other: ReferenceProfile) -> ReferenceProfile:
    """Return the reference profile of the rows of both. Both must have the same bins.

    Counts are exact sums. Metrics, importance and noise are means weighted by rows. So a merged ROC AUC is
    the mean of two ROC AUCs, not that of all rows together. The sample is drawn from both in proportion.

    Raises:
        DriftError: The profiles have different features or bins, or only one has predictions.
    """
    _require_same_bins(one, other)
    weights = _Weights(one.rows, other.rows)
    predictions = one.predictions
    if one.predictions and other.predictions:
        predictions = _merge_predictions(one.predictions, other.predictions, weights)
    return ReferenceProfile(
        rows=one.rows + other.rows,
        features={
            name: _merge_columns(profile, other.features[name]) for name, profile in one.features.items()
        },
        importance=weights.means(one.importance, other.importance),
        predictions=predictions,
        noise=_merge_noise(one.noise, other.noise, weights),
        sample=_merge_samples(one, other),
    )


class _Weights:
    """Weighted means; the weight is the share of each part in all rows."""

    def __init__(self, one: int, other: int) -> None:
        self.share = one / (one + other)

    def mean(self, one: float, other: float) -> float:
        return round(self.share * one + (1 - self.share) * other, DIGITS)

    def means(self, one: Mapping[str, float], other: Mapping[str, float]) -> dict[str, float]:
        """Return the mean by name. A value that only one part has is kept."""
        names = sorted({*one, *other})
        return {
            name: self.mean(one.get(name, other.get(name, 0.0)), other.get(name, one.get(name, 0.0)))
            for name in names
        }


def _require_same_bins(one: ReferenceProfile, other: ReferenceProfile) -> None:
    def bins(reference: ReferenceProfile) -> dict[str, tuple[object, ...]]:
        profiles = dict(reference.features)
        if reference.predictions:
            profiles |= {"(scores)": reference.predictions.scores}
        return {
            name: profile.edges if isinstance(profile, NumericProfile) else tuple(profile.counts)
            for name, profile in profiles.items()
        }

    ours, theirs = bins(one), bins(other)
    if odd := sorted(name for name in {*ours, *theirs} if ours.get(name) != theirs.get(name)):
        raise DriftError(
            f"The reference profiles have different bins and cannot be merged: {', '.join(odd)}",
            where="reference",
            fix="build the later profile with the bins of the earlier: `trimtab drift reference --add`",
        )


def _merge_columns(one: ColumnProfile, other: ColumnProfile) -> ColumnProfile:
    return one.with_bin_counts(np.add(one.bin_counts(), other.bin_counts()))


def _merge_numeric(one: NumericProfile, other: NumericProfile) -> NumericProfile:
    return one.with_bin_counts(np.add(one.bin_counts(), other.bin_counts()))


def _merge_predictions(
    one: PredictionProfile, other: PredictionProfile, weights: _Weights
) -> PredictionProfile:
    metrics = weights.means(dict(one.performance), dict(other.performance))
    return PredictionProfile(
        base_rate=weights.mean(one.base_rate, other.base_rate),
        performance=Performance(**metrics),
        scores=_merge_numeric(one.scores, other.scores),
        positives=tuple(a + b for a, b in zip(one.positives, other.positives, strict=True)),
        histogram=_merge_numeric(one.histogram, other.histogram),
        slices=_merge_slices(one.slices, other.slices),
    )


def _merge_slices(one: Slices, other: Slices) -> Slices:
    merged = {feature: dict(slices) for feature, slices in one.items()}
    for feature, slices in other.items():
        for category, later in slices.items():
            earlier = merged.setdefault(feature, {}).get(category)
            merged[feature][category] = _merge_slice(earlier, later) if earlier else later
    return merged


def _merge_slice(one: SlicePerformance, other: SlicePerformance) -> SlicePerformance:
    weights = _Weights(one.rows, other.rows)
    return SlicePerformance(
        rows=one.rows + other.rows,
        base_rate=weights.mean(one.base_rate, other.base_rate),
        roc_auc=weights.mean(one.roc_auc, other.roc_auc),
    )


def _merge_noise(one: Noise, other: Noise, weights: _Weights) -> Noise:
    return Noise(
        features=weights.means(one.features, other.features),
        scores=weights.mean(one.scores, other.scores),
        base_rate=weights.mean(one.base_rate, other.base_rate),
        roc_auc=weights.mean(one.roc_auc, other.roc_auc),
        joint=weights.mean(one.joint, other.joint),
    )


def _merge_samples(one: ReferenceProfile, other: ReferenceProfile) -> str:
    """Draw a sample as large as the larger one, from each profile in proportion to its rows."""
    size = max(len(one.sampled), len(other.sampled))
    share = one.rows / (one.rows + other.rows)
    wanted = min(len(one.sampled), round(size * share)), min(len(other.sampled), round(size * (1 - share)))
    random = np.random.default_rng(0)
    parts = [
        sample[np.sort(random.choice(len(sample), number, replace=False))]
        for sample, number in zip((one.sampled, other.sampled), wanted, strict=True)
    ]
    return pack_sample(np.vstack(parts))
