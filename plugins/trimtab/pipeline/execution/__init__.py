"""Plan a run, execute stages in sandboxes, and run a pipeline in a checkout."""

from __future__ import annotations

from trimtab.pipeline.execution.gate_reports import leftovers_of, read_page, read_report
from trimtab.pipeline.execution.local_run import run
from trimtab.pipeline.execution.plan import Plan, make_plan
from trimtab.pipeline.execution.process import CommandError, end_commands
from trimtab.pipeline.execution.progress import Progress
from trimtab.pipeline.execution.stage_execution import known_contents, perform, run_stage, with_own_commands
from trimtab.pipeline.execution.stage_sandbox import graph_in, sandbox, share_cache

__all__ = [
    "CommandError",
    "Plan",
    "Progress",
    "end_commands",
    "graph_in",
    "known_contents",
    "leftovers_of",
    "make_plan",
    "perform",
    "read_page",
    "read_report",
    "run",
    "run_stage",
    "sandbox",
    "share_cache",
    "with_own_commands",
]
