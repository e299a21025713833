"""Drift checks of new windows with the champion, and their verdicts in MLflow."""

from __future__ import annotations

from trimtab.registry.drift_log.checked_window import CheckedWindow
from trimtab.registry.drift_log.complete_windows import NoWindowToCheckError
from trimtab.registry.drift_log.drift_check import check_newest_window, drift_extensions, refuse_weight
from trimtab.registry.drift_log.drift_log import (
    CURVES_RUN,
    RecordedVerdict,
    drift_experiment,
    pending_windows,
    read_verdicts,
    record_retrain_outcome,
)
from trimtab.registry.drift_log.saved_reports import list_verdicts, save_report, verdict_table

__all__ = [
    "CURVES_RUN",
    "CheckedWindow",
    "NoWindowToCheckError",
    "RecordedVerdict",
    "check_newest_window",
    "drift_experiment",
    "drift_extensions",
    "list_verdicts",
    "pending_windows",
    "read_verdicts",
    "record_retrain_outcome",
    "refuse_weight",
    "save_report",
    "verdict_table",
]
