"""Measure the drift of a model's predictions, and its performance."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trimtab.drift.measurement.bin_groups import group_counts
from trimtab.drift.measurement.measurement import (
    ColumnDrift,
    ComparedValue,
    PredictionDrift,
    SliceDrift,
    WindowDependence,
)
from trimtab.drift.profile import (
    PredictionColumn,
    PredictionProfile,
    ReferenceProfile,
    TableHistograms,
    performance_by_slice,
)
from trimtab.drift.statistics import (
    DIGITS,
    Figure,
    ScoredRows,
    benjamini_hochberg,
    expected_mean,
    homogeneity_p_value,
    measure_metric,
    round_figure,
    smoothed_psi,
)
from trimtab.learning import Metric, Units, describe_blocks, mean_errors, to_blocks


def measure_predictions(
    reference: ReferenceProfile,
    before: PredictionProfile,
    histograms: TableHistograms,
    scored: ScoredRows,
    metric: Metric,
    counts: Mapping[str, ArrayLike],
    units: Sequence[Units] = (),
) -> PredictionDrift:
    """Measure the drift of the predictions.

    Args:
        reference: The model's reference profile.
        before: Its predictions.
        histograms: The window's histograms, with the bin indices of the features that have slices.
        scored: The window's predictions and labels.
        metric: The metric of the policy.
        counts: By feature, the rows of the window per bin of ``reference``; for the error model.
        units: The units of the window's rows with a label, if they depend on each other.
    """
    dependent = _measure_dependence(scored, metric, units)
    reference = _with_noise_of(dependent, reference)
    return PredictionDrift(
        problem=scored.problem,
        metric=metric,
        label_unit=before.unit,
        labelled=scored.labelled,
        constant=scored.problem.find_unmeasurable(scored.labels) if scored.labelled else "",
        performance=_measure_performance(reference, before, scored, metric),
        estimate=_estimate(reference, before, scored, metric, counts),
        columns=_measure_columns(reference, before, scored),
        slices=_measure_slices(reference, before, histograms, scored, metric) if scored.labelled else (),
        dependence=dependent,
    )


def _measure_dependence(
    scored: ScoredRows, metric: Metric, units: Sequence[Units]
) -> WindowDependence | None:
    """Measure how much larger standard errors are than those of independent rows; None if they are not."""
    problem, labels, predictions = scored.problem, scored.labels, scored.predictions_of_known
    if not units or problem.find_unmeasurable(labels):
        return None
    (of_blocks,) = problem.standard_errors([metric], labels, predictions, units)
    (of_rows,) = problem.standard_errors([metric], labels, predictions)
    effect = _design_effect(of_blocks, of_rows)
    observed = problem.calibrated_values(labels, predictions)
    deviations = observed.std(axis=0) / math.sqrt(len(observed))
    means = zip(problem.columns, mean_errors(observed, units), deviations, strict=True)
    return WindowDependence(
        drawn=describe_blocks(to_blocks(units, problem.row_errors(labels, predictions))),
        metric=metric.name,
        metric_effect=effect if math.isfinite(effect) else None,
        calibrated_effects={name: _design_effect(error, alone) for name, error, alone in means},
    )


def _design_effect(error: float, of_rows: float) -> float:
    """Return a variance relative to that of independent rows, at least 1; NaN if it is undefined."""
    effect = round((error / of_rows) ** 2, DIGITS) if of_rows else 1.0
    return effect if math.isnan(effect) else max(1.0, effect)


def _with_noise_of(dependent: WindowDependence | None, reference: ReferenceProfile) -> ReferenceProfile:
    """Return the reference with the larger of two noises: between its periods, and within the window."""
    if dependent is None:
        return reference
    effect = math.inf if dependent.metric_effect is None else dependent.metric_effect
    noise = reference.noise.at_least(
        metrics={dependent.metric: effect}, calibrated=dependent.calibrated_effects
    )
    return reference.model_copy(update={"noise": noise})


def _measure_performance(
    reference: ReferenceProfile, before: PredictionProfile, scored: ScoredRows, metric: Metric
) -> dict[str, ComparedValue]:
    """Return the comparison metrics, and the policy's with the error of its change."""
    problem, labels, predictions = scored.problem, scored.labels, scored.predictions_of_known
    shown = dict.fromkeys([*problem.comparison_metrics, metric.name])
    values = {
        name: measure_metric(problem, problem.metrics[name], labels, predictions) if scored.labelled else None
        for name in shown
        if name in before.figures
    }
    found = {name: ComparedValue(before.figures[name].value, value) for name, value in values.items()}
    if values[metric.name] is None:
        return found
    (error,) = problem.standard_errors([metric], labels, predictions)
    change = _error_of_change(reference, before.figures[metric.name], error, len(labels), metric)
    if change is None:
        return {**found, metric.name: replace(found[metric.name], window=None)}
    return {**found, metric.name: replace(found[metric.name], error=change)}


def _estimate(
    reference: ReferenceProfile,
    before: PredictionProfile,
    scored: ScoredRows,
    metric: Metric,
    counts: Mapping[str, ArrayLike],
) -> ComparedValue:
    """Add the change of the expected figure to the reference's: what the bins lose cancels out."""
    figure, rows = before.figures[metric.name], len(scored.predictions)
    predictions = scored.predictions
    if predictions.ndim > 1:
        predictions = predictions[:, : len(before.columns)]  # without classes that the model does not know
    expected = before.problem_type.expected_figure(metric, before.expectation(predictions, counts))
    if expected is None or figure.expected is None or figure.error is None:
        return ComparedValue(figure.value, None)
    estimate = round_figure(figure.value + round_figure(expected) - figure.expected)
    error = figure.error * math.sqrt(reference.rows / rows)  # as of a window with such labels
    return ComparedValue(figure.value, estimate, _error_of_change(reference, figure, error, rows, metric))


def _error_of_change(
    reference: ReferenceProfile, before: Figure, error: float, rows: int, metric: Metric
) -> float | None:
    """Return the standard error of a change of a metric, noise included; None if it is undefined.

    Args:
        reference: The model's reference profile.
        before: The metric in the reference. An error that was not recorded is that of the window, for the
            rows of the reference.
        error: The standard error in the window.
        rows: Rows of the window.
        metric: The metric.
    """
    then = error * math.sqrt(rows / reference.rows) if before.error is None else before.error
    change = math.hypot(then, error) * math.sqrt(reference.noise.metrics.get(metric.name, 1.0))
    return change if math.isfinite(change) else None


def _measure_columns(
    reference: ReferenceProfile, before: PredictionProfile, scored: ScoredRows
) -> tuple[ColumnDrift, ...]:
    problem = scored.problem
    observed = (
        problem.calibrated_values(scored.labels, scored.predictions_of_known) if scored.labelled else None
    )
    found = []
    for place, (name, calibrated) in enumerate(zip(problem.columns, problem.calibrated, strict=True)):
        values = None if observed is None else observed[:, place]
        if (column := before.columns.get(name)) is None:
            assert values is not None, "only labels have classes that the model does not know"
            found.append(_new_class(name, calibrated, values))
        else:
            predictions = scored.by_column[:, place]
            drift = _measure_column(name, reference, column, predictions, scored.known, values)
            found.append(replace(drift, calibrated=calibrated))
    adjusted = benjamini_hochberg([column.p_value for column in found])
    return tuple(
        replace(column, p_value=float(p_value)) for column, p_value in zip(found, adjusted, strict=True)
    )


def _measure_column(
    name: str,
    reference: ReferenceProfile,
    before: PredictionColumn,
    predictions: NDArray[np.float64],
    known: NDArray[np.bool_],
    observed: NDArray[np.float64] | None,
) -> ColumnDrift:
    now, noise = before.predicted.count(predictions), reference.noise
    labelled = now if observed is None else before.predicted.count(predictions[known])
    then, after = group_counts(before.predicted, before.predicted), group_counts(before.predicted, now)
    return ColumnDrift(
        name=name,
        calibrated="",
        psi=round(smoothed_psi(then, after), DIGITS),
        p_value=homogeneity_p_value(then, after, design_effect=noise.predictions.get(name, 1.0)),
        observed=ComparedValue(before.mean, None)
        if observed is None
        else ComparedValue(
            before.mean,
            round_figure(float(observed.mean())),
            before.deviation
            * math.sqrt(noise.calibrated.get(name, 1.0) * (1 / reference.rows + 1 / len(observed))),
        ),
        expected=round_figure(expected_mean(labelled.counts, before.bin_means)),
        deviation=before.deviation,
        histogram=before.histogram.count(predictions),
    )


def _new_class(name: str, calibrated: str, observed: NDArray[np.float64]) -> ColumnDrift:
    """Return the column of a class that the model does not know: nothing is expected of it."""
    error = float(observed.std()) / math.sqrt(len(observed))
    share = ComparedValue(0.0, round_figure(float(observed.mean())), error)
    return ColumnDrift(name, calibrated, 0.0, 1.0, share, 0.0, 0.0, None)


def _measure_slices(
    reference: ReferenceProfile,
    before: PredictionProfile,
    histograms: TableHistograms,
    scored: ScoredRows,
    metric: Metric,
) -> tuple[SliceDrift, ...]:
    found: list[SliceDrift] = []
    noise = reference.noise.metrics.get(metric.name, 1.0)
    if not math.isfinite(noise):
        return ()
    now = performance_by_slice(histograms.features, histograms.bin_indices, scored, {metric.name: metric})
    for feature, slices in before.slices.items():
        for category, then in slices.items():
            part = now.get(feature, {}).get(category)
            if part is None or metric.name not in then.figures:
                continue
            figure, after = then.figures[metric.name], part.figures[metric.name]
            error = math.hypot(figure.error or 0.0, after.error or 0.0) * math.sqrt(noise)
            compared = ComparedValue(figure.value, after.value, error)
            found.append(SliceDrift(feature, category, part.rows, compared))
    return tuple(
        sorted(found, key=lambda part: (metric.sign * (part.figure.change or 0), part.feature, part.category))
    )
