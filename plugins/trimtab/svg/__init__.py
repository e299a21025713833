"""Plots as SVG."""

from __future__ import annotations

from trimtab.svg.column_plot import plot
from trimtab.svg.curve_plot import Curve, curves
from trimtab.svg.forest_plot import Forest, forest

__all__ = [
    "Curve",
    "Forest",
    "curves",
    "forest",
    "plot",
]
