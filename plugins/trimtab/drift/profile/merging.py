"""Merge reference profiles: profile several windows without reading the rows of the earlier ones again."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from trimtab.drift.profile.column_profile import ColumnProfile, NumericProfile
from trimtab.drift.profile.noise import Noise
from trimtab.drift.profile.prediction_profile import PredictionColumn, PredictionProfile
from trimtab.drift.profile.reference_profile import ReferenceProfile, pack_sample
from trimtab.drift.profile.slices import SlicePerformance, Slices
from trimtab.drift.statistics import ErrorModel, Figure, round_figure
from trimtab.errors import DriftError


def merge_profiles(one: ReferenceProfile, other: ReferenceProfile) -> ReferenceProfile:
    """Return the reference profile of the rows of both. Both must have the same bins.

    Counts are exact sums. Metrics, importance, noise and the error model are means weighted by rows. So a
    merged ROC AUC is the mean of two ROC AUCs, not that of all rows together. The sample is drawn from both
    in proportion. Attributions are not merged: they are those of one window.

    Raises:
        DriftError: The profiles have different features, bins or problem types, or only one has predictions.
    """
    _require_same_bins(one, other)
    weights = _Weights(one.rows, other.rows)
    predictions = one.predictions
    features = {name: _merge_columns(profile, other.features[name]) for name, profile in one.features.items()}
    if one.predictions and other.predictions:
        predictions = _merge_predictions(one.predictions, other.predictions, weights, features)
    return ReferenceProfile(
        rows=one.rows + other.rows,
        features=features,
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
        return round_figure(self.share * one + (1 - self.share) * other)

    def error(self, one: float, other: float) -> float:
        """Return the standard error of the mean of two independent values."""
        return round_figure(math.hypot(self.share * one, (1 - self.share) * other))

    def means(self, one: Mapping[str, float], other: Mapping[str, float]) -> dict[str, float]:
        """Return the mean by name. A value that only one part has is kept."""
        names = sorted({*one, *other})
        return {
            name: self.mean(one.get(name, other.get(name, 0.0)), other.get(name, one.get(name, 0.0)))
            for name in names
        }


def _require_same_bins(one: ReferenceProfile, other: ReferenceProfile) -> None:
    def bins(reference: ReferenceProfile) -> dict[str, tuple[float, ...] | tuple[str, ...]]:
        profiles = dict(reference.features)
        if predictions := reference.predictions:
            profiles |= {f"({name})": column.predicted for name, column in predictions.columns.items()}
        return {
            name: profile.edges if isinstance(profile, NumericProfile) else tuple(profile.counts)
            for name, profile in profiles.items()
        } | ({f"({predictions.problem})": predictions.classes} if predictions else {})

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
    one: PredictionProfile,
    other: PredictionProfile,
    weights: _Weights,
    features: Mapping[str, ColumnProfile],
) -> PredictionProfile:
    columns = {
        name: _merge_prediction_columns(column, other.columns[name], weights)
        for name, column in one.columns.items()
    }
    return one.model_copy(
        update={
            "figures": _merge_figures(one.figures, other.figures, weights),
            "columns": columns,
            "slices": _merge_slices(one.slices, other.slices),
            "errors": _merge_errors(one.errors, other.errors, weights, columns, features),
            "attributions": {},
        }
    )


def _merge_prediction_columns(
    one: PredictionColumn, other: PredictionColumn, weights: _Weights
) -> PredictionColumn:
    sums, squares = (
        tuple(round_figure(a + b) for a, b in zip(*pair, strict=True))
        for pair in ((one.sums, other.sums), (one.squares, other.squares))
    )
    mean, rows = weights.mean(one.mean, other.mean), one.predicted.rows + other.predicted.rows
    return PredictionColumn(
        mean=mean,
        deviation=round_figure(math.sqrt(max(sum(squares) / rows - (sum(sums) / rows) ** 2, 0.0))),
        predicted=_merge_numeric(one.predicted, other.predicted),
        sums=sums,
        squares=squares,
        histogram=_merge_numeric(one.histogram, other.histogram),
    )


def _merge_figures(
    one: Mapping[str, Figure], other: Mapping[str, Figure], weights: _Weights
) -> dict[str, Figure]:
    """Return the mean of each metric that both have; the two are independent."""
    merged = {}
    for name, figure in one.items():
        if later := other.get(name):
            merged[name] = Figure(
                value=weights.mean(figure.value, later.value),
                error=_combine(weights.error, figure.error, later.error),
                expected=_combine(weights.mean, figure.expected, later.expected),
            )
    return merged


def _combine(mean: Callable[[float, float], float], one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else mean(one, other)


def _merge_slices(one: Slices, other: Slices) -> Slices:
    merged = {feature: dict(slices) for feature, slices in one.items()}
    for feature, slices in other.items():
        for category, later in slices.items():
            earlier = merged.setdefault(feature, {}).get(category)
            merged[feature][category] = _merge_slice(earlier, later) if earlier else later
    return merged


def _merge_slice(one: SlicePerformance, other: SlicePerformance) -> SlicePerformance:
    figures = _merge_figures(one.figures, other.figures, _Weights(one.rows, other.rows))
    return SlicePerformance(rows=one.rows + other.rows, figures=figures)


def _merge_errors(
    one: ErrorModel | None,
    other: ErrorModel | None,
    weights: _Weights,
    columns: Mapping[str, PredictionColumn],
    features: Mapping[str, ColumnProfile],
) -> ErrorModel | None:
    if one is None or other is None:
        return None
    counts = {name: profile.bin_counts() for name, profile in features.items()}
    counts |= {f"({name})": column.predicted.bin_counts() for name, column in columns.items()}
    return one.merge(other, weights.share, {name: np.asarray(each) for name, each in counts.items()})


def _merge_noise(one: Noise, other: Noise, weights: _Weights) -> Noise:
    return Noise(
        features=weights.means(one.features, other.features),
        predictions=weights.means(one.predictions, other.predictions),
        calibrated=weights.means(one.calibrated, other.calibrated),
        metrics=weights.means(one.metrics, other.metrics),
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
