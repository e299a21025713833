"""The measurement: what moved between a champion's reference and a window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from trimtab.drift.profile import CategoryProfile, NumericProfile, Reference
from trimtab.drift.statistics import DIGITS, JointDrift


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure in the reference and in the window.

    Attributes:
        reference: In the reference.
        window: In the window; None where it cannot be known.
        error: Standard error of the change, normal noise taken in; None where there is no formula for it.
    """

    reference: float
    window: float | None
    error: float | None = None

    @property
    def change(self) -> float | None:
        """Window less reference, rounded as both are, so that a bound is met exactly at the bound."""
        return None if self.window is None else round(self.window - self.reference, DIGITS)


@dataclass(frozen=True, slots=True)
class FeatureDrift:
    """How one feature moved.

    Attributes:
        name: The column.
        kind: Whether it was profiled as numbers or as categories.
        psi: Population stability index over about ten bins, missing being one more.
        excess_psi: What of it is beyond normal noise, at least 0.
        jensen_shannon: Jensen-Shannon distance, 0 to 1.
        wasserstein: How far values moved, in standard deviations of the reference; None for categories.
        p_value: That only chance and normal noise moved it.
        at_stake: What the model may lose of its ROC AUC by it: the feature's importance times
            ``jensen_shannon``. None if nobody measured importance.
        missing: Share of rows without a value.
        unseen: Share of rows in categories the reference does not list (it lists the largest); 0 for numbers.
    """

    name: str
    kind: Literal["numeric", "category"]
    psi: float
    excess_psi: float
    jensen_shannon: float
    wasserstein: float | None
    p_value: float
    at_stake: float | None
    missing: Figure
    unseen: Figure


@dataclass(frozen=True, slots=True)
class SliceDrift:
    """The ROC AUC within one category of a feature."""

    feature: str
    category: str
    rows: int
    roc_auc: Figure


@dataclass(frozen=True, slots=True)
class PredictionDrift:
    """How the predictions moved, and how good they are.

    Attributes:
        labelled: Whether outcomes were there.
        base_rate: Share of positive outcomes.
        expected_base_rate: What the scores make of it, if the model is as well calibrated as it was.
        performance: The reference's metrics, unknown in a window without labels or with one class only.
        estimated_auc: What ROC AUC ought to be, by the scores alone.
        psi: Population stability index of the predicted probabilities.
        p_value: That only chance and normal noise moved them.
        histogram: The window's counterpart of the reference's ``histogram``.
        slices: The ROC AUC by category, the one that fell most first.
    """

    labelled: bool
    base_rate: Figure
    expected_base_rate: Figure
    performance: dict[str, Figure]
    estimated_auc: Figure
    psi: float
    p_value: float
    histogram: NumericProfile
    slices: tuple[SliceDrift, ...]

    @property
    def performance_known(self) -> bool:
        """Whether the window's outcomes allow its performance to be measured."""
        return all(figure.window is not None for figure in self.performance.values())


@dataclass(frozen=True, slots=True)
class Measurement:
    """Everything measured on a window; nothing is judged here.

    Attributes:
        rows: Rows of the window.
        features: The features, what the model has most at stake in first; else the one that moved most.
        profiles: The window's counterparts of the distributions' profiles.
        joint: The joint distribution; None if the samples are too small to tell.
        predictions: The model's part; None for a mere table.
        reference: What it was measured against.
        distributions: What the features were, each and jointly: the reference too, unless the policy declares
            another one.
    """

    rows: int
    features: tuple[FeatureDrift, ...]
    profiles: Mapping[str, NumericProfile | CategoryProfile]
    joint: JointDrift | None
    predictions: PredictionDrift | None
    reference: Reference
    distributions: Reference
