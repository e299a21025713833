"""Plots as SVG."""

from __future__ import annotations

from trimtab.svg.curve_plot import Curve, curves

__all__ = [
    "Curve",
    "curves",
]
