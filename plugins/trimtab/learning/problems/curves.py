"""Curves of one or two models on the same rows, in the units of their axes; ``trimtab.svg`` draws them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trimtab.learning.metrics.binary_metrics import CALIBRATION_BINS, Labels
from trimtab.learning.metrics.multiclass_metrics import Codes, predicted_classes
from trimtab.learning.metrics.quantile_metrics import interval_widths, is_covered
from trimtab.learning.resampling.bootstrap import Floats

POINTS = 101  # of a line
UNIT = (0.0, 1.0)
SHOWN = 0.95  # share of rows whose error is on the axis: one outlier would hide all others


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """The line of one model.

    Attributes:
        name: The model.
        across: Horizontal values, of shape (n_points,).
        up: Vertical values, of shape (n_points,).
        dots: Whether each point is drawn as a dot too.
    """

    name: str
    across: Floats
    up: Floats
    dots: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class CurvePlot:
    """A plot with a line for each model.

    Attributes:
        title: Title of the plot.
        across: Label of the horizontal axis.
        up: Label of the vertical axis.
        lines: The lines.
        across_range: The lowest and the highest value on the horizontal axis.
        up_range: The same for the vertical axis.
        diagonal: Whether the line between the corners is drawn for comparison.
    """

    title: str
    across: str
    up: str
    lines: tuple[Line, ...]
    across_range: tuple[float, float] = UNIT
    up_range: tuple[float, float] = UNIT
    diagonal: bool = False


def binary_curves(labels: Labels, scores: Mapping[str, Floats]) -> list[CurvePlot]:
    """Return ROC, precision and recall, and calibration.

    Args:
        labels: Whether a row is positive, of shape (n_rows,).
        scores: Each model's name and its probabilities, of shape (n_rows,).
    """
    return [
        CurvePlot(
            "ROC",
            "false positive rate",
            "true positive rate",
            tuple(_roc(name, labels, values) for name, values in scores.items()),
            diagonal=True,
        ),
        CurvePlot(
            "Precision and recall",
            "recall",
            "precision",
            tuple(_precision_recall(name, labels, values) for name, values in scores.items()),
        ),
        CurvePlot(
            "Calibration",
            "mean score",
            "share that was positive",
            tuple(_means(name, values, labels) for name, values in scores.items()),
            diagonal=True,
        ),
    ]


def multiclass_curves(labels: Codes, predictions: Mapping[str, Floats]) -> list[CurvePlot]:
    """Return the calibration of the predicted class, and the accuracy of the most certain rows.

    Args:
        labels: The number of each row's class, of shape (n_rows,).
        predictions: Each model's name and its probabilities, of shape (n_rows, n_classes).
    """
    calibration, accuracy = [], []
    for name, values in predictions.items():
        certainty, right = values.max(axis=1), predicted_classes(values) == labels
        calibration.append(_means(name, certainty, right))
        found = right[np.argsort(-certainty, kind="stable")].cumsum() / np.arange(1, len(right) + 1)
        at = np.unique(np.linspace(0, len(found) - 1, POINTS).astype(int))
        accuracy.append(Line(name, (at + 1) / len(found), found[at]))
    return [
        CurvePlot(
            "Calibration",
            "mean probability of the predicted class",
            "share that was right",
            tuple(calibration),
            diagonal=True,
        ),
        CurvePlot(
            "Accuracy of the most certain rows",
            "share of rows, the most certain first",
            "accuracy among them",
            tuple(accuracy),
        ),
    ]


def regression_curves(labels: Floats, predictions: Mapping[str, Floats]) -> list[CurvePlot]:
    """Return the mean label over the mean prediction, and the share of rows by their error.

    Args:
        labels: The labels, of shape (n_rows,).
        predictions: Each model's name and its predictions, of shape (n_rows,).
    """
    means = tuple(_means(name, values, labels) for name, values in predictions.items())
    ends = [value for line in means for axis in (line.across, line.up) for value in (axis.min(), axis.max())]
    errors = {name: np.sort(np.abs(values - labels)) for name, values in predictions.items()}
    most = max(float(np.quantile(values, SHOWN)) for values in errors.values())
    grid = np.linspace(0, most, POINTS)
    shares = tuple(
        Line(name, grid, np.searchsorted(values, grid, "right") / len(values))
        for name, values in errors.items()
    )
    square = _round_range(float(min(ends)), float(max(ends)))
    return [
        CurvePlot("Calibration", "mean prediction", "mean label", means, square, square, diagonal=True),
        CurvePlot(
            "Rows by error", "absolute error", "share with this error at most", shares, _round_range(0, most)
        ),
    ]


def quantile_curves(
    labels: Floats, predictions: Mapping[str, Floats], levels: Sequence[float]
) -> list[CurvePlot]:
    """Return the share of labels up to each quantile, and the coverage of narrow and wide intervals.

    Args:
        labels: The labels, of shape (n_rows,).
        predictions: Each model's name and its quantiles, of shape (n_rows, n_levels).
        levels: The levels of the quantiles.
    """
    shares = tuple(
        Line(name, np.array(levels), (labels[:, None] <= values).mean(axis=0), dots=True)
        for name, values in predictions.items()
    )
    coverage = tuple(
        _means(name, interval_widths(values), is_covered(labels, values))
        for name, values in predictions.items()
    )
    widest = max(float(line.across.max()) for line in coverage)
    return [
        CurvePlot("Calibration", "level of the quantile", "share of labels up to it", shares, diagonal=True),
        CurvePlot(
            "Coverage by width",
            "mean width of the interval",
            f"share of labels in it, {levels[-1] - levels[0]:.4g} expected",
            coverage,
            _round_range(0, widest),
        ),
    ]


def _roc(name: str, labels: Labels, scores: Floats) -> Line:
    grid = np.linspace(0, 1, POINTS)
    found, called = _counts_by_score(labels, scores)
    false = (called - found) / (~labels).sum()
    return Line(name, grid, np.interp(grid, false, found / labels.sum()))


def _precision_recall(name: str, labels: Labels, scores: Floats) -> Line:
    grid = np.linspace(0, 1, POINTS)[1:]
    found, called = (counts[1:] for counts in _counts_by_score(labels, scores))
    at = np.searchsorted(found / labels.sum(), grid - 1e-12)  # the first rows with this recall
    return Line(name, grid, (found / called)[at])


def _counts_by_score(labels: Labels, scores: Floats) -> tuple[Floats, Floats]:
    """Count true positives and positive predictions at each distinct score, from the highest down."""
    order = np.argsort(-scores, kind="stable")
    last = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
    found = np.cumsum(labels[order])[last]
    return np.append(0.0, found), np.append(0.0, last + 1.0)


def _means(name: str, predicted: Floats, actual: NDArray[np.generic]) -> Line:
    """Return the mean of what happened over the mean of what was predicted, in bins of equally many rows."""
    parts = list(_bins(predicted))
    across, up = ([values[part].mean() for part in parts] for values in (predicted, actual))
    return Line(name, np.array(across, float), np.array(up, float), dots=True)


def _bins(values: Floats) -> Iterator[NDArray[np.intp]]:
    parts = np.array_split(np.argsort(values, kind="stable"), CALIBRATION_BINS)
    return (part for part in parts if part.size)


def _round_range(low: float, high: float) -> tuple[float, float]:
    """Return a range that holds both values, and whose quarters are round numbers."""
    span = max(high - low, abs(high) * 1e-6, 1e-12) / 4
    power = 10.0 ** np.floor(np.log10(span))
    for step in (power * unit for unit in (1, 2, 2.5, 5, 10, 20)):
        start = float(np.floor(low / step) * step)
        if start + 4 * step >= high:
            return start, start + 4 * step
    raise AssertionError("20 times the power of ten holds any values")
