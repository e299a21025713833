"""A forest plot: figures with their confidence intervals, one below the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trimtab.svg.primitives import RoundScale

LENGTH = 420  # of the axis, in SVG units
SHOWN = 30  # lines


@dataclass(frozen=True, slots=True)
class ForestLine:
    """One figure of a forest plot.

    Attributes:
        name: What the figure is of.
        value: The figure; None if it is undefined.
        interval: Its confidence interval.
        rows: How many rows it is computed from.
        passed: Whether it meets the bounds.
    """

    name: str
    value: float | None
    interval: tuple[float, float] | None
    rows: int | None
    passed: bool


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line of a forest plot, laid out: ``value``, ``low`` and ``high`` are positions on the axis."""

    name: str
    rows: int | None
    label: str
    passed: bool
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class ForestPlot:
    """A forest plot, laid out in SVG units; ``svg/forest_plot.html.j2`` writes it.

    Attributes:
        title: What it shows.
        lines: The lines, in the order given.
        hidden: How many more lines there are.
        bounds: Position and label of each bound.
        ticks: Position and label of each tick of the axis.
    """

    title: str
    lines: tuple[PlacedLine, ...]
    hidden: int
    bounds: tuple[tuple[float, str], ...]
    ticks: tuple[tuple[float, str], ...]


def plot_forest(title: str, lines: Sequence[ForestLine], bounds: Sequence[float]) -> ForestPlot:
    """Lay out a forest plot of the first thirty lines.

    Args:
        title: What it shows.
        lines: The figures.
        bounds: The bounds that a figure has to meet.
    """
    shown = lines[:SHOWN]
    ends = [end for line in shown for end in line.interval or ()]
    values = [line.value for line in shown if line.value is not None]
    scale = RoundScale.over([*ends, *bounds, *values], LENGTH)
    return ForestPlot(
        title=title,
        lines=tuple(_place_line(line, scale) for line in shown),
        hidden=len(lines) - len(shown),
        bounds=tuple((scale.place(bound), f"{bound:g}") for bound in bounds),
        ticks=tuple((scale.place(tick), f"{round(tick, 6):g}") for tick in scale.ticks()),
    )


def _place_line(line: ForestLine, scale: RoundScale) -> PlacedLine:
    low, high = map(scale.place, line.interval) if line.interval else (None, None)
    return PlacedLine(
        name=line.name,
        rows=line.rows,
        label="undefined" if line.value is None else _figure(line.value),
        passed=line.passed,
        value=None if line.value is None else scale.place(line.value),
        low=low,
        high=high,
    )


def _figure(value: float) -> str:
    return f"{value:.3f}" if abs(value) < 1000 else f"{value:,.0f}"
