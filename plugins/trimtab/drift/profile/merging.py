"""Add references up: a window of several months without reading the rows of the earlier ones again."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from trimtab.drift.profile.column_profile import CategoryProfile, NumericProfile
from trimtab.drift.profile.reference_profile import Noise, Predictions, Reference, pack
from trimtab.drift.profile.slices import SlicePerformance, Slices
from trimtab.drift.statistics import DIGITS, Performance
from trimtab.errors import DriftError


def added(one: Reference, other: Reference) -> Reference:
    """Return the reference of the rows of both, which have to be counted in the same bins.

    Counts are those of all rows, exactly. Metrics, importance and noise are means weighted by rows: how good
    the model was on average, not on the rows thrown together. The sample is drawn from both in proportion.

    Raises:
        DriftError: They have different features or bins, or only one knows the model's part.
    """
    _require_same_bins(one, other)
    weights = _Weights(one.rows, other.rows)
    predictions = one.predictions
    if one.predictions and other.predictions:
        predictions = _added_predictions(one.predictions, other.predictions, weights)
    return Reference(
        rows=one.rows + other.rows,
        features={name: _sum(profile, other.features[name]) for name, profile in one.features.items()},
        importance=weights.means(one.importance, other.importance),
        predictions=predictions,
        noise=_added_noise(one.noise, other.noise, weights),
        sample=_added_sample(one, other),
    )


class _Weights:
    """The shares of two references in their sum."""

    def __init__(self, one: int, other: int) -> None:
        self.share = one / (one + other)

    def mean(self, one: float, other: float) -> float:
        return round(self.share * one + (1 - self.share) * other, DIGITS)

    def means(self, one: Mapping[str, float], other: Mapping[str, float]) -> dict[str, float]:
        """Of each name; what only one has, as it is."""
        names = sorted({*one, *other})
        return {
            name: self.mean(one.get(name, other.get(name, 0.0)), other.get(name, one.get(name, 0.0)))
            for name in names
        }


def _require_same_bins(one: Reference, other: Reference) -> None:
    def bins(reference: Reference) -> dict[str, tuple[object, ...]]:
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
            f"References of different bins cannot be added up: {', '.join(odd)}",
            where="reference",
            fix="profile the later one in the bins of the earlier one: `trimtab drift reference --add`",
        )


def _sum(
    one: NumericProfile | CategoryProfile, other: NumericProfile | CategoryProfile
) -> NumericProfile | CategoryProfile:
    return one.of_weights(np.add(one.weights(), other.weights()))


def _added_predictions(one: Predictions, other: Predictions, weights: _Weights) -> Predictions:
    metrics = weights.means(dict(one.performance), dict(other.performance))
    return Predictions(
        base_rate=weights.mean(one.base_rate, other.base_rate),
        performance=Performance(**metrics),
        scores=one.scores.of_weights(np.add(one.scores.weights(), other.scores.weights())),
        positives=tuple(a + b for a, b in zip(one.positives, other.positives, strict=True)),
        histogram=one.histogram.of_weights(np.add(one.histogram.weights(), other.histogram.weights())),
        slices=_added_slices(one.slices, other.slices),
    )


def _added_slices(one: Slices, other: Slices) -> Slices:
    found = {feature: dict(slices) for feature, slices in one.items()}
    for feature, slices in other.items():
        for category, later in slices.items():
            earlier = found.setdefault(feature, {}).get(category)
            found[feature][category] = _added_slice(earlier, later) if earlier else later
    return found


def _added_slice(one: SlicePerformance, other: SlicePerformance) -> SlicePerformance:
    weights = _Weights(one.rows, other.rows)
    return SlicePerformance(
        rows=one.rows + other.rows,
        base_rate=weights.mean(one.base_rate, other.base_rate),
        roc_auc=weights.mean(one.roc_auc, other.roc_auc),
    )


def _added_noise(one: Noise, other: Noise, weights: _Weights) -> Noise:
    return Noise(
        features=weights.means(one.features, other.features),
        scores=weights.mean(one.scores, other.scores),
        base_rate=weights.mean(one.base_rate, other.base_rate),
        roc_auc=weights.mean(one.roc_auc, other.roc_auc),
        joint=weights.mean(one.joint, other.joint),
    )


def _added_sample(one: Reference, other: Reference) -> str:
    """As many rows of each as its share of all rows, out of as many as the larger sample has."""
    most = max(len(one.sampled), len(other.sampled))
    share = one.rows / (one.rows + other.rows)
    wanted = min(len(one.sampled), round(most * share)), min(len(other.sampled), round(most * (1 - share)))
    random = np.random.default_rng(0)
    parts = [
        sample[np.sort(random.choice(len(sample), number, replace=False))]
        for sample, number in zip((one.sampled, other.sampled), wanted, strict=True)
    ]
    return pack(np.vstack(parts))
