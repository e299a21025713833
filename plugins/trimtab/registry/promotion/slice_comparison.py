"""Challenger and champion in parts of a window: the slices of the promote policy, and the classes."""

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
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class SliceComparison:
    """Challenger and champion in a slice of the window, or on the rows of a class.

    Attributes:
        name: Such as ``region = north``; of a class, its name.
        rows: Labelled rows in the slice.
        pair: The policy's metric of both, or the recall of the class; ``None`` if the rows, groups or
            times are too few, or the metric is undefined, as with only one label.
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
    for column in policy.slices.columns:
        values = window.rows[column].astype("string").fillna("(missing)")
        for value in sorted(values.unique()):
            inside, name = (values == value).to_numpy(dtype=bool), f"{column} = {value}"
            pair = None
            if not window.problem.find_unmeasurable(scored.labels[inside]):
                pair = _compare_part(window, scored, policy, metric, inside)
            if pair and metric.function:
                require_defined(metric, f"the slice {name}", *pair.bounds)
            elif pair and not is_defined(pair.challenger, pair):
                pair = None
            yield SliceComparison(name, int(inside.sum()), pair)


def compare_classes(
    window: LabelledWindow, scored: WindowScores, policy: PromotePolicy
) -> Iterator[SliceComparison]:
    """Yield the recall of each class, of a window that challenger and champion have scored.

    The recall of a class is the accuracy on its rows.
    """
    for name, inside in window.problem.rows_by_class(scored.labels).items():
        pair = _compare_part(window, scored, policy, window.problem.metrics["accuracy"], inside)
        yield SliceComparison(name, int(inside.sum()), pair)


def _compare_part(
    window: LabelledWindow,
    scored: WindowScores,
    policy: PromotePolicy,
    metric: Metric,
    inside: NDArray[np.bool_],
) -> PairedMetric | None:
    """Compare both models on some rows; None if these are too few, or of too few groups or times."""
    assert scored.champion is not None
    labels, units = scored.labels[inside], select_units(window.units, inside)
    if len(labels) < policy.slices.min_rows or any(each.number < MIN_UNITS for each in units):
        return None
    return compare_scores(
        labels,
        (scored.challenger[inside], scored.champion[inside]),
        [metric],
        confidence=policy.confidence,
        resamples=policy.resamples,
        problem=window.problem,
        units=units,
        row_weights=None if window.weights is None else window.weights[inside],
    )[metric.name]
