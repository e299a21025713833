"""Plots as inline SVG, and the parts they are made of."""

from __future__ import annotations

from trimtab.svg.column_plot import plot_column
from trimtab.svg.curve_plot import Curve, plot_curves
from trimtab.svg.forest_plot import ForestLine, ForestPlot, plot_forest
from trimtab.svg.primitives import STANDALONE_COLOURS, LinearScale, Point, line_path, step_path

__all__ = [
    "STANDALONE_COLOURS",
    "Curve",
    "ForestLine",
    "ForestPlot",
    "LinearScale",
    "Point",
    "line_path",
    "plot_column",
    "plot_curves",
    "plot_forest",
    "step_path",
]
