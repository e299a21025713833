"""The drift report: the verdict as JSON and as an HTML page."""

from __future__ import annotations

from trimtab.drift.report.line_chart import draw_line_chart
from trimtab.drift.report.report import to_past_window, with_outcome, write_report

__all__ = [
    "draw_line_chart",
    "to_past_window",
    "with_outcome",
    "write_report",
]
