"""The parts every plot is made of: colours, scales, paths and elements of SVG.

A plot inside a page takes its colours from the page (``var(--accent)``), which has light and dark ones.
A plot in a file of its own has a white ground and takes :data:`STANDALONE_COLOURS`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Self

from trimtab.escaping import html

Colour = Literal["ink", "soft", "line", "paper", "wash", "accent", "pass", "warn", "fail"]
Point = tuple[float, float]

# The light colours of html_report.html.j2.
STANDALONE_COLOURS: dict[Colour, str] = {
    "ink": "#1b2330",
    "soft": "#5d6b7e",
    "line": "#dfe4ea",
    "paper": "#fff",
    "wash": "#f5f7f9",
    "accent": "#1f5fa8",
    "pass": "#1f7a4d",
    "warn": "#a86400",
    "fail": "#b3261e",
}


@dataclass(frozen=True, slots=True)
class LinearScale:
    """Places values on an axis.

    Attributes:
        low: The value at 0.
        high: The value at ``length``; below ``low`` for an axis that points up.
        length: Length of the axis in SVG units.
    """

    low: float
    high: float
    length: float

    def place(self, value: float) -> float:
        """Return the position of a value, rounded to a tenth of a unit."""
        return round((value - self.low) / (self.high - self.low) * self.length, 1) + 0.0  # never -0.0

    def ticks(self, step: float) -> list[float]:
        """Return the multiples of ``step`` on the axis, in ascending order."""
        low, high = sorted((self.low, self.high))
        return [number * step for number in range(math.ceil(low / step), math.floor(high / step) + 1)]


@dataclass(frozen=True, slots=True)
class RoundScale:
    """An axis that begins and ends at a round number, with a tick every ``step``."""

    low: float
    high: float
    step: float
    length: float

    @classmethod
    def over(cls, values: Sequence[float], length: float) -> Self:
        """Return an axis that holds all values."""
        low, high = min(values, default=0.0), max(values, default=1.0)
        span = max(high - low, 1e-6)
        power = 10.0 ** math.floor(math.log10(span))
        step = next(unit * power for unit in (0.2, 0.5, 1.0, 2.0) if span / (unit * power) <= 6)
        return cls(math.floor(low / step) * step, math.ceil(high / step) * step or step, step, length)

    def place(self, value: float) -> float:
        """Return the position of a value, rounded to a tenth of a unit."""
        return round((value - self.low) / max(self.high - self.low, self.step) * self.length, 1)

    def ticks(self) -> list[float]:
        """Return the values of the ticks."""
        return [self.low + i * self.step for i in range(round((self.high - self.low) / self.step) + 1)]


def line_path(points: Iterable[Point]) -> str:
    """Return the path of a line through points."""
    return " ".join(f"{'L' if place else 'M'}{x} {y}" for place, (x, y) in enumerate(points))


def step_path(edges: Sequence[float], shares: Sequence[float], *, top: float, height: float) -> str:
    """Return the outline of a histogram.

    Args:
        edges: Horizontal positions of the edges of the bins, one more than there are bins.
        shares: The share of rows in each bin.
        top: The share at the top of the plot.
        height: Height of the plot in SVG units.
    """
    steps = [f"M{edges[0]} {height}"]
    for share, end in zip(shares, edges[1:], strict=True):
        steps.append(f"V{height - share / top * height:.1f} H{end}")
    return " ".join([*steps, f"V{height}"])


def rect(x: float, y: float, width: float, height: float, colour: Colour) -> str:
    """Return a filled rectangle."""
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="var(--{colour})"/>'


def text(x: float, y: float, words: str, anchor: Literal["start", "middle", "end"] = "start") -> str:
    """Return a text; what it shows is escaped."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{html(words)}</text>'


def svg(
    parts: Iterable[str], *, width: float, height: float, top: float = 0, label: str, style: str = ""
) -> str:
    """Return the ``<svg>`` element of a plot inside a page.

    Args:
        parts: The elements in it.
        width: In SVG units.
        height: Below 0, in SVG units.
        top: Above 0, in SVG units.
        label: What the plot shows, for a screen reader.
        style: CSS of the element, for its place in the page.
    """
    size = f'viewBox="0 {-top:g} {width:g} {height + top:g}" width="{width:g}" height="{height + top:g}"'
    placed = f' style="{html(style)}"' if style else ""
    return f'<svg {size} role="img" aria-label="{html(label)}"{placed}>{"".join(parts)}</svg>'


def short_number(value: float) -> str:
    """Return a number in at most seven characters, such as ``1,250``, ``12.5k`` or ``3M``."""
    for least, size, letter in ((1e9, 1e9, "G"), (1e6, 1e6, "M"), (1e4, 1e3, "k")):
        if abs(value) >= least:
            return f"{value / size:.4g}{letter}"
    return f"{round(value, 9) + 0.0:,.4g}"  # never -0
