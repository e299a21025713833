"""The operator that plans a run: which stages run, and which are unchanged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from airflow.sdk import BaseOperator, Context
from airflow.sdk.exceptions import AirflowFailException, DownstreamTasksSkipped

from trimtab import telemetry
from trimtab.airflow.airflow_compat import push_xcom_of_other_task
from trimtab.airflow.assets import project_name
from trimtab.airflow.operators.gate import REPORT, report_location
from trimtab.airflow.trigger_form.trigger_form import TriggerForm
from trimtab.airflow.xcom import push_plan, push_reasons
from trimtab.errors import ConfigError, ProjectError
from trimtab.pipeline.graph import Graph, declared_models
from trimtab.telemetry import instruments

if TYPE_CHECKING:
    from trimtab.pipeline.execution import Plan

WIDEST = 60  # characters of a name in the log's table


class PlanOperator(BaseOperator):
    """Pins the revision, plans which stages run, and skips the tasks of unchanged stages.

    | outcome | state |
    |---|---|
    | planned | success; tasks of unchanged stages are skipped, with the reason in their XCom |
    | a param does not fit, no git, DVC refuses | failed, no retry, nothing has run |

    Cleared, it pins and plans again. Clear its downstream tasks too: a stage's result belongs to one plan.

    Args:
        project: The project's root.
        graph: The stages to plan.
        tasks: Stage to the id of its task.
        form: The fields of the trigger form.
        set_params: Dotted key of ``params.yaml`` to a template.
        **kwargs: Everything ``BaseOperator`` takes.
    """

    template_fields = ("set_params",)
    shallow_copy_attrs = ("graph", "form", "tasks")
    ui_color = "#dfe7f1"

    def __init__(
        self,
        *,
        project: Path,
        graph: Graph,
        tasks: Mapping[str, str],
        form: TriggerForm,
        set_params: dict[str, str],
        **kwargs: object,
    ) -> None:
        super().__init__(**kwargs)
        self.project, self.graph, self.tasks = project, graph, tasks
        self.form, self.set_params = form, set_params
        self.belongs_to = project_name(project)
        self.models = declared_models(graph)

    @classmethod
    def get_serialized_fields(cls) -> frozenset[str]:
        """Add what the control room knows a DAG by: its project, and the registered models it makes."""
        return frozenset({*super().get_serialized_fields(), "belongs_to", "models"})

    def execute(self, context: Context) -> None:
        """Plan, push the plan, and skip the tasks of unchanged stages."""
        try:
            plan, forced = self._plan(context)
        except (ConfigError, ProjectError) as err:  # a retry changes nothing
            raise AirflowFailException(str(err)) from None
        self.log.info("Revision %s (on %s)", plan.revision.sha, plan.revision.baseline)
        for key, value in plan.revision.overrides.items():
            self.log.info("Param %s = %r", key, value)
        for row in _table(plan):
            self.log.info("%s", row)
        _record(context, plan)
        push_plan(context, plan, forced=forced)
        push_reasons(context, plan, self.tasks)
        self._push_reports(context, plan)
        skipped = [self.tasks[stage] for stage in plan.unchanged]
        if skipped:
            raise DownstreamTasksSkipped(tasks=skipped)

    def _push_reports(self, context: Context, plan: Plan) -> None:
        """Push, for each gate that is skipped, where the report that still holds is."""
        for step in plan.steps:
            if step.entry is not None and self.graph.stage(step.stage).gate:
                push_xcom_of_other_task(
                    key=REPORT,
                    value=report_location(step.entry.get("outs", [])),
                    dag_id=self.dag_id,
                    run_id=context["run_id"],
                    task_id=self.tasks[step.stage],
                )

    def _plan(self, context: Context) -> tuple[Plan, frozenset[str]]:
        from trimtab.pipeline.execution import make_plan
        from trimtab.pipeline.git import pin_revision

        params = context["params"]
        self.form.refuse_unknown(context["dag_run"].conf or {}, self.dag.params, run_id=context["run_id"])
        forced = self.form.forced(params, list(self.tasks))
        templated = {key: value for key, value in self.set_params.items() if value not in (None, "")}
        revision = pin_revision(self.project, {**templated, **self.form.overrides(params)})
        return make_plan(self.project, revision, self.graph, force=forced), forced


def _record(context: Context, plan: Plan) -> None:
    """Record how long the run waited, and the stages that no task runs, for telemetry."""
    if not telemetry.is_on():
        return
    if context["ti"].try_number == 1:
        waited = datetime.now(UTC) - context["dag_run"].run_after
        telemetry.record(instruments.RUN_QUEUE_DURATION, waited.total_seconds())
    for step in plan.steps:
        if step.entry is not None:
            telemetry.record(instruments.STAGES, 1, {instruments.STATE: "unchanged"})


def _table(plan: Plan) -> Iterator[str]:
    """Yield the plan as the lines of a table."""
    rows = [("stage", "state", "reason"), *((step.stage, step.state, step.reason) for step in plan.steps)]
    name = min(WIDEST, max(len(row[0]) for row in rows))
    state = max(len(row[1]) for row in rows)
    for row in rows:
        yield f"{row[0]:{name}}  {row[1]:{state}}  {row[2]}"
    yield f"{len(plan.steps) - len(plan.unchanged)} of {len(plan.steps)} stages run"
