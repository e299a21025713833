"""Curves of two models over each other, as paths of SVG."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SIDE = 300  # of a chart's plotting area, in SVG units
POINTS = 100  # of a curve
BINS = 10  # of the calibration, equally many rows each


def curves(labels: Floats, scores: Floats) -> dict[str, str]:
    """Return one model's curves.

    Args:
        labels: 0 or 1, of shape (n_rows,).
        scores: Predicted probabilities, of shape (n_rows,).

    Returns:
        ``roc`` and ``calibration``, each a path in a square of :data:`SIDE` units, y upwards.
    """
    return {"roc": _roc(labels, scores), "calibration": _calibration(labels, scores)}


def forest(rows: Iterable[tuple[float, float, float]], *, width: int) -> dict[str, Any]:
    """Return where gains and their bounds lie on a common scale, which holds 0.

    Args:
        rows: Gain, lower and upper bound.
        width: Of the scale, in SVG units.
    """
    listed = list(rows)
    reach = max((abs(value) for row in listed for value in row), default=0.0) * 1.1 or 1.0
    place = [[round((value + reach) / (2 * reach) * width, 1) for value in row] for row in listed]
    return {"rows": place, "reach": reach, "zero": width / 2, "width": width}


def _roc(labels: Floats, scores: Floats) -> str:
    import numpy as np
    from sklearn.metrics import roc_curve

    false, true, _ = roc_curve(labels, scores)
    grid = np.linspace(0, 1, POINTS + 1)
    return _path(grid, np.interp(grid, false, true))


def _calibration(labels: Floats, scores: Floats) -> str:
    import numpy as np

    parts = [part for part in np.array_split(np.argsort(scores, kind="stable"), BINS) if len(part)]
    return _path([scores[part].mean() for part in parts], [labels[part].mean() for part in parts])


def _path(across: Iterable[float], up: Iterable[float]) -> str:
    points = [f"{x * SIDE:.1f} {SIDE - y * SIDE:.1f}" for x, y in zip(across, up, strict=True)]
    return "M" + " L".join(points)
