"""Plan a run, execute stages in sandboxes, and run a pipeline in a checkout."""

from __future__ import annotations

from trimtab.pipeline.execution.failed_outputs import failed_outputs_folder
from trimtab.pipeline.execution.gate_reports import read_report, read_report_page
from trimtab.pipeline.execution.local_run import RunListener, run
from trimtab.pipeline.execution.plan import Plan, make_plan
from trimtab.pipeline.execution.process import CommandError, end_commands
from trimtab.pipeline.execution.progress import Progress
from trimtab.pipeline.execution.stage_commands import run_stage_commands
from trimtab.pipeline.execution.stage_environment import prepend_interpreter_folder
from trimtab.pipeline.execution.stage_execution import run_stage, upstream_contents
from trimtab.pipeline.execution.stage_sandbox import graph_in, sandbox, share_cache

__all__ = [
    "CommandError",
    "Plan",
    "Progress",
    "RunListener",
    "end_commands",
    "failed_outputs_folder",
    "graph_in",
    "make_plan",
    "prepend_interpreter_folder",
    "read_report",
    "read_report_page",
    "run",
    "run_stage",
    "run_stage_commands",
    "sandbox",
    "share_cache",
    "upstream_contents",
]
