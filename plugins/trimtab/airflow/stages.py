"""Operators of the pipeline itself: plan, run a stage, record the run.

They store arguments and call ``trimtab.pipeline``. Between tasks travel the plan and lock entries, as XComs
of a few hundred bytes a stage; never data.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator, Context
from airflow.sdk.exceptions import AirflowFailException, DownstreamTasksSkipped

from trimtab.errors import ConfigError, ProjectError, closest
from trimtab.pipeline.graph import Graph

if TYPE_CHECKING:
    from trimtab.pipeline.entry import Entry
    from trimtab.pipeline.plan import Plan

PLAN, RECORD = "plan", "record"  # task ids
VERDICT_EXIT_CODE = 1  # of `trimtab gate`: the gate has decided, so trying again changes nothing


def pull_plan(context: Context) -> Plan:
    """Return the plan of the DAG run."""
    from trimtab.pipeline.plan import Plan

    return Plan.of(context["ti"].xcom_pull(task_ids=PLAN))


def pull_entries(context: Context, plan: Plan, stages: Sequence[str]) -> dict[str, Entry]:
    """Return the lock entries of stages that are unchanged or have run; others are left out."""
    from trimtab.airflow.dag import task_id

    entries = {}
    for stage in stages:
        entry = context["ti"].xcom_pull(task_ids=task_id(stage)) or plan.unchanged.get(stage)
        if entry:
            entries[stage] = entry
    return entries


class PlanOperator(BaseOperator):
    """Pins the revision, decides which stages must run, and skips the tasks of the rest.

    | outcome | state |
    |---|---|
    | every stage is decided | success; unchanged stages are skipped |
    | a param does not fit, no git, DVC refuses | failed, nothing has run |

    Args:
        project: The project's root.
        graph: The stages to plan.
        set_params: Dotted params key to template.
        form_keys: The fields of the trigger form that are params keys.
    """

    template_fields = ("set_params",)
    ui_color = "#dfe7f1"

    def __init__(
        self,
        *,
        project: Path,
        graph: Graph,
        set_params: dict[str, str],
        form_keys: Sequence[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.project, self.graph = project, graph
        self.set_params, self.form_keys = set_params, tuple(form_keys)

    def execute(self, context: Context) -> None:
        """Plan, keep the plan as XCom, skip what is unchanged."""
        from trimtab.airflow.dag import task_id
        from trimtab.pipeline.plan import make_plan
        from trimtab.pipeline.revision import pin

        try:
            revision = pin(self.project, self._overrides(context))
        except (ConfigError, ProjectError) as err:  # trying again changes nothing
            raise AirflowFailException(str(err)) from err
        plan = make_plan(self.project, revision, self.graph)
        self.log.info("Revision %s (on %s)", revision.sha, revision.baseline)
        for key, value in revision.overrides.items():
            self.log.info("Param %s = %r", key, value)
        for step in plan.steps:
            self.log.info("%-24s %-10s %s", step.stage, step.state, step.reason)
        context["ti"].xcom_push(key="return_value", value=plan.plain())
        if plan.unchanged:
            raise DownstreamTasksSkipped(tasks=[task_id(stage) for stage in plan.unchanged])

    def _overrides(self, context: Context) -> dict[str, Any]:
        """What the form sets comes before what the DAG's templates set."""
        params = context["params"]
        for key in context["dag_run"].conf or {}:
            if key not in self.dag.params:
                raise ConfigError(
                    f"The DAG has no param '{key}'{closest(key, self.dag.params)}",
                    where=f"configuration of the run {context['run_id']}",
                    fix="trigger it again without that key; nothing has been run",
                )
        given = {key: params[key] for key in self.form_keys if params[key] is not None}
        templated = {key: value for key, value in self.set_params.items() if value}
        return {**templated, **given}


class StageOperator(BaseOperator):
    """Runs one stage in a sandbox and returns its lock entry.

    | outcome | state |
    |---|---|
    | the command ran, or the run cache has the result | success |
    | a gate's verdict is "fail" | failed, no retry |
    | anything else that goes wrong | up for retry, then failed |

    Args:
        project: The project's root.
        stage: Its name in DVC's addressing.
        upstream_stages: Names of the stages it directly depends on.
        gate: The kind of gate it is, if it is one.
    """

    ui_color = "#e8f0e4"

    def __init__(
        self, *, project: Path, stage: str, upstream_stages: list[str], gate: str | None, **kwargs: Any
    ) -> None:
        super().__init__(trigger_rule="none_failed", **kwargs)
        self.project, self.stage, self.upstream_stages, self.gate = project, stage, upstream_stages, gate
        if gate:
            self.ui_color = "#f4e3c1"

    def execute(self, context: Context) -> Entry:
        """Run the stage."""
        from trimtab.pipeline.execution import run_stage
        from trimtab.pipeline.process import CommandError

        plan = pull_plan(context)
        run_id = context["run_id"]
        try:
            execution = run_stage(
                self.project,
                plan.revision.sha,
                self.stage,
                pull_entries(context, plan, self.upstream_stages),
                env={"TRIMTAB_DAG_RUN": f"{self.dag_id}/{run_id}"},
                keep_on_failure=_reports(self.project) / self.dag_id / run_id / self.task_id,
            )
        except CommandError as err:
            if self.gate and err.exit_code == VERDICT_EXIT_CODE:
                raise AirflowFailException(f"The {self.gate} gate '{self.stage}' has failed.\n{err}") from err
            raise
        return execution.entry

    def on_kill(self) -> None:
        """End the command with all it started."""
        from trimtab.pipeline.process import end_children

        end_children(os.getpid())


def _reports(project: Path) -> Path:
    """Where what a failed stage left is kept: ``TRIMTAB_HOME``, or ``.trimtab`` in the project."""
    return Path(os.environ.get("TRIMTAB_HOME") or project / ".trimtab") / "failed"


class RecordOperator(BaseOperator):
    """Keeps code, params and ``dvc.lock`` of the run as one commit, which ``dvc exp show`` lists.

    | outcome | state |
    |---|---|
    | every stage is unchanged or has run | success |
    | a stage failed, or has no result | failed or upstream_failed, nothing is recorded |

    Args:
        project: The project's root.
        graph: The stages of the run.
    """

    ui_color = "#dfe7f1"

    def __init__(self, *, project: Path, graph: Graph, **kwargs: Any) -> None:
        super().__init__(trigger_rule="none_failed", **kwargs)
        self.project, self.graph = project, graph

    def execute(self, context: Context) -> dict[str, Any]:
        """Record the run."""
        from trimtab.pipeline.record import record_run

        plan = pull_plan(context)
        entries = pull_entries(context, plan, [stage.name for stage in self.graph.stages])
        record = record_run(
            self.project, plan.revision, self.graph, entries, name=f"{self.dag_id}-{context['run_id']}"
        )
        self.log.info("Recorded as commit %s, experiment %s", record.commit, record.experiment)
        return record.plain()
