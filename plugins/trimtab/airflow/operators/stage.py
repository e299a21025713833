"""The operators that run one stage, and that record a run."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from airflow.sdk import Asset, BaseOperator, Context

from trimtab.airflow.assets import output_events
from trimtab.airflow.task_ids import RECORD
from trimtab.airflow.xcom import PlannedRun
from trimtab.airflow.xcom_payloads import StageResult
from trimtab.pipeline.graph import Graph

if TYPE_CHECKING:
    from airflow.providers.openlineage.extractors import OperatorLineage

    from trimtab.airflow.airflow_compat import RuntimeTaskInstance


class StageOperator(BaseOperator):
    """Runs one stage in a sandbox and returns its lock entry.

    | outcome | state |
    |---|---|
    | the command ran, or the run cache has the result | success; an asset event for each output |
    | the stage is unchanged | skipped by the plan, no worker starts |
    | the plan was skipped | skipped |
    | an upstream stage was skipped, but not by the plan | failed, no retry |
    | any other error | up for retry, then failed |

    Cleared by a person, the command runs whatever the plan or the run cache says. Clear the downstream tasks
    too: the record holds the new result only after it ran again.

    Args:
        project: The project's root.
        graph: The stages of the project.
        stage: Name of the stage in DVC's addressing.
        plan: Task id of the plan.
        upstream: Name of each direct upstream stage to the id of its task.
        assets: Path of each output to its asset.
        **kwargs: Everything ``BaseOperator`` takes.
    """

    shallow_copy_attrs = ("graph", "assets", "upstream")
    ui_color = "#e8f0e4"

    def __init__(
        self,
        *,
        project: Path,
        graph: Graph,
        stage: str,
        plan: str,
        upstream: Mapping[str, str],
        assets: Mapping[str, Asset],
        **kwargs: object,
    ) -> None:
        super().__init__(outlets=list(assets.values()), **kwargs)
        self.project, self.graph, self.stage = project, graph, stage
        self.plan, self.upstream, self.assets = plan, upstream, assets

    def execute(self, context: Context) -> StageResult:
        """Run the stage."""
        from trimtab.pipeline.execution import CommandError, failed_outputs_folder, run_stage
        from trimtab.pipeline.record import require_project_revision

        run = PlannedRun(context, self.plan)
        step, run_id = run.step(self.stage), context["run_id"]
        cleared = step["entry"] is not None or self._is_cleared(context)
        reason = "it was cleared" if cleared else step["reason"]
        self.log.info("Stage '%s' runs: %s", self.stage, reason)
        if step["entry"] and self.graph.stage(self.stage).frozen:
            return run.result(step["entry"], ran=False)
        require_project_revision(self.project, run.revision)
        run.push_environment()
        try:
            execution = run_stage(
                self.project,
                run.revision,
                self.graph,
                self.stage,
                run.entries(self.upstream),
                digest=step["digest"],
                force=step["forced"] or cleared,
                env={"TRIMTAB_DAG_RUN": f"{self.dag_id}/{run_id}"},
                keep_on_failure=failed_outputs_folder(self.project) / self.dag_id / run_id / self.task_id,
            )
        except CommandError:
            command = shlex.join(["trimtab", "debug", f"{self.dag_id}/{run_id}", self.stage])
            self.log.error("`%s` opens a shell in the sandbox of this stage, with its inputs", command)
            raise
        models = {each.path: each.name for each in self.graph.artifacts if each.type == "model"}
        events = output_events(self.graph.stage(self.stage), execution.entry, run.revision.sha, models)
        for path, asset in self.assets.items():
            context["outlet_events"][asset].extra = events.get(path, {})
        return run.result(execution.entry, ran=execution.ran)

    def get_openlineage_facets_on_complete(self, task_instance: RuntimeTaskInstance) -> OperatorLineage:
        """Describe the stage for Airflow's OpenLineage provider, which calls this when the task has ended.

        Args:
            task_instance: The task; its result has the lock entry. A skipped one has none, and no lineage.
        """
        from trimtab.airflow.stage_lineage import operator_lineage

        result: StageResult | None = task_instance.xcom_pull(task_ids=self.task_id)
        return operator_lineage(self.project, self.graph, self.stage, result["entry"] if result else None)

    def _is_cleared(self, context: Context) -> bool:
        """Whether a person has cleared the task: Airflow then allows more tries than ``retries``."""
        return bool(context["ti"].max_tries > (self.retries or 0))

    def on_kill(self) -> None:
        """End the command and every process that it started."""
        from trimtab.pipeline.execution import end_commands

        end_commands()


class RecordOperator(BaseOperator):
    """Records code, params and ``dvc.lock`` of the run as one commit, which ``dvc exp show`` lists.

    The record is in the repository of the task's checkout, and in the DVC remote, from which every clone
    fetches it. Without a remote, a log line says that only this host has it.

    | outcome | state |
    |---|---|
    | every stage is unchanged or has run | success |
    | the plan was skipped | skipped |
    | a stage failed, or has no result | upstream_failed or failed, nothing is recorded |

    Args:
        project: The project's root.
        graph: The stages of the run.
        plan: Task id of the plan.
        tasks: Name of each stage of the run to the id of its task.
        push_to: A git remote that gets the record too; the worker needs the right to push to it. A template.
        **kwargs: Everything ``BaseOperator`` takes.
    """

    template_fields = ("push_to",)
    shallow_copy_attrs = ("graph", "tasks")
    ui_color = "#dfe7f1"

    def __init__(
        self,
        *,
        project: Path,
        graph: Graph,
        plan: str,
        tasks: Mapping[str, str],
        push_to: str | None = None,
        **kwargs: object,
    ) -> None:
        super().__init__(**kwargs)
        self.project, self.graph, self.plan, self.tasks = project, graph, plan, tasks
        self.push_to = push_to

    def execute(self, context: Context) -> dict[str, object]:
        """Record the run."""
        from trimtab.pipeline.record import record_run, share_record, write_run_note

        run = PlannedRun(context, self.plan)
        group = self.task_id.removesuffix(RECORD)  # a DAG may have several pipelines
        record = record_run(
            self.project,
            run.revision,
            self.graph,
            run.entries(self.tasks),
            name=f"{self.dag_id}-{group}{context['run_id']}",
            push_to=self.push_to,
        )
        pipeline = "/".join(filter(None, (self.dag_id, group.rstrip("."))))
        note = run.run_note(pipeline)
        write_run_note(self.project, record.experiment, note, push_to=self.push_to or None)
        if not share_record(self.project, record, note) and not self.push_to:
            self.log.warning(
                "Only this host has the record: a DVC remote, or `push_to`, would share it with every clone"
            )
        self.log.info("Recorded as commit %s, experiment %s", record.commit, record.experiment)
        return record.to_dict()
