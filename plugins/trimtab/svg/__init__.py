"""Plots as inline SVG, and the parts they are made of."""

from __future__ import annotations

from trimtab.svg.band_plot import Band, BandPlot, plot_bands
from trimtab.svg.column_plot import plot_column
from trimtab.svg.confusion_matrix import plot_confusion_matrix
from trimtab.svg.curve_plot import Curve, plot_curves
from trimtab.svg.density_plot import plot_density
from trimtab.svg.dumbbell_plot import Dumbbell, plot_dumbbells
from trimtab.svg.forest_plot import ForestLine, ForestPlot, plot_forest
from trimtab.svg.primitives import STANDALONE_COLOURS, LinearScale, Point, line_path, step_path
from trimtab.svg.window_plot import PlottedWindow, plot_windows

__all__ = [
    "STANDALONE_COLOURS",
    "Band",
    "BandPlot",
    "Curve",
    "Dumbbell",
    "ForestLine",
    "ForestPlot",
    "LinearScale",
    "PlottedWindow",
    "Point",
    "line_path",
    "plot_bands",
    "plot_column",
    "plot_confusion_matrix",
    "plot_curves",
    "plot_density",
    "plot_dumbbells",
    "plot_forest",
    "plot_windows",
    "step_path",
]
