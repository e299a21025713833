"""Reference profiles: histograms of columns, built, merged and saved."""

from __future__ import annotations

from trimtab.drift.profile.builder import SAMPLE_ROWS, build_reference, profile_table
from trimtab.drift.profile.column_profile import CategoryProfile, ColumnProfile, NumericProfile
from trimtab.drift.profile.merging import merge_profiles
from trimtab.drift.profile.prediction_profile import PredictionColumn, PredictionProfile
from trimtab.drift.profile.profiled_table import ProfiledTable
from trimtab.drift.profile.reference_profile import ReferenceProfile
from trimtab.drift.profile.slices import performance_by_slice, sliced_features
from trimtab.drift.profile.table_histograms import TableHistograms, count_table

__all__ = [
    "SAMPLE_ROWS",
    "CategoryProfile",
    "ColumnProfile",
    "NumericProfile",
    "PredictionColumn",
    "PredictionProfile",
    "ProfiledTable",
    "ReferenceProfile",
    "TableHistograms",
    "build_reference",
    "count_table",
    "merge_profiles",
    "performance_by_slice",
    "profile_table",
    "sliced_features",
]
