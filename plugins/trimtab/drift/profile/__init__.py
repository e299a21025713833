"""Reference profiles: histograms of columns, built, merged and saved."""

from __future__ import annotations

from trimtab.drift.profile.builder import SAMPLE_ROWS, build_reference, reference_of
from trimtab.drift.profile.column_profile import CategoryProfile, NumericProfile
from trimtab.drift.profile.table_histograms import Tally, tally
from trimtab.drift.profile.merging import added
from trimtab.drift.profile.profiled_table import Table
from trimtab.drift.profile.reference_profile import Predictions, Reference
from trimtab.drift.profile.slices import performance_by_slice, sliced_features

__all__ = [
    "SAMPLE_ROWS",
    "CategoryProfile",
    "NumericProfile",
    "Predictions",
    "Reference",
    "Table",
    "Tally",
    "added",
    "build_reference",
    "performance_by_slice",
    "reference_of",
    "sliced_features",
    "tally",
]
