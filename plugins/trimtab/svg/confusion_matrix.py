"""A confusion matrix: how many rows of each class are predicted as each class."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from trimtab.escaping import html
from trimtab.svg.primitives import short_number, svg, text

MOST = 12  # classes; the rest is one row and one column
SMALLEST, LARGEST, SPACE = 40, 64, 400  # side of a cell, and of all of them, in SVG units
LETTERS, LETTER = 20, 7  # of a name, and the width of one
DARKEST = 0.55  # opacity of a cell; the figure in it stays readable
OTHERS = "all others"


def plot_confusion_matrix(counts: NDArray[np.int64], classes: Sequence[str]) -> str:
    """Plot a confusion matrix: colours are shares of the actual class, the figures are rows.

    Args:
        counts: Number of rows of an actual class, by predicted class, of shape (n_classes, n_classes).
        classes: The names of the classes.
    """
    counts, classes = _most_frequent(counts, classes)
    names = [name if len(name) <= LETTERS else name[: LETTERS - 1] + "…" for name in classes]
    longest = LETTER * max(map(len, names))
    side = min(LARGEST, max(SMALLEST, SPACE / len(classes)))
    left, top, length = 30 + longest, 36 + 0.65 * longest, side * len(classes)
    middles = [(place + 0.5) * side for place in range(len(classes))]
    parts = [
        text(left + length / 2, 12, "predicted", "middle"),
        _turned(12, top + length / 2, -90, "actual", anchor="middle"),
        *(_turned(left + x, top - 8, -40, name) for x, name in zip(middles, names, strict=True)),
        *(text(left - 8, top + y + 4, name, "end") for y, name in zip(middles, names, strict=True)),
        *_cells(counts, classes, left, top, side),
    ]
    return svg(
        parts,
        width=left + length + 0.75 * longest,
        height=top + length + 4,
        label=f"Confusion matrix of {len(classes)} classes: rows are actual classes, columns predicted ones",
        style="flex: none; max-width: none",
    )


def _most_frequent(
    counts: NDArray[np.int64], classes: Sequence[str]
) -> tuple[NDArray[np.int64], Sequence[str]]:
    """Return the matrix of the most frequent classes, in their order, and of all others together."""
    if len(classes) <= MOST:
        return counts, classes
    rows = counts.sum(axis=1) + counts.sum(axis=0)
    shown = np.sort(np.argsort(-rows, kind="stable")[: MOST - 1])
    group = np.full(len(classes), MOST - 1)
    group[shown] = np.arange(MOST - 1)
    merged = np.zeros((MOST, MOST), dtype=np.int64)
    np.add.at(merged, (group[:, None], group[None, :]), counts)
    return merged, [*(classes[place] for place in shown), OTHERS]


def _cells(
    counts: NDArray[np.int64], classes: Sequence[str], left: float, top: float, side: float
) -> Iterator[str]:
    actual = counts.sum(axis=1)
    for row, column in np.ndindex(*counts.shape):
        number, total = int(counts[row, column]), int(actual[row])
        share = number / total if total else 0.0
        x, y = left + column * side, top + row * side
        told = f"{classes[row]} predicted as {classes[column]}: {number:,} of {total:,} rows, {share:.1%}"
        box = f'x="{x:.1f}" y="{y:.1f}" width="{side - 1:.1f}" height="{side - 1:.1f}"'
        yield (
            f"<g><title>{html(told)}</title>"
            f'<rect {box} fill="var(--wash)"/>'
            f'<rect {box} fill="var(--accent)" fill-opacity="{DARKEST * share:.3f}"/>'
            f'<text x="{x + side / 2:.1f}" y="{y + side / 2 + 4:.1f}" text-anchor="middle"'
            f' style="fill: var(--{"ink" if number else "soft"})">{short_number(number)}</text></g>'
        )


def _turned(x: float, y: float, degrees: int, words: str, *, anchor: str = "start") -> str:
    place = f"translate({x:.1f} {y:.1f}) rotate({degrees})"
    return f'<text transform="{place}" text-anchor="{anchor}">{html(words)}</text>'
