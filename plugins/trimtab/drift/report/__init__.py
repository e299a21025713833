"""The drift verdict as files, for machines and for people."""

from __future__ import annotations

from trimtab.drift.report.charts import draw_lines
from trimtab.drift.report.report import past_window, write_report

__all__ = [
    "draw_lines",
    "past_window",
    "write_report",
]
