"""The measurement: what changed between the reference window and the current window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from trimtab.drift.profile import ColumnProfile, NumericProfile, ReferenceProfile
from trimtab.drift.statistics import DIGITS, JointDrift


@dataclass(frozen=True, slots=True)
class ComparedValue:
    """One value in the reference and in the current window.

    Attributes:
        reference: The value in the reference.
        window: The value in the current window; None if unknown.
        error: Standard error of the change, noise included; None if there is no formula for it.
    """

    reference: float
    window: float | None
    error: float | None = None

    @property
    def change(self) -> float | None:
        """Window minus reference, rounded as both are, so that equality with a bound is exact."""
        return None if self.window is None else round(self.window - self.reference, DIGITS)


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
        at_stake: ROC AUC that the model may lose by the drift: the feature's importance times
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
    """The ROC AUC within one category of a feature."""

    feature: str
    category: str
    rows: int
    roc_auc: ComparedValue


@dataclass(frozen=True, slots=True)
class PredictionDrift:
    """The drift of the predictions, and the performance of the model.

    Attributes:
        labelled: Whether the window has labels.
        base_rate: Share of positive labels.
        expected_base_rate: Share of positive labels expected from the scores, if the calibration is as in
            the reference.
        performance: Metrics by name; unknown in a window without labels or with one class only.
        estimated_auc: ROC AUC estimated from the scores alone.
        psi: Population stability index of the predicted probabilities.
        p_value: P-value of the hypothesis that chance and noise alone explain ``psi``.
        histogram: The window's predicted probabilities in the bins of the reference's ``histogram``.
        slices: ROC AUC by slice, the largest drop first.
    """

    labelled: bool
    base_rate: ComparedValue
    expected_base_rate: ComparedValue
    performance: dict[str, ComparedValue]
    estimated_auc: ComparedValue
    psi: float
    p_value: float
    histogram: NumericProfile
    slices: tuple[SliceDrift, ...]

    @property
    def performance_known(self) -> bool:
        """Whether the window has labels of both classes, so that its performance is known."""
        return all(metric.window is not None for metric in self.performance.values())


@dataclass(frozen=True, slots=True)
class Measurement:
    """All that is measured on the current window; the policy decides what follows.

    Attributes:
        rows: Rows of the window.
        features: The features, the one with the most ROC AUC at stake first, else that of the largest PSI.
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
