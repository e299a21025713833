"""The measurement: what moved between a champion's reference and a window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from numpy.typing import ArrayLike

from trimtab.drift.distances import psi_of_counts
from trimtab.drift.performance import DIGITS, checked_labels, checked_scores, performance
from trimtab.drift.profile import CategoryProfile, NumericProfile
from trimtab.drift.reference import Reference
from trimtab.errors import DriftError

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure in the reference and in the window; ``window`` is None where it cannot be known."""

    reference: float
    window: float | None

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
        psi: Population stability index over the reference's bins, missing being one of them.
        missing: Share of rows without a value.
        unseen: Share of rows in categories the reference does not list (it lists the largest); 0 for numbers.
    """

    name: str
    kind: Literal["numeric", "category"]
    psi: float
    missing: Figure
    unseen: Figure


@dataclass(frozen=True, slots=True)
class Measurement:
    """Everything measured on a window; nothing is judged here.

    Attributes:
        rows: Rows of the window.
        labelled: Whether outcomes were there.
        base_rate: Share of positive outcomes.
        performance: The reference's metrics, unknown in a window without labels or with one class only.
        score_psi: Population stability index of the predicted probabilities.
        scores: The window's counterpart of the reference's ``score_histogram``.
        features: The features, the one that moved most first.
        reference: What it was measured against.
    """

    rows: int
    labelled: bool
    base_rate: Figure
    performance: dict[str, Figure]
    score_psi: float
    scores: NumericProfile
    features: tuple[FeatureDrift, ...]
    reference: Reference

    @property
    def performance_known(self) -> bool:
        """Whether the window's outcomes allow its performance to be measured."""
        return all(figure.window is not None for figure in self.performance.values())


def measure(
    reference: Reference, features: pd.DataFrame, scores: ArrayLike, labels: ArrayLike | None = None
) -> Measurement:
    """Measure a window against a reference.

    Args:
        reference: The champion's reference.
        features: The window; columns that the reference does not know are ignored.
        scores: The champion's predicted probabilities, of shape (n_rows,).
        labels: Outcomes, 0 or 1, of shape (n_rows,); None while they are not there.

    Raises:
        DriftError: There are no rows, a feature is missing or of another type, lengths differ, or a score is
            no probability.
    """
    rows = len(features)
    _require_comparable(reference, features)
    probabilities = checked_scores(scores, rows=rows)
    outcomes = None if labels is None else checked_labels(labels, rows=rows)
    quality = None if outcomes is None else performance(outcomes, probabilities)
    base_rate = None if outcomes is None else round(float(outcomes.mean()), DIGITS)
    moved = [_measure_feature(name, profile, features[name]) for name, profile in reference.features.items()]
    return Measurement(
        rows=rows,
        labelled=outcomes is not None,
        base_rate=Figure(reference.base_rate, base_rate),
        performance={
            name: Figure(before, getattr(quality, name, None)) for name, before in reference.performance
        },
        score_psi=_psi(reference.scores, reference.scores.of(probabilities, reference.scores.edges)),
        scores=reference.score_histogram.of(probabilities, reference.score_histogram.edges),
        features=tuple(sorted(moved, key=lambda feature: (-feature.psi, feature.name))),
        reference=reference,
    )


def _require_comparable(reference: Reference, features: pd.DataFrame) -> None:
    if len(features) == 0:
        raise DriftError(
            "The window has no rows", where="features", fix="check the window's dates and the data behind it"
        )
    if absent := [name for name in reference.features if name not in features.columns]:
        raise DriftError(
            f"{len(absent)} feature(s) of the reference are not in the window: {', '.join(absent)}",
            where="features",
            fix="prepare the window with the code of the model's revision",
        )


def _measure_feature(
    name: str, before: NumericProfile | CategoryProfile, column: pd.Series[Any]
) -> FeatureDrift:
    now = before.like(column)
    return FeatureDrift(
        name=name,
        kind=before.kind,
        psi=_psi(before, now),
        missing=_share(before.missing, before.rows, now.missing, now.rows),
        unseen=_share(before.unlisted, before.rows, now.unlisted, now.rows),
    )


def _psi(before: NumericProfile | CategoryProfile, now: NumericProfile | CategoryProfile) -> float:
    return round(psi_of_counts(before.weights(), now.weights()), DIGITS)


def _share(before: int, rows_before: int, now: int, rows_now: int) -> Figure:
    return Figure(round(before / rows_before, DIGITS), round(now / rows_now, DIGITS))
