"""Bounds on a metric: a number in its unit, or relative to the figure of the reference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from trimtab.amount import resolve_amount
from trimtab.learning import Metric
from trimtab.params_sections import DriftPolicy

# The default by key: of a metric that ends at 1, and of a loss, whose scale is that of the labels.
DEFAULTS = {
    "max_metric_drop": (0.03, "10 %"),
    "max_estimated_metric_drop": (0.05, "15 %"),
    "max_slice_metric_drop": (0.1, "30 %"),
}


@dataclass(frozen=True, slots=True)
class MetricBound:
    """A bound for one figure.

    Attributes:
        value: The bound, in the unit of the metric.
        text: The bound as it was declared.
    """

    value: float
    text: str

    @classmethod
    def resolve(cls, declared: float | str, of: float, unit: str = "") -> Self:
        """Return a bound.

        Args:
            declared: A number, or a text like ``5 %``.
            of: What a text is relative to; its sign does not matter.
            unit: The unit of a number.
        """
        if isinstance(declared, str):
            return cls(resolve_amount(declared, of), declared)
        return cls(declared, f"{declared:g} {unit}".rstrip())


def drop_bound(policy: DriftPolicy, key: str, metric: Metric, reference: float, unit: str) -> MetricBound:
    """Return the bound on a drop of a metric.

    Args:
        policy: The policy.
        key: The key of the bound.
        metric: The metric.
        reference: Its figure in the reference.
        unit: Its unit.
    """
    number, relative = DEFAULTS[key]
    default = number if metric.greater_is_better else relative
    declared = getattr(policy, key)
    return MetricBound.resolve(default if declared is None else declared, reference, unit)
