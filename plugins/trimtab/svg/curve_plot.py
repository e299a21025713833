"""Curves of one or two models, in SVG units; ``svg/curve_plot.html.j2`` writes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trimtab.learning import BINARY, CurvePlot, Floats, Line, ProblemType
from trimtab.svg.primitives import LinearScale, Point, line_path

SIDE = 230  # of the plotting area
TICKS = 5  # of an axis, from end to end
LARGE = ((1e9, 1e9, "G"), (1e6, 1e6, "M"), (1e4, 1e3, "k"))  # from this value on, this unit and its letter


@dataclass(frozen=True, slots=True)
class Curve:
    """A plot of lines over a square.

    Attributes:
        title: Title of the plot.
        across: Label of the horizontal axis.
        up: Label of the vertical axis.
        series: Name, path and points of each line; a line without points is drawn as a path only.
        diagonal: Whether the diagonal is drawn for comparison.
        across_ticks: Texts of the ticks of the horizontal axis, in equal distances.
        up_ticks: The same for the vertical axis.
    """

    title: str
    across: str
    up: str
    series: tuple[tuple[str, str, tuple[Point, ...]], ...]
    diagonal: bool
    across_ticks: tuple[str, ...]
    up_ticks: tuple[str, ...]


def plot_curves(
    labels: NDArray[Any], predictions: Mapping[str, Floats], problem: ProblemType = BINARY
) -> list[Curve]:
    """Plot the curves of a problem type of models on the same rows.

    Args:
        labels: The labels, as the problem type reads them.
        predictions: Each model's name and its predictions; one model or two.
        problem: The problem type.
    """
    return [_place(plot) for plot in problem.curves(labels, predictions)]


def _place(plot: CurvePlot) -> Curve:
    return Curve(
        plot.title,
        plot.across,
        plot.up,
        tuple(_series(line, plot) for line in plot.lines),
        plot.diagonal,
        _ticks(plot.across_range),
        _ticks(plot.up_range),
    )


def _series(line: Line, plot: CurvePlot) -> tuple[str, str, tuple[Point, ...]]:
    """Return name, path and points of a line, in SVG units."""
    (left, right), (bottom, top) = plot.across_range, plot.up_range
    across, up = LinearScale(left, right, SIDE), LinearScale(top, bottom, SIDE)
    points = tuple(
        (across.place(float(x)), up.place(float(y))) for x, y in zip(line.across, line.up, strict=True)
    )
    return line.name, line_path(points), points if line.dots else ()


def _ticks(ends: tuple[float, float]) -> tuple[str, ...]:
    return tuple(_tick(float(value), max(map(abs, ends))) for value in np.linspace(*ends, TICKS))


def _tick(value: float, largest: float) -> str:
    """Return the text of a tick; short, and all ticks of an axis have the same unit."""
    unit, letter = next(((unit, letter) for least, unit, letter in LARGE if largest >= least), (1.0, ""))
    return f"{value / unit:.4g}{letter if value else ''}"
