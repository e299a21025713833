"""Curves of one model or two on the unit square, in the units of SVG; ``chart.html.j2`` writes them down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from trimtab.metrics import CALIBRATION_BINS, Labels
from trimtab.resampling import Floats

SIDE = 230  # of the plotting area
POINTS = 101  # of a curve


@dataclass(frozen=True, slots=True)
class Curve:
    """Lines over the unit square.

    Attributes:
        title: What it is.
        across: What the horizontal axis is.
        up: What the vertical axis is.
        series: Of each line its name, its path, and its points, which are drawn where there are any.
        diagonal: Whether the diagonal is drawn, for comparison.
    """

    title: str
    across: str
    up: str
    series: tuple[tuple[str, str, tuple[tuple[float, float], ...]], ...]
    diagonal: bool


def curves(labels: Labels, scores: Mapping[str, Floats]) -> list[Curve]:
    """Draw how models do on the same rows: ROC, precision and recall, calibration.

    Args:
        labels: Whether a row is positive, of shape (n_rows,).
        scores: Each model's name and its probabilities, of shape (n_rows,); one model or two.
    """
    return [_roc(labels, scores), _precision_recall(labels, scores), _calibration(labels, scores)]


def _roc(labels: Labels, scores: Mapping[str, Floats]) -> Curve:
    grid, series = np.linspace(0, 1, POINTS), []
    for name, values in scores.items():
        found, called = _found_and_called(labels, values)
        false = (called - found) / (~labels).sum()
        series.append((name, _line(grid, np.interp(grid, false, found / labels.sum()))[0], ()))
    return Curve("ROC", "false positive rate", "true positive rate", tuple(series), diagonal=True)


def _precision_recall(labels: Labels, scores: Mapping[str, Floats]) -> Curve:
    grid, series = np.linspace(0, 1, POINTS)[1:], []
    for name, values in scores.items():
        found, called = (counts[1:] for counts in _found_and_called(labels, values))
        at = np.searchsorted(found / labels.sum(), grid - 1e-12)  # where recall first reaches the grid's
        series.append((name, _line(grid, (found / called)[at])[0], ()))
    return Curve("Precision and recall", "recall", "precision", tuple(series), diagonal=False)


def _calibration(labels: Labels, scores: Mapping[str, Floats]) -> Curve:
    """Draw the share observed over the mean score, in bins of equally many rows."""
    series = []
    for name, values in scores.items():
        parts = [
            part for part in np.array_split(np.argsort(values, kind="stable"), CALIBRATION_BINS) if part.size
        ]
        path, dots = _line([values[p].mean() for p in parts], [labels[p].mean() for p in parts])
        series.append((name, path, dots))
    return Curve("Calibration", "mean score", "share that was positive", tuple(series), diagonal=True)


def _found_and_called(labels: Labels, scores: Floats) -> tuple[Floats, Floats]:
    """Return positives found and rows called positive, per distinct score from the top, from none to all."""
    order = np.argsort(-scores, kind="stable")
    last = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
    found = np.cumsum(labels[order])[last]
    return np.append(0.0, found), np.append(0.0, last + 1.0)


def _line(x: ArrayLike, y: ArrayLike) -> tuple[str, tuple[tuple[float, float], ...]]:
    """Return the path through points of the unit square, and the points, in SVG's units."""
    points = tuple(
        (round(float(a) * SIDE, 1), round((1 - float(b)) * SIDE, 1))
        for a, b in zip(np.asarray(x), np.asarray(y), strict=True)
    )
    return "M" + " L".join(f"{a} {b}" for a, b in points), points
