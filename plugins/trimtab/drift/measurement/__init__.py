"""Measure the drift of a window against a reference profile."""

from __future__ import annotations

from trimtab.drift.measurement.dependent_rows import with_units
from trimtab.drift.measurement.file_comparison import ColumnRoles, measure_files, profile_files
from trimtab.drift.measurement.measurement import (
    AttributionShift,
    ColumnDrift,
    ComparedValue,
    FeatureDrift,
    MeasuredStatistic,
    Measurement,
    NoisyValue,
    PredictionDrift,
    SliceDrift,
)
from trimtab.drift.measurement.window_measurement import measure

__all__ = [
    "AttributionShift",
    "ColumnDrift",
    "ColumnRoles",
    "ComparedValue",
    "FeatureDrift",
    "MeasuredStatistic",
    "Measurement",
    "NoisyValue",
    "PredictionDrift",
    "SliceDrift",
    "measure",
    "measure_files",
    "profile_files",
    "with_units",
]
