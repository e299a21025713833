"""Measure the drift of a window against a reference profile."""

from __future__ import annotations

from trimtab.drift.measurement.file_comparison import ColumnRoles, measure_files, profile_files
from trimtab.drift.measurement.measurement import (
    ColumnDrift,
    ComparedValue,
    FeatureDrift,
    MeasuredStatistic,
    Measurement,
    PredictionDrift,
    SliceDrift,
)
from trimtab.drift.measurement.window_measurement import measure

__all__ = [
    "ColumnDrift",
    "ColumnRoles",
    "ComparedValue",
    "FeatureDrift",
    "MeasuredStatistic",
    "Measurement",
    "PredictionDrift",
    "SliceDrift",
    "measure",
    "measure_files",
    "profile_files",
]
