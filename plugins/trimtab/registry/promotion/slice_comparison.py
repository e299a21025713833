"""Challenger and champion in the slices of a window, as the promote policy names them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trimtab.learning import MIN_UNITS, Floats, Metric, select_units
from trimtab.registry.promotion.comparison_window import LabelledWindow
from trimtab.registry.promotion.defined_metrics import is_defined, require_defined
from trimtab.registry.promotion.paired_bootstrap import PairedMetric, compare_scores
from trimtab.registry.promotion.promote_policy import PromotePolicy

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class SliceComparison:
    """Challenger and champion in a slice of the window.

    Attributes:
        name: Such as ``region = north``.
        rows: Labelled rows in the slice.
        pair: The policy's metric of both; ``None`` if the slice is too small or has too few groups or times,
            or the metric is undefined, as with only one label.
    """

    name: str
    rows: int
    pair: PairedMetric | None


@dataclass(frozen=True)
class WindowScores:
    """The labels of the window and the predictions of the models, as the problem type reads them."""

    labels: NDArray[Any]
    challenger: Floats
    champion: Floats | None


def compare_slices(
    window: LabelledWindow, scored: WindowScores, policy: PromotePolicy, metric: Metric
) -> Iterator[SliceComparison]:
    """Yield each slice of the policy, of a window that challenger and champion have scored."""
    assert scored.champion is not None
    for column in policy.slices.columns:
        values = window.rows[column].astype("string").fillna("(missing)")
        for value in sorted(values.unique()):
            inside = (values == value).to_numpy(dtype=bool)
            labels, units = scored.labels[inside], select_units(window.units, inside)
            few = len(labels) < policy.slices.min_rows or any(each.number < MIN_UNITS for each in units)
            pair = None
            if not few and not window.problem.find_unmeasurable(labels):
                pair = compare_scores(
                    labels,
                    (scored.challenger[inside], scored.champion[inside]),
                    [metric],
                    confidence=policy.confidence,
                    resamples=policy.resamples,
                    problem=window.problem,
                    units=units,
                    row_weights=None if window.weights is None else window.weights[inside],
                )[metric.name]
                if metric.function:
                    require_defined(metric, f"the slice {column} = {value}", *pair.bounds)
                elif not is_defined(pair.challenger, pair):
                    pair = None
            yield SliceComparison(f"{column} = {value}", len(labels), pair)
