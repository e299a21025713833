"""A line chart as an SVG file: a line per name over the same windows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from trimtab.drift.report.charts import HEIGHT, WIDTH, round_step
from trimtab.escaping import html
from trimtab.svg import STANDALONE_COLOURS, LinearScale, Point, line_path

PAPER, GRID, SOFT, INK = (STANDALONE_COLOURS[name] for name in ("paper", "line", "soft", "ink"))
COLORS = [STANDALONE_COLOURS[name] for name in ("soft", "warn", "fail", "accent")]
PLOT_HEIGHT = HEIGHT * 1.5
MOST_TICKS = 6

Line = tuple[Mapping[str, float], Sequence[str]]  # the value by window, and the windows to mark


def draw_line_chart(lines: Mapping[str, Line]) -> str:
    """Return the SVG file of a line chart. A ring marks a window.

    Args:
        lines: By name, the value by window and the windows to mark.
    """
    windows = list(next(iter(lines.values()))[0])
    values = [value for line, _ in lines.values() for value in line.values()]
    margin = 0.1 * (max(values) - min(values)) or max(0.01 * abs(max(values)), 1e-9)
    low, high = min(values) - margin, max(values) + margin
    step = round_step(high - low, MOST_TICKS)
    legend = max(220, 110 + 7 * max(map(len, lines)))

    across, up = LinearScale(0, max(len(windows) - 1, 1), WIDTH), LinearScale(high, low, PLOT_HEIGHT)

    def point(window: str, value: float) -> Point:
        return across.place(windows.index(window)), up.place(value)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-50 -20 {WIDTH + legend} {PLOT_HEIGHT + 50}" '
        'font-family="system-ui, sans-serif" font-size="12">',
        f'<rect x="-50" y="-20" width="100%" height="100%" fill="{PAPER}"/>',
    ]
    for tick in up.ticks(step):
        parts += _draw_tick(tick, up.place(tick), decimals=max(0, -math.floor(math.log10(step))))
    for window in windows:
        x = point(window, low)[0]
        parts.append(
            f'<text x="{x}" y="{PLOT_HEIGHT + 20}" text-anchor="middle" fill="{SOFT}">{html(window)}</text>'
        )
    for number, (name, (line, marked)) in enumerate(lines.items()):
        points = [point(window, value) for window, value in line.items()]
        rings = [point(window, line[window]) for window in marked]
        parts += _draw_line(name, points, rings, number)
    return "\n".join([*parts, "</svg>", ""])


def _draw_tick(value: float, y: float, *, decimals: int) -> list[str]:
    return [
        f'<line x1="0" y1="{y}" x2="{WIDTH}" y2="{y}" stroke="{GRID}"/>',
        f'<text x="-8" y="{y + 4}" text-anchor="end" fill="{SOFT}">{value + 0:,.{decimals}f}</text>',
    ]


def _draw_line(name: str, points: Sequence[Point], rings: Sequence[Point], number: int) -> list[str]:
    """Return the line, its rings and its entry in the legend."""
    color, y = COLORS[number % len(COLORS)], number * 20 + 10
    return [
        f'<path d="{line_path(points)}" fill="none" stroke="{color}" stroke-width="2"/>',
        *(
            f'<circle cx="{cx}" cy="{cy}" r="5" fill="{PAPER}" stroke="{color}" stroke-width="2"/>'
            for cx, cy in rings
        ),
        f'<line x1="{WIDTH + 20}" y1="{y}" x2="{WIDTH + 40}" y2="{y}" stroke="{color}" stroke-width="2"/>',
        f'<text x="{WIDTH + 46}" y="{y + 4}" fill="{INK}">{html(name)}</text>',
    ]
