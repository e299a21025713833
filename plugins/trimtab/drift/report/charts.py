"""The charts of the drift report, laid out as SVG paths."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from trimtab.drift.measurement import ColumnDrift, Measurement
from trimtab.drift.profile import ColumnProfile, NumericProfile
from trimtab.learning import ProblemType
from trimtab.svg import LinearScale, step_path

WIDTH, HEIGHT = 680, 200  # of a chart's plotting area, in SVG units
FEATURE_WIDTH, FEATURE_HEIGHT = 220, 40
SHOWN_CATEGORIES = 10
SMALLEST_SHARE = 0.0005  # a bin with a smaller share is not shown at the ends of a chart of predictions
MOST_TICKS = 11


@dataclass(frozen=True)
class PredictionChart:
    """Two histograms of a column of predictions over each other.

    Attributes:
        column: The column.
        reference: SVG path of the reference.
        window: SVG path of the current window.
        top: Share of rows at the top of the chart.
        ticks: Position and label of each tick.
    """

    column: ColumnDrift
    reference: str
    window: str
    top: float
    ticks: list[tuple[float, str]]
    width: int = WIDTH
    height: int = HEIGHT


@dataclass(frozen=True)
class FeatureChart:
    """Two histograms of a feature over each other, a step per group of bins or per category.

    Attributes:
        reference: SVG path of the reference.
        window: SVG path of the current window.
        steps: Position, width and title of each step.
    """

    reference: str
    window: str
    steps: list[tuple[float, float, str]]
    width: int = FEATURE_WIDTH
    height: int = FEATURE_HEIGHT


def lay_out_predictions(
    before: NumericProfile, now: NumericProfile, column: ColumnDrift, problem: ProblemType
) -> PredictionChart:
    """Lay out the histograms of a column of predictions, over the range that occurs.

    Args:
        before: The histogram of the reference.
        now: That of the window, in the same bins.
        column: The column.
        problem: The problem type, which knows how a prediction is written.
    """
    then, after = _shares(before.counts), _shares(now.counts)
    bounds = _bounds(before.edges)
    shown = [i for i, pair in enumerate(zip(then, after, strict=True)) if max(pair) >= SMALLEST_SHARE]
    first, last = shown[0], shown[-1] + 1
    low, high, top = bounds[first], bounds[last], max(*then, *after)

    across = LinearScale(low, high, WIDTH).place
    positions = [across(bound) for bound in bounds[first : last + 1]]
    return PredictionChart(
        column=column,
        reference=step_path(positions, then[first:last], top=top, height=HEIGHT),
        window=step_path(positions, after[first:last], top=top, height=HEIGHT),
        top=top,
        ticks=[
            (across(tick), problem.format_prediction(tick))
            for tick in LinearScale(low, high, WIDTH).ticks(round_step(high - low, MOST_TICKS - 1))
        ],
    )


def _bounds(edges: Sequence[float]) -> list[float]:
    """Return the ends of all bins; the outermost bins, which are open, are drawn as wide as the others."""
    width = edges[1] - edges[0] if len(edges) > 1 else max(abs(edges[0]), 1.0)
    return [edges[0] - width, *edges, edges[-1] + width]


def round_step(span: float, most: int) -> float:
    """Return a step of 1, 2 or 5 times a power of ten, of which at most so many fit into a span."""
    power = 10.0 ** math.floor(math.log10(span / most))
    return float(next(factor * power for factor in (1, 2, 5, 10) if span / (factor * power) <= most))


def lay_out_feature(name: str, measurement: Measurement) -> FeatureChart:
    """Lay out the histograms of a feature, a step per tenth of the reference or per category."""
    before, now = measurement.feature_reference.features[name], measurement.profiles[name]
    labels, then, after = _steps(before, now)
    top, step = max(*then, *after), FEATURE_WIDTH / len(labels)
    positions = [round(number * FEATURE_WIDTH / len(labels), 1) for number in range(len(labels) + 1)]
    return FeatureChart(
        reference=step_path(positions, then, top=top, height=FEATURE_HEIGHT),
        window=step_path(positions, after, top=top, height=FEATURE_HEIGHT),
        steps=[
            (position, round(step, 1), f"{label}: {old:.1%} → {new:.1%}")
            for position, label, old, new in zip(positions, labels, then, after, strict=False)
        ],
    )


def _steps(before: ColumnProfile, now: ColumnProfile) -> tuple[list[str], list[float], list[float]]:
    """Return the label of each step, and its share in the reference and in the window."""
    if isinstance(before, NumericProfile):
        starts = before.group_starts()
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
    then, after = (
        _shares([int(rows) for rows in np.add.reduceat(profile.bin_counts(), starts)])
        for profile in (before, now)
    )
    return [*labels, "missing"], then, after


def _shares(counts: Sequence[int]) -> list[float]:
    total = max(sum(counts), 1)
    return [count / total for count in counts]
