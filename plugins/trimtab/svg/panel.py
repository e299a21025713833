"""A panel: the square frame of a plot of two quantities, with axes, ticks and a title."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from trimtab.escaping import html
from trimtab.svg.primitives import RoundScale, short_number, svg, text

SIDE = 230  # of the plotting area, in SVG units
LEFT, TOP, WIDTH, HEIGHT = 66, 26, 320, 318  # of the frame around it
CROWDED = 6  # labels of ticks on the horizontal axis, at most
SLANTED = 36  # height of slanted labels beyond that of others
STYLE = "flex: 1 1 18rem; min-width: 0; max-width: min(26rem, 100%)"

Ticks = Sequence[tuple[float, str]]  # position on the axis, and label


@dataclass(frozen=True, slots=True)
class Axes:
    """The axes of a panel.

    Attributes:
        title: Title of the panel.
        across: Label of the horizontal axis.
        up: Label of the vertical axis.
        ticks: The ticks of the horizontal axis.
        scale: The vertical axis.
        slanted: Whether the labels of the horizontal ticks are names, which are written aslant.
    """

    title: str
    across: str
    up: str
    ticks: Ticks
    scale: RoundScale
    slanted: bool = False

    def height(self, value: float) -> float:
        """Return the position of a value on the vertical axis, from the top."""
        return round(SIDE - self.scale.place(value), 1)


def ticks_of(scale: RoundScale) -> Ticks:
    """Return the ticks of a horizontal axis: all, or every other one if they are many."""
    values = scale.ticks()
    return [
        (scale.place(value), short_number(value)) for value in values[:: 1 if len(values) <= CROWDED else 2]
    ]


def panel(axes: Axes, parts: Iterable[str], *, label: str, note: str = "") -> str:
    """Return the plot as SVG.

    Args:
        axes: The axes.
        parts: The elements inside the plotting area, whose origin is at its top left.
        label: What the plot shows, for a screen reader.
        note: A line below the plot.
    """
    levels = [(axes.height(value), short_number(value)) for value in axes.scale.ticks()]
    frame = [
        f'<text x="0" y="-10" style="font-weight: 600">{html(axes.title)}</text>',
        *(f'<line x1="0" y1="{y}" x2="{SIDE}" y2="{y}" stroke="var(--line)"/>' for y, _ in levels),
        *(text(-6, y + 4, name, "end") for y, name in levels),
        *(_tick(x, name, slanted=axes.slanted) for x, name in axes.ticks),
    ]
    below = SIDE + (SLANTED if axes.slanted else 0)
    turned = f"translate(-52 {SIDE / 2:g}) rotate(-90)"
    labels = [
        text(SIDE / 2, below + 34, axes.across, "middle"),
        f'<text transform="{turned}" text-anchor="middle">{html(axes.up)}</text>',
        *([text(0, below + 54, note)] if note else []),
    ]
    inside = "".join([*frame, *parts, *labels])
    group = f'<g transform="translate({LEFT} {TOP})">{inside}</g>'
    return svg([group], width=WIDTH, height=HEIGHT + below - SIDE, label=label, style=STYLE)


def _tick(x: float, name: str, *, slanted: bool) -> str:
    if not slanted:
        return text(x, SIDE + 16, name, "middle")
    place = f"translate({x + 5} {SIDE + 14}) rotate(-35)"
    return f'<text transform="{place}" text-anchor="end">{html(name)}</text>'
