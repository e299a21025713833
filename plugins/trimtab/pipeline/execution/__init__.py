"""Plan a run, execute stages in sandboxes, and run a pipeline in a checkout."""

from __future__ import annotations

from trimtab.pipeline.execution.failed_outputs import failed_outputs_folder
from trimtab.pipeline.execution.gate_reports import (
    GateReports,
    open_reports,
    read_report,
    read_report_page,
    read_workspace_report,
)
from trimtab.pipeline.execution.host_environment import EnvironmentDict, HostEnvironment, current_environment
from trimtab.pipeline.execution.local_run import RunListener, run
from trimtab.pipeline.execution.plan import Plan, make_plan
from trimtab.pipeline.execution.process import (
    CommandError,
    background_command,
    end_commands,
    run_commands,
)
from trimtab.pipeline.execution.progress import Progress
from trimtab.pipeline.execution.run_telemetry import observe_run
from trimtab.pipeline.execution.stage_commands import remove_outputs, run_stage_commands
from trimtab.pipeline.execution.stage_environment import prepend_interpreter_folder, stage_variables
from trimtab.pipeline.execution.stage_execution import (
    check_out_inputs,
    check_out_persistent_outputs,
    run_stage,
    upstream_contents,
)
from trimtab.pipeline.execution.stage_reproduction import StageOutcome
from trimtab.pipeline.execution.stage_sandbox import graph_in, sandbox, share_cache

__all__ = [
    "CommandError",
    "EnvironmentDict",
    "GateReports",
    "HostEnvironment",
    "Plan",
    "Progress",
    "RunListener",
    "StageOutcome",
    "background_command",
    "check_out_inputs",
    "check_out_persistent_outputs",
    "current_environment",
    "end_commands",
    "failed_outputs_folder",
    "graph_in",
    "make_plan",
    "observe_run",
    "open_reports",
    "prepend_interpreter_folder",
    "read_report",
    "read_report_page",
    "read_workspace_report",
    "remove_outputs",
    "run",
    "run_commands",
    "run_stage",
    "run_stage_commands",
    "sandbox",
    "share_cache",
    "stage_variables",
    "upstream_contents",
]
