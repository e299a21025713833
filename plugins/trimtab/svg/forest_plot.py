"""Figures with their intervals, one below the other, laid out in the units of SVG: a forest plot."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from trimtab.gate_report import Check, Part

LENGTH = 420  # of the axis
SHOWN = 30  # lines


@dataclass(frozen=True, slots=True)
class ForestLine:
    """A figure with its interval; positions are on the axis, lengths from its left end."""

    name: str
    rows: int | None
    told: str
    passed: bool
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Forest:
    """The figures behind a check, one below the other.

    Attributes:
        title: The check.
        lines: The figures, the worst first.
        hidden: How many more there are.
        bounds: Where a bound is, and how it reads.
        ticks: Likewise of the axis.
    """

    title: str
    lines: tuple[ForestLine, ...]
    hidden: int
    bounds: tuple[tuple[float, str], ...]
    ticks: tuple[tuple[float, str], ...]


def forest(check: Check) -> Forest:
    """Lay out the parts of a check."""
    shown = check.parts[:SHOWN]
    bounds = [check.expected[key] for key in ("min", "max", "max_auc") if key in check.expected]
    ends = [end for part in shown for end in part.interval or ()]
    scale = Scale.over([*ends, *bounds, *(part.value for part in shown if part.value is not None)])
    return Forest(
        title=f"{check.name} by {check.column}" if check.column else check.name,
        lines=tuple(_forest_line(part, scale) for part in shown),
        hidden=len(check.parts) - len(shown),
        bounds=tuple((scale.place(bound), f"{bound:g}") for bound in bounds),
        ticks=tuple((scale.place(tick), f"{round(tick, 6):g}") for tick in scale.ticks()),
    )


def _forest_line(part: Part, scale: Scale) -> ForestLine:
    low, high = map(scale.place, part.interval) if part.interval else (None, None)
    return ForestLine(
        name=part.name,
        rows=part.rows,
        told="undefined" if part.value is None else f"{part.value:.3f}",
        passed=part.passed,
        value=None if part.value is None else scale.place(part.value),
        low=low,
        high=high,
    )


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis from ``low`` to ``high``, marked every ``step``."""

    low: float
    high: float
    step: float

    @classmethod
    def over(cls, values: Sequence[float]) -> Self:
        """Return the axis, of round numbers, that holds some values."""
        low, high = min(values, default=0.0), max(values, default=1.0)
        wide = max(high - low, 1e-6)
        power = 10.0 ** math.floor(math.log10(wide))
        step = next(unit * power for unit in (0.2, 0.5, 1.0, 2.0) if wide / (unit * power) <= 6)
        return cls(math.floor(low / step) * step, math.ceil(high / step) * step or step, step)

    def place(self, value: float) -> float:
        """Return how far from the axis's left end a value is."""
        return round((value - self.low) / max(self.high - self.low, self.step) * LENGTH, 1)

    def ticks(self) -> list[float]:
        """Return the marks."""
        return [self.low + i * self.step for i in range(round((self.high - self.low) / self.step) + 1)]
