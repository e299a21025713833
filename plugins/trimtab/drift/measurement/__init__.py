"""Measure a window against a reference profile."""

from __future__ import annotations

from trimtab.drift.measurement.measurement import FeatureDrift, Figure, Measurement, PredictionDrift
from trimtab.drift.measurement.file_comparison import Roles, measure_files, reference_of_files
from trimtab.drift.measurement.window_measurement import measure

__all__ = [
    "FeatureDrift",
    "Figure",
    "Measurement",
    "PredictionDrift",
    "Roles",
    "measure",
    "measure_files",
    "reference_of_files",
]
