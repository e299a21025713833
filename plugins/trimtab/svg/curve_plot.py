"""Curves of one or two models on the unit square, in SVG units; ``svg/curve_plot.html.j2`` writes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from trimtab.learning import CALIBRATION_BINS, Floats, Labels
from trimtab.svg.primitives import LinearScale, Point, line_path

SIDE = 230  # of the plotting area
POINTS = 101  # of a curve
ACROSS, UP = LinearScale(0, 1, SIDE), LinearScale(1, 0, SIDE)


@dataclass(frozen=True, slots=True)
class Curve:
    """A plot of lines over the unit square.

    Attributes:
        title: Title of the plot.
        across: Label of the horizontal axis.
        up: Label of the vertical axis.
        series: Name, path and points of each line; a line without points is drawn as a path only.
        diagonal: Whether the diagonal is drawn for comparison.
    """

    title: str
    across: str
    up: str
    series: tuple[tuple[str, str, tuple[Point, ...]], ...]
    diagonal: bool


def plot_curves(labels: Labels, scores: Mapping[str, Floats]) -> list[Curve]:
    """Plot ROC, precision and recall, and calibration of models on the same rows.

    Args:
        labels: Whether a row is positive, of shape (n_rows,).
        scores: Each model's name and its probabilities, of shape (n_rows,); one model or two.
    """
    return [_roc(labels, scores), _precision_recall(labels, scores), _calibration(labels, scores)]


def _roc(labels: Labels, scores: Mapping[str, Floats]) -> Curve:
    grid, series = np.linspace(0, 1, POINTS), []
    for name, values in scores.items():
        found, called = _counts_by_score(labels, values)
        false = (called - found) / (~labels).sum()
        series.append((name, _line(grid, np.interp(grid, false, found / labels.sum()))[0], ()))
    return Curve("ROC", "false positive rate", "true positive rate", tuple(series), diagonal=True)


def _precision_recall(labels: Labels, scores: Mapping[str, Floats]) -> Curve:
    grid, series = np.linspace(0, 1, POINTS)[1:], []
    for name, values in scores.items():
        found, called = (counts[1:] for counts in _counts_by_score(labels, values))
        at = np.searchsorted(found / labels.sum(), grid - 1e-12)  # the first rows with this recall
        series.append((name, _line(grid, (found / called)[at])[0], ()))
    return Curve("Precision and recall", "recall", "precision", tuple(series), diagonal=False)


def _calibration(labels: Labels, scores: Mapping[str, Floats]) -> Curve:
    """Plot the observed share of positives over the mean score, in bins of equally many rows."""
    series = []
    for name, values in scores.items():
        parts = [
            part for part in np.array_split(np.argsort(values, kind="stable"), CALIBRATION_BINS) if part.size
        ]
        path, dots = _line([values[p].mean() for p in parts], [labels[p].mean() for p in parts])
        series.append((name, path, dots))
    return Curve("Calibration", "mean score", "share that was positive", tuple(series), diagonal=True)


def _counts_by_score(labels: Labels, scores: Floats) -> tuple[Floats, Floats]:
    """Count true positives and positive predictions at each distinct score, from the highest down."""
    order = np.argsort(-scores, kind="stable")
    last = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
    found = np.cumsum(labels[order])[last]
    return np.append(0.0, found), np.append(0.0, last + 1.0)


def _line(x: ArrayLike, y: ArrayLike) -> tuple[str, tuple[Point, ...]]:
    """Return the path through points of the unit square, and the points, in SVG units."""
    points = tuple(
        (ACROSS.place(float(a)), UP.place(float(b)))
        for a, b in zip(np.asarray(x), np.asarray(y), strict=True)
    )
    return line_path(points), points
