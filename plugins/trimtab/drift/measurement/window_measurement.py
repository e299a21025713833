"""Measure the current window against a reference profile, in one pass over the window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from trimtab.drift.measurement.attribution_measurement import measure_attribution_shifts
from trimtab.drift.measurement.bin_groups import group_counts
from trimtab.drift.measurement.measurement import (
    ComparedValue,
    FeatureDrift,
    MeasuredStatistic,
    Measurement,
)
from trimtab.drift.measurement.prediction_measurement import measure_predictions
from trimtab.drift.measurement.statistic_measurement import measure_statistic
from trimtab.drift.profile import (
    SAMPLE_ROWS,
    ColumnProfile,
    NumericProfile,
    PredictionProfile,
    ProfiledTable,
    ReferenceProfile,
    TableHistograms,
    count_table,
    sliced_features,
)
from trimtab.drift.statistics import (
    DIGITS,
    ProjectStatistic,
    ScoredRows,
    expected_psi,
    homogeneity_p_value,
    jensen_shannon_distance,
    measure_joint_drift,
    normalized_wasserstein_distance,
    round_figure,
    smoothed_psi,
)
from trimtab.errors import DriftError
from trimtab.learning import Metric, Units

if TYPE_CHECKING:
    import pandas as pd

    from trimtab.drift.statistics import Predict


def measure(
    reference: ReferenceProfile,
    features: pd.DataFrame,
    predictions: ArrayLike,
    labels: ArrayLike | None = None,
    *,
    metric: str | None = None,
    feature_reference: ReferenceProfile | None = None,
    statistics: Sequence[ProjectStatistic] = (),
    predict: Predict | None = None,
    units: Sequence[Units] = (),
) -> Measurement:
    """Measure the current window against a champion's reference profile.

    Args:
        reference: The champion's reference profile.
        features: The window; columns that the reference does not have are ignored.
        predictions: The champion's predictions, in the shape of those of the reference.
        labels: The values of the label column, of shape (n_rows,). Some may be missing; None if all are
            delayed.
        metric: The metric of the drift policy; None for the default of the problem type.
        feature_reference: Another reference profile for the features, such as the season a year before.
        statistics: Drift statistics of the project: ``statistics`` of
            :class:`~trimtab.drift.DriftExtensions`.
        predict: The champion: returns the predictions for rows of ``features``. With it, attributions are
            measured if the reference has them.
        units: The units of the rows with a label, if these depend on each other; they widen the errors of
            what is measured with labels. See :class:`~trimtab.learning.Dependence`.

    Raises:
        DriftError: There are no rows, a feature is missing or has another type, lengths differ, a prediction
            or a label is invalid, the problem type has no such metric, or a statistic of the project fails.
    """
    known = [name for name in features.columns if name in reference.features]
    table = ProfiledTable.from_frame(features[known])
    measured = measure_table(
        reference,
        table,
        predictions,
        labels,
        metric=metric,
        feature_reference=feature_reference,
        statistics=statistics,
        units=units,
    )
    before, now = reference.predictions, measured.predictions
    if predict is None or before is None or now is None or not before.attributions:
        return measured
    shifts = measure_attribution_shifts(before, features, predictions, labels, predict, now.metric)
    return replace(measured, predictions=replace(now, attributions=shifts))


def measure_table(
    reference: ReferenceProfile,
    table: ProfiledTable,
    predictions: ArrayLike | None = None,
    labels: ArrayLike | None = None,
    *,
    metric: str | None = None,
    feature_reference: ReferenceProfile | None = None,
    statistics: Sequence[ProjectStatistic] = (),
    units: Sequence[Units] = (),
) -> Measurement:
    """Measure any table; the arguments are those of :func:`measure`.

    Raises:
        DriftError: As for :func:`measure`, or only one of reference and window has predictions.
    """
    _require_comparable(reference, table, predictions)
    before, of_model = feature_reference or reference, reference.predictions
    scored = None
    if of_model is not None and predictions is not None:
        measured_in = _require_metric(of_model, metric)
        scored = ScoredRows.read(of_model.problem_type, predictions, labels, rows=table.rows)
    keep = sliced_features(before.features) if scored and scored.labelled else []
    histograms = count_table(table, before.features, keep=keep, sample=SAMPLE_ROWS)
    measured = {one.name: measure_statistic(one, before, histograms) for one in statistics}
    drifts = [
        _measure_feature(name, before, histograms, {key: of[name] for key, of in measured.items()})
        for name in before.features
    ]
    return Measurement(
        rows=table.rows,
        features=tuple(sorted(drifts, key=lambda drift: (-(drift.at_stake or 0), -drift.psi, drift.name))),
        profiles=histograms.features,
        joint=measure_joint_drift(before.sampled, histograms.sample, noise=before.noise.joint),
        predictions=measure_predictions(
            reference,
            of_model,
            histograms,
            scored,
            measured_in,
            _counts_of_error_model(reference, of_model, before, table, histograms),
            units,
        )
        if of_model is not None and scored is not None
        else None,
        reference=reference,
        feature_reference=before,
    )


def _counts_of_error_model(
    reference: ReferenceProfile,
    of_model: PredictionProfile,
    counted: ReferenceProfile,
    table: ProfiledTable,
    histograms: TableHistograms,
) -> dict[str, list[int]]:
    """Return the window's rows per bin of the model's own reference; nothing if no error model needs them."""
    if of_model.errors is None:
        return {}
    own = histograms if counted is reference else count_table(table, reference.features)
    return {name: profile.bin_counts() for name, profile in own.features.items()}


def _require_comparable(
    reference: ReferenceProfile, table: ProfiledTable, predictions: ArrayLike | None
) -> None:
    if table.rows == 0:
        raise DriftError(
            "The window has no rows", where=table.where, fix="check the window's dates and the data behind it"
        )
    if (predictions is None) != (reference.predictions is None):
        raise DriftError(
            f"Only the {'reference' if predictions is None else 'window'} has predictions",
            where=table.where,
            fix="give predictions for both or for neither",
        )


def _require_metric(of_model: PredictionProfile, name: str | None) -> Metric:
    try:
        metric = of_model.problem_type.require_drift_metric(name)
    except ValueError as err:
        raise DriftError(
            f"The metric '{name}' is invalid: {err}",
            where="params.yaml: drift.metric",
            fix=f"choose one of {', '.join(of_model.problem_type.drift_metrics)}",
        ) from err
    if metric.name not in of_model.figures:
        raise DriftError(
            f"The reference profile has no figure of the metric '{metric.name}'",
            where="params.yaml: drift.metric",
            fix=f"choose one of {', '.join(of_model.figures)}, or train again",
        )
    return metric


def _measure_feature(
    name: str,
    reference: ReferenceProfile,
    histograms: TableHistograms,
    statistics: Mapping[str, MeasuredStatistic],
) -> FeatureDrift:
    before, now = reference.features[name], histograms.features[name]
    effect = reference.noise.features.get(name, 1.0)
    expected, actual = group_counts(before, before), group_counts(before, now)
    psi = smoothed_psi(expected, actual)
    bins = int(np.sum((expected > 0) | (actual > 0)))
    noise_psi = expected_psi(bins, before.rows, now.rows, design_effect=effect)
    distance = jensen_shannon_distance(expected, actual)
    importance = reference.importance.get(name)
    return FeatureDrift(
        name=name,
        kind=before.kind,
        psi=round(psi, DIGITS),
        excess_psi=round(max(psi - noise_psi, 0.0), DIGITS),
        jensen_shannon=round(distance, DIGITS),
        wasserstein=_wasserstein(before, now),
        p_value=homogeneity_p_value(expected, actual, design_effect=effect),
        at_stake=None if importance is None else round_figure(importance * distance),
        missing=_share(before.missing, before.rows, now.missing, now.rows),
        unseen=_share(before.unlisted, before.rows, now.unlisted, now.rows),
        statistics=statistics,
    )


def _wasserstein(before: ColumnProfile, now: ColumnProfile) -> float | None:
    if not isinstance(before, NumericProfile) or not isinstance(now, NumericProfile):
        return None
    return round(normalized_wasserstein_distance(before.edges, before.counts, now.counts), DIGITS)


def _share(before: int, rows_before: int, now: int, rows_now: int) -> ComparedValue:
    return ComparedValue(round(before / rows_before, DIGITS), round(now / rows_now, DIGITS))
