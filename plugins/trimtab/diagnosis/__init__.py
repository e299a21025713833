"""Diagnosis of past runs: open the sandbox of a stage again, and say what differs from the last good run."""

from __future__ import annotations

from trimtab.diagnosis.explanation import Explanation, explain
from trimtab.diagnosis.explanation_table import explanation_tables
from trimtab.diagnosis.past_run import PastRun, find_past_run
from trimtab.diagnosis.stage_shell import open_stage, run_in_stage

__all__ = [
    "Explanation",
    "PastRun",
    "explain",
    "explanation_tables",
    "find_past_run",
    "open_stage",
    "run_in_stage",
]
