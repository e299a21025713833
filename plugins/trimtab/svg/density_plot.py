"""A density plot: how many rows have a value of two quantities of the same unit."""

from __future__ import annotations

import numpy as np

from trimtab.learning import Floats
from trimtab.svg.panel import SIDE, Axes, panel, ticks_of
from trimtab.svg.primitives import RoundScale

BINS = 40  # on each axis
MIDDLE = (0.005, 0.995)  # the quantiles between which rows are shown
FAINTEST = 0.15  # opacity of a square with one row


def plot_density(title: str, across: str, up: str, x: Floats, y: Floats) -> str:
    """Plot the density of rows as squares, the darker the more rows, with the diagonal.

    Args:
        title: Title of the plot.
        across: Label of the horizontal axis.
        up: Label of the vertical axis.
        x: The quantity on the horizontal axis, of shape (n_rows,).
        y: The one on the vertical axis, likewise; both axes are the same.
    """
    ends = np.quantile(np.stack([x, y]), MIDDLE, axis=1)
    scale = RoundScale.over([float(ends.min()), float(ends.max())], SIDE)
    edges = np.linspace(scale.low, scale.high, BINS + 1)
    counts = np.histogram2d(x, y, [edges, edges])[0].astype(int)
    beyond = len(x) - int(counts.sum())
    return panel(
        Axes(title, across, up, ticks_of(scale), scale),
        [
            *_squares(counts),
            f'<line x1="0" y1="{SIDE}" x2="{SIDE}" y2="0" stroke="var(--soft)" stroke-dasharray="3 4"/>',
        ],
        label=f"{title}: the density of {len(x):,} rows, {up} over {across}",
        note=f"{beyond:,} of {len(x):,} rows are further out" if beyond else "",
    )


def _squares(counts: np.ndarray) -> list[str]:
    side, most = SIDE / BINS, max(int(counts.max()), 1)
    found = []
    for column, row in zip(*np.nonzero(counts), strict=True):
        opacity = FAINTEST + (1 - FAINTEST) * (counts[column, row] / most) ** 0.5
        corner = f'x="{column * side:.2f}" y="{SIDE - (row + 1) * side:.2f}"'
        found.append(f'<rect {corner} width="{side:.2f}" height="{side:.2f}" fill-opacity="{opacity:.2f}"/>')
    return ['<g fill="var(--accent)">', *found, "</g>"]
