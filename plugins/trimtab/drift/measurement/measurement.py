"""The measurement: what changed between the reference window and the current window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from trimtab.drift.profile import ColumnProfile, NumericProfile, ReferenceProfile
from trimtab.drift.statistics import JointDrift, decimals_of
from trimtab.learning import Metric, ProblemType


@dataclass(frozen=True, slots=True)
class ComparedValue:
    """One value in the reference and in the current window.

    Attributes:
        reference: The value in the reference.
        window: The value in the current window; None if unknown.
        error: Standard error of the change, noise included; None if it was not measured.
    """

    reference: float
    window: float | None
    error: float | None = None

    @property
    def change(self) -> float | None:
        """Window minus reference, rounded as both are, so that equality with a bound is exact."""
        if self.window is None:
            return None
        return round(self.window - self.reference, decimals_of(self.reference))


@dataclass(frozen=True, slots=True)
class MeasuredStatistic:
    """A drift statistic of the project, measured on one feature.

    Attributes:
        value: The value.
        p_value: P-value of the hypothesis that chance and noise alone explain the value; None if the value is
            within its bound, since such a value is not tested.
    """

    value: float
    p_value: float | None


@dataclass(frozen=True, slots=True)
class FeatureDrift:
    """The drift of one feature.

    Attributes:
        name: The column.
        kind: Whether the column was profiled as numeric or as category.
        psi: Population stability index over about ten bins and one for missing values.
        excess_psi: The part of ``psi`` that noise does not explain, at least 0.
        jensen_shannon: Jensen-Shannon distance, 0 to 1.
        wasserstein: Wasserstein distance in standard deviations of the reference; None for categories.
        p_value: P-value of the hypothesis that chance and noise alone explain the drift.
        at_stake: How much worse the metric may get by the drift: the feature's importance times
            ``jensen_shannon``; None if the importance was not measured.
        missing: Share of rows without a value.
        unseen: Share of rows in categories that the reference does not list (it lists the largest); 0 for
            numeric columns.
        statistics: The project's own drift statistics, by name.
    """

    name: str
    kind: Literal["numeric", "category"]
    psi: float
    excess_psi: float
    jensen_shannon: float
    wasserstein: float | None
    p_value: float
    at_stake: float | None
    missing: ComparedValue
    unseen: ComparedValue
    statistics: Mapping[str, MeasuredStatistic] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SliceDrift:
    """The metric within one category of a feature."""

    feature: str
    category: str
    rows: int
    figure: ComparedValue


@dataclass(frozen=True, slots=True)
class NoisyValue:
    """A value in the reference and in the current window, and how far chance can move it.

    Attributes:
        value: The value.
        noise: How far chance and the variation between periods move it at most, in 95 % of the windows for
            all features together; None if the value is unknown.
    """

    value: ComparedValue
    noise: float | None

    @property
    def beyond_noise(self) -> bool:
        """Whether the value changed by more than noise explains."""
        return self.noise is not None and abs(self.value.change or 0.0) > self.noise


@dataclass(frozen=True, slots=True)
class AttributionShift:
    """How much the predictions depend on one feature, in the reference and in the current window.

    Attributes:
        feature: The feature.
        movement: How far the predictions move on average if rows get the feature's values of other rows.
        importance: How much worse the metric of the drift policy gets then; unknown in a window without
            labels that differ, None if it is undefined in the reference.
    """

    feature: str
    movement: NoisyValue
    importance: NoisyValue | None


@dataclass(frozen=True, slots=True)
class ColumnDrift:
    """The drift of one column of predictions, and its calibration.

    Attributes:
        name: The column.
        calibrated: What is calibrated, such as ``share of positive labels``.
        psi: Population stability index of the predictions.
        p_value: P-value of the hypothesis that chance and noise alone explain ``psi``, adjusted for the
            number of columns.
        observed: Mean of what is calibrated; unknown in a window without labels.
        expected: Its mean in the window if the predictions are as well calibrated as in the reference.
        deviation: Its standard deviation in the reference.
        histogram: The window's predictions in the bins of the reference's ``histogram``; None for a class
            that the reference does not know.
    """

    name: str
    calibrated: str
    psi: float
    p_value: float
    observed: ComparedValue
    expected: float
    deviation: float
    histogram: NumericProfile | None

    @property
    def gap(self) -> float | None:
        """How much more was observed than expected; None if the labels are unknown."""
        return None if self.observed.window is None else self.observed.window - self.expected


@dataclass(frozen=True, slots=True)
class WindowDependence:
    """How much the rows of a window depend on each other.

    Attributes:
        drawn: What a resample draws instead of rows, for a sentence.
        metric: The metric of the drift policy.
        metric_effect: Its design effect: the variance of the metric relative to independent rows, at least 1;
            None if most resamples have no figure, so that the error of the metric is unknown.
        calibrated_effects: That of the mean of what is calibrated, by column of predictions.
    """

    drawn: str
    metric: str
    metric_effect: float | None
    calibrated_effects: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class PredictionDrift:
    """The drift of the predictions, and the performance of the model.

    Attributes:
        problem: The problem type, with the classes of the reference and of the labels.
        metric: The metric of the drift policy.
        label_unit: The unit of the label.
        labelled: Whether rows of the window have labels.
        constant: Why nothing can be measured against the labels; empty if it can.
        performance: Metrics by name, that of the policy among them; unknown in a window without labels that
            differ.
        estimate: The policy's metric, estimated without the labels; unknown for a metric that cannot be
            estimated.
        columns: The columns of predictions.
        slices: The policy's metric by slice, the largest drop first.
        attributions: How much the predictions depend on each feature, the one that moves them furthest first;
            empty if it was not measured.
        dependence: How much the rows depend on each other, if that is declared and the labels are known.
    """

    problem: ProblemType
    metric: Metric
    label_unit: str
    labelled: bool
    constant: str
    performance: dict[str, ComparedValue]
    estimate: ComparedValue
    columns: tuple[ColumnDrift, ...]
    slices: tuple[SliceDrift, ...]
    attributions: tuple[AttributionShift, ...] = ()
    dependence: WindowDependence | None = None

    @property
    def unit(self) -> str:
        """The unit of the metric of the policy."""
        return self.problem.unit_of(self.metric, self.label_unit)

    @property
    def figure(self) -> ComparedValue:
        """The metric of the policy."""
        return self.performance[self.metric.name]

    @property
    def performance_known(self) -> bool:
        """Whether the metric of the policy is known."""
        return self.figure.window is not None

    @property
    def psi(self) -> float:
        """The largest population stability index of a column of predictions."""
        return max(column.psi for column in self.columns)


@dataclass(frozen=True, slots=True)
class Measurement:
    """All that is measured on the current window; the policy decides what follows.

    Attributes:
        rows: Rows of the window.
        features: The features, the one with the most at stake first, else that of the largest PSI.
        profiles: The window's profile of each feature.
        joint: The drift of the joint distribution; None if the samples are too small.
        predictions: The drift of the predictions; None for a table without a model.
        reference: The reference profile of the model.
        feature_reference: The reference profile of the features; ``reference`` unless the policy declares
            another one.
    """

    rows: int
    features: tuple[FeatureDrift, ...]
    profiles: Mapping[str, ColumnProfile]
    joint: JointDrift | None
    predictions: PredictionDrift | None
    reference: ReferenceProfile
    feature_reference: ReferenceProfile
