"""A dumbbell plot: a value before and now, one line per name, and the range that noise explains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trimtab.escaping import html
from trimtab.svg.primitives import LinearScale, RoundScale, rect, short_number, svg, text

LENGTH, ROW, LABELS = 210, 22, 138  # of the axis, of a line, and of the names, in SVG units
TOP, BELOW, RIGHT = 46, 28, 22
LETTERS, CROWDED = 19, 5  # of a name, and labels of ticks, at most
RADIUS = 4.5
STYLE = "flex: 1 1 18rem; min-width: 0; max-width: min(30rem, 100%)"


@dataclass(frozen=True, slots=True)
class Dumbbell:
    """A line of a dumbbell plot.

    Attributes:
        name: What the values are of.
        before: The value before.
        now: The value now.
        noise: How far noise moves the value at most.
    """

    name: str
    before: float
    now: float
    noise: float

    @property
    def beyond_noise(self) -> bool:
        """Whether the value moved by more than noise explains."""
        return abs(self.now - self.before) > self.noise


def plot_dumbbells(title: str, lines: Sequence[Dumbbell], *, before: str, now: str) -> str:
    """Plot values before and now, on an axis that holds 0.

    Args:
        title: Title of the plot.
        lines: The values, from the top.
        before: What the values before are of, for the legend.
        now: What the values now are of.
    """
    ends = [end for line in lines for end in (line.before - line.noise, line.before + line.noise, line.now)]
    round_ends = RoundScale.over([0.0, *ends], LENGTH)
    scale, height = LinearScale(round_ends.low, round_ends.high, LENGTH), ROW * len(lines)
    ticks = [(scale.place(tick), short_number(tick)) for tick in round_ends.ticks()]
    parts = [
        f'<text x="{-LABELS}" y="-30" style="font-weight: 600">{html(title)}</text>',
        *_legend(before, now),
        *(f'<line x1="{x}" y1="0" x2="{x}" y2="{height}" stroke="var(--line)"/>' for x, _ in ticks),
        *(text(x, height + 16, name, "middle") for x, name in ticks[:: -(-len(ticks) // CROWDED)]),
        *(_dumbbell(line, scale, ROW * (place + 0.5)) for place, line in enumerate(lines)),
    ]
    group = f'<g transform="translate({LABELS} {TOP})">{"".join(parts)}</g>'
    return svg(
        [group],
        width=LABELS + LENGTH + RIGHT,
        height=TOP + height + BELOW,
        label=f"{title}: {before} and {now}",
        style=STYLE,
    )


def _legend(before: str, now: str) -> list[str]:
    return [
        _circle(-LABELS + 5, -14, filled=False, colour="soft"),
        text(-LABELS + 15, -10, before),
        _circle(-LABELS + 95, -14, filled=True, colour="accent"),
        text(-LABELS + 105, -10, _shortened(now)),
        f'<g fill-opacity=".25">{rect(LENGTH - 62, -20, 18, 12, "soft")}</g>',
        text(LENGTH - 38, -10, "noise"),
    ]


def _dumbbell(line: Dumbbell, scale: LinearScale, y: float) -> str:
    colour = "accent" if line.beyond_noise else "soft"
    left, right = scale.place(line.before - line.noise), scale.place(line.before + line.noise)
    old, new = scale.place(line.before), scale.place(line.now)
    told = (
        f"{line.name}: {short_number(line.before)}, now {short_number(line.now)},"
        f" noise {short_number(line.noise)}"
    )
    return "".join(
        [
            f"<g><title>{html(told)}</title>",
            text(-8, y + 4, _shortened(line.name), "end"),
            f'<g fill-opacity=".25">{rect(left, y - 6, right - left, 12, "soft")}</g>',
            f'<line x1="{old}" y1="{y}" x2="{new}" y2="{y}" stroke="var(--{colour})" stroke-width="2"/>',
            _circle(old, y, filled=False, colour="soft"),
            _circle(new, y, filled=True, colour=colour),
            "</g>",
        ]
    )


def _circle(x: float, y: float, *, filled: bool, colour: str) -> str:
    fill = colour if filled else "paper"
    ring = f'fill="var(--{fill})" stroke="var(--{colour})" stroke-width="1.5"'
    return f'<circle cx="{x}" cy="{y}" r="{RADIUS}" {ring}/>'


def _shortened(name: str) -> str:
    return name if len(name) <= LETTERS else name[: LETTERS - 1] + "…"
