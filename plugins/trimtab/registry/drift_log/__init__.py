"""Drift checks of new windows with the champion, and their verdicts in MLflow."""

from __future__ import annotations

from trimtab.registry.drift_log.drift_check import CheckedWindow, check_newest_window
from trimtab.registry.drift_log.drift_log import OVER_TIME, drift_experiment, note_outcome, waiting_windows
from trimtab.registry.drift_log.saved_reports import as_table, list_verdicts, save_report
from trimtab.registry.drift_log.complete_windows import NothingToJudgeError

__all__ = [
    "OVER_TIME",
    "CheckedWindow",
    "NothingToJudgeError",
    "as_table",
    "check_newest_window",
    "drift_experiment",
    "list_verdicts",
    "note_outcome",
    "save_report",
    "waiting_windows",
]
