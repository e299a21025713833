"""The report's pictures, laid out as SVG paths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from trimtab.drift.measurement import Measurement, PredictionDrift
from trimtab.drift.policy import PastWindow
from trimtab.drift.profile import CategoryProfile, NumericProfile, Predictions
from trimtab.escaping import html
from trimtab.svg import STANDALONE_COLOURS, LinearScale, line_path, step_path

WIDTH, HEIGHT = 680, 200  # of a chart's plotting area, in SVG units
SPARK_WIDTH, SPARK_HEIGHT = 220, 40
SHOWN_CATEGORIES = 10
COLORS = [STANDALONE_COLOURS[name] for name in ("soft", "warn", "fail", "accent")]


def score_chart(before: Predictions, now: PredictionDrift) -> dict[str, Any]:
    """Lay out the two score histograms over each other, over the probabilities that occur."""
    then, after = _shares(before.histogram.counts), _shares(now.histogram.counts)
    bounds = [0.0, *now.histogram.edges, 1.0]
    occurring = [i for i, pair in enumerate(zip(then, after, strict=True)) if max(pair) >= 0.0005]
    first, last = occurring[0], occurring[-1] + 1
    low, high, top = bounds[first], bounds[last], max(*then, *after)

    across = LinearScale(low, high, WIDTH).place
    places = [across(bound) for bound in bounds[first : last + 1]]
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "reference": step_path(places, then[first:last], top=top, height=HEIGHT),
        "window": step_path(places, after[first:last], top=top, height=HEIGHT),
        "top": top,
        "ticks": [(across(tick / 10), tick * 10) for tick in range(11) if low <= tick / 10 <= high],
    }


def feature_chart(name: str, measurement: Measurement) -> dict[str, Any]:
    """Lay out a feature's shares over each other, a step per tenth of the reference or per category."""
    before, now = measurement.distributions.features[name], measurement.profiles[name]
    labels, then, after = _steps(before, now)
    top = max(*then, *after)
    places = [round(step * SPARK_WIDTH / len(labels), 1) for step in range(len(labels) + 1)]
    return {
        "width": SPARK_WIDTH,
        "height": SPARK_HEIGHT,
        "reference": step_path(places, then, top=top, height=SPARK_HEIGHT),
        "window": step_path(places, after, top=top, height=SPARK_HEIGHT),
        "steps": [
            (place, round(SPARK_WIDTH / len(labels), 1), f"{label}: {old:.1%} → {new:.1%}")
            for place, label, old, new in zip(places, labels, then, after, strict=False)
        ],
    }


def performance_chart(history: Sequence[PastWindow], newest: PastWindow, reference: float) -> dict[str, Any]:
    """Lay out ROC AUC over the windows: the truth, what was estimated before it, the newest reference."""
    windows = [*history, newest]
    figures = [value for past in windows for value in (past.roc_auc, past.estimated_auc) if value is not None]
    low, high = min([*figures, reference]) - 0.02, max([*figures, reference]) + 0.02
    across, up = LinearScale(0, max(len(windows) - 1, 1), WIDTH), LinearScale(high, low, HEIGHT)

    def point(place: int, value: float) -> tuple[float, float]:
        return across.place(place), up.place(value)

    def points(name: str) -> list[tuple[float, float]]:
        values = [(place, getattr(past, name)) for place, past in enumerate(windows)]
        return [point(place, value) for place, value in values if value is not None]

    truth, estimate = points("roc_auc"), points("estimated_auc")
    every = -(-len(windows) // 12)
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "truth": truth,
        "estimate": estimate,
        "truth_line": line_path(truth),
        "estimate_line": line_path(estimate),
        "reference": point(0, reference)[1],
        "ticks": [(up.place(tick), f"{tick:.2f}") for tick in up.ticks(0.05)],
        "windows": [
            (point(place, low)[0], past.window if place % every == 0 else "", past.decision, past.outcome)
            for place, past in enumerate(windows)
        ],
    }


def _steps(
    before: NumericProfile | CategoryProfile, now: NumericProfile | CategoryProfile
) -> tuple[list[str], list[float], list[float]]:
    if isinstance(before, NumericProfile):
        starts = before.groups()
        bounds = ["", *(f"{before.edges[start - 1]:.4g}" for start in starts[1:-1]), ""]
        labels = [
            f"{low} to {high}" if low and high else (f"up to {high}" if high else f"above {low}")
            for low, high in pairwise(bounds)
        ]
        labels = labels if len(labels) > 1 else ["any value"]
    else:
        listed = list(before.counts)[:SHOWN_CATEGORIES]
        starts = [*range(len(listed)), len(listed), len(before.counts) + 1]
        labels = [*listed, "others"]
    then, after = (_shares(np.add.reduceat(profile.weights(), starts)) for profile in (before, now))
    return [*labels, "missing"], then, after


def _shares(counts: Sequence[int] | np.ndarray[Any, Any]) -> list[float]:
    total = max(sum(counts), 1)
    return [float(count) / total for count in counts]


def draw_lines(lines: Mapping[str, tuple[Mapping[str, float], Sequence[str]]]) -> str:
    """Draw a line per name over the same windows, as an SVG file; a ring marks some of its windows.

    Args:
        lines: By name, the value per window and the windows to mark.
    """
    windows = list(next(iter(lines.values()))[0])
    values = [value for line, _ in lines.values() for value in line.values()]
    low, high = min(values) - 0.01, max(values) + 0.01
    step = 0.02 if high - low < 0.3 else 0.2
    legend = max(220, 110 + 7 * max(map(len, lines)))

    across, up = LinearScale(0, max(len(windows) - 1, 1), WIDTH), LinearScale(high, low, HEIGHT * 1.5)

    def point(window: str, value: float) -> tuple[float, float]:
        return across.place(windows.index(window)), up.place(value)

    paper, grid, soft, ink = (STANDALONE_COLOURS[name] for name in ("paper", "line", "soft", "ink"))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-50 -20 {WIDTH + legend} {HEIGHT * 1.5 + 50}" '
        'font-family="system-ui, sans-serif" font-size="12">',
        f'<rect x="-50" y="-20" width="100%" height="100%" fill="{paper}"/>',
    ]
    for tick in up.ticks(step):
        y = up.place(tick)
        parts.append(f'<line x1="0" y1="{y}" x2="{WIDTH}" y2="{y}" stroke="{grid}"/>')
        parts.append(f'<text x="-8" y="{y + 4}" text-anchor="end" fill="{soft}">{tick + 0:.2f}</text>')
    for window in windows:
        x, y = point(window, low)[0], HEIGHT * 1.5 + 20
        parts.append(f'<text x="{x}" y="{y}" text-anchor="middle" fill="{soft}">{html(window)}</text>')
    for place, (name, (line, marked)) in enumerate(lines.items()):
        color = COLORS[place % len(COLORS)]
        points = [point(window, value) for window, value in line.items()]
        parts.append(f'<path d="{line_path(points)}" fill="none" stroke="{color}" stroke-width="2"/>')
        rings = [point(window, line[window]) for window in marked]
        parts += [
            f'<circle cx="{x}" cy="{y}" r="5" fill="{paper}" stroke="{color}" stroke-width="2"/>'
            for x, y in rings
        ]
        y = place * 20 + 10
        parts.append(
            f'<line x1="{WIDTH + 20}" y1="{y}" x2="{WIDTH + 40}" y2="{y}" stroke="{color}" stroke-width="2"/>'
        )
        parts.append(f'<text x="{WIDTH + 46}" y="{y + 4}" fill="{ink}">{html(name)}</text>')
    return "\n".join([*parts, "</svg>", ""])
