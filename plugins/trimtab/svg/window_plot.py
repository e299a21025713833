"""Window plots: a metric over the windows of time, true and estimated, with interval, bound and champions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from trimtab.escaping import html
from trimtab.svg.primitives import Colour, Point, RoundScale, line_path, short_number, svg, text

HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 200, 52, 16, 52, 60  # of the plot and its margins, in SVG units
SLOT, NARROWEST = 64, 420  # width of a window, and of the narrowest plot
LETTERS = 10  # of the name of a window
MARKS = 2  # lines below it


@dataclass(frozen=True, slots=True)
class PlottedWindow:
    """One window.

    Attributes:
        name: Its name.
        champion: The model it was checked with; a line marks where it changes.
        figure: The true figure.
        interval: Its interval.
        estimate: The figure estimated without labels.
        bound: The figure that it may reach.
        marks: Words below the name, such as ``retrain``.
    """

    name: str
    champion: str
    figure: float | None = None
    interval: tuple[float, float] | None = None
    estimate: float | None = None
    bound: float | None = None
    marks: tuple[str, ...] = ()


def plot_windows(windows: Sequence[PlottedWindow], *, title: str) -> str:
    """Plot a metric over windows. Lines join the windows of one champion, never those of two.

    Args:
        windows: The windows, the oldest first.
        title: The metric, with its unit.
    """
    width = max(NARROWEST - LEFT - RIGHT, SLOT * len(windows))
    scale = RoundScale.over(list(_figures(windows)), HEIGHT)
    places = [round((number + 0.5) * width / len(windows), 1) for number in range(len(windows))]
    parts = [
        *_grid(scale, width),
        *_champions(windows, places, width),
        *_lines(windows, places, scale),
        *_points(windows, places, scale),
        *_names(windows, places),
        *_legend(),
    ]
    moved = f'<g transform="translate({LEFT} 0)">{"".join(parts)}</g>'
    label = f"{title} of each window, true and estimated; the table has the figures"
    return svg([moved], width=width + LEFT + RIGHT, height=HEIGHT + BOTTOM, top=TOP, label=label)


def _figures(windows: Sequence[PlottedWindow]) -> Iterator[float]:
    for window in windows:
        values = (window.figure, window.estimate, window.bound, *(window.interval or ()))
        yield from (value for value in values if value is not None)


def _height(scale: RoundScale, value: float) -> float:
    return round(HEIGHT - scale.place(value), 1)


def _grid(scale: RoundScale, width: float) -> Iterator[str]:
    for tick in scale.ticks():
        y = _height(scale, tick)
        yield f'<line x1="0" y1="{y}" x2="{width:.1f}" y2="{y}" stroke="var(--line)"/>'
        yield text(-8, y + 4, short_number(tick), "end")


def _champions(windows: Sequence[PlottedWindow], places: Sequence[float], width: float) -> Iterator[str]:
    half = width / len(windows) / 2
    for champion, group in groupby(zip(windows, places, strict=True), key=lambda pair: pair[0].champion):
        x = next(group)[1] - half
        if x > 0:
            yield f'<line x1="{x:.1f}" y1="-18" x2="{x:.1f}" y2="{HEIGHT}" stroke="var(--soft)"/>'
        yield text(x + 4, -8, f"version {champion}" if champion else "")


def _lines(windows: Sequence[PlottedWindow], places: Sequence[float], scale: RoundScale) -> Iterator[str]:
    for _, group in groupby(zip(windows, places, strict=True), key=lambda pair: pair[0].champion):
        pairs = list(group)
        half = SLOT / 2
        bounds = [(x, window.bound) for window, x in pairs if window.bound is not None]
        for x, bound in bounds:
            y = _height(scale, bound)
            yield (
                f'<line x1="{x - half:.1f}" y1="{y}" x2="{x + half:.1f}" y2="{y}" stroke="var(--fail)"'
                ' stroke-width="2" stroke-dasharray="3 3"/>'
            )
        estimates = [(x, _height(scale, one.estimate)) for one, x in pairs if one.estimate is not None]
        figures = [(x, _height(scale, one.figure)) for one, x in pairs if one.figure is not None]
        yield from _line(estimates, "warn", dashed=True)
        yield from _line(figures, "accent")


def _line(points: Sequence[Point], colour: Colour, *, dashed: bool = False) -> Iterator[str]:
    if len(points) > 1:
        dash = ' stroke-dasharray="6 4"' if dashed else ""
        yield f'<path d="{line_path(points)}" fill="none" stroke="var(--{colour})" stroke-width="2"{dash}/>'


def _points(windows: Sequence[PlottedWindow], places: Sequence[float], scale: RoundScale) -> Iterator[str]:
    for window, x in zip(windows, places, strict=True):
        if window.interval:
            low, high = (_height(scale, end) for end in window.interval)
            yield (
                f'<line x1="{x}" y1="{low}" x2="{x}" y2="{high}" stroke="var(--accent)" stroke-width="7"'
                ' stroke-opacity="0.3"/>'
            )
        if window.estimate is not None:
            y = _height(scale, window.estimate)
            yield f'<rect x="{x - 4}" y="{y - 4}" width="8" height="8" fill="var(--paper)" stroke="var(--warn)" stroke-width="2"/>'  # noqa: E501
        if window.figure is not None:
            told = html(f"{window.name}: {short_number(window.figure)}")
            y = _height(scale, window.figure)
            yield f'<circle cx="{x}" cy="{y}" r="4.5" fill="var(--accent)"><title>{told}</title></circle>'


def _names(windows: Sequence[PlottedWindow], places: Sequence[float]) -> Iterator[str]:
    for window, x in zip(windows, places, strict=True):
        name = window.name if len(window.name) <= LETTERS else f"{window.name[: LETTERS - 1]}…"
        yield text(x, HEIGHT + 18, name, "middle")
        for line, mark in enumerate(window.marks[:MARKS], start=2):
            yield text(x, HEIGHT + 2 + 16 * line, mark, "middle")


def _legend() -> Iterator[str]:
    y = -38
    yield f'<circle cx="6" cy="{y}" r="4.5" fill="var(--accent)"/>{text(16, y + 4, "true, 95 %")}'
    yield f'<rect x="96" y="{y - 4}" width="8" height="8" fill="var(--paper)" stroke="var(--warn)" stroke-width="2"/>'  # noqa: E501
    yield text(110, y + 4, "estimated")
    yield f'<line x1="190" y1="{y}" x2="214" y2="{y}" stroke="var(--fail)" stroke-width="2" stroke-dasharray="3 3"/>'  # noqa: E501
    yield text(220, y + 4, "bound of a retrain")
