"""Operators of a pipeline's stages and of its record.

They store arguments and call ``trimtab.pipeline``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from airflow.sdk import Asset, BaseOperator, Context

from trimtab.airflow.assets import hashes
from trimtab.airflow.task_ids import RECORD
from trimtab.airflow.xcom import Results, pull_plan
from trimtab.pipeline.graph import Graph

__all__ = ["RECORD", "RecordOperator", "StageOperator", "pull_plan"]


class StageOperator(BaseOperator):
    """Runs one stage in a sandbox and keeps its lock entry.

    | outcome | state |
    |---|---|
    | the command ran, or the run cache has the result | success; an event of each output's asset |
    | the plan says it is unchanged | skipped by the plan, no worker starts |
    | the plan itself was skipped | skipped |
    | what comes before it was skipped, but not by the plan | failed, no retry |
    | anything else that goes wrong | up for retry, then failed |

    Cleared by a person, its command runs, whatever the plan or the run cache says. Clear what is downstream
    too: the record of the run holds the result only once it is made anew.

    Args:
        project: The project's root.
        graph: The stages of the project.
        stage: Its name in DVC's addressing.
        plan: Id of the plan's task.
        upstream: The stages it directly depends on, each to the id of its task.
        assets: Path of an output to its asset.
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
        **kwargs: Any,
    ) -> None:
        super().__init__(outlets=list(assets.values()), **kwargs)
        self.project, self.graph, self.stage = project, graph, stage
        self.plan, self.upstream, self.assets = plan, upstream, assets

    def execute(self, context: Context) -> dict[str, Any]:
        """Run the stage."""
        from trimtab.pipeline.execution import failed_outputs_folder, run_stage
        from trimtab.pipeline.record import require_project_revision

        results = Results(context, self.plan)
        step, run_id = results.step(self.stage), context["run_id"]
        cleared = step["entry"] is not None or self._is_cleared(context)
        why = "it was cleared" if cleared else step["reason"]
        self.log.info("Stage '%s' runs: %s", self.stage, why)
        if step["entry"] and self.graph.stage(self.stage).frozen:
            return results.result(step["entry"], ran=False)
        require_project_revision(self.project, results.revision)
        execution = run_stage(
            self.project,
            results.revision,
            self.graph,
            self.stage,
            results.entries(self.upstream),
            digest=step["digest"],
            force=step["forced"] or cleared,
            env={"TRIMTAB_DAG_RUN": f"{self.dag_id}/{run_id}"},
            keep_on_failure=failed_outputs_folder(self.project) / self.dag_id / run_id / self.task_id,
        )
        made = hashes(self.graph.stage(self.stage), execution.entry, results.revision.sha)
        for path, asset in self.assets.items():
            context["outlet_events"][asset].extra = made.get(path, {})
        return results.result(execution.entry, ran=execution.ran)

    def _is_cleared(self, context: Context) -> bool:
        """Whether a person has cleared the task: Airflow then grants more tries than the task has."""
        return bool(context["ti"].max_tries > (self.retries or 0))

    def on_kill(self) -> None:
        """End the command with all it started."""
        from trimtab.pipeline.execution import end_commands

        end_commands()


class RecordOperator(BaseOperator):
    """Keeps code, params and ``dvc.lock`` of the run as one commit, which ``dvc exp show`` lists.

    | outcome | state |
    |---|---|
    | every stage is unchanged or has run | success |
    | the plan was skipped | skipped |
    | a stage failed, or has no result | upstream_failed or failed, nothing is recorded |

    Args:
        project: The project's root.
        graph: The stages of the run.
        plan: Id of the plan's task.
        tasks: Every stage of the run to the id of its task.
        push_to: A git remote that gets the record too; the worker needs the right to push to it.
    """

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
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.project, self.graph, self.plan, self.tasks = project, graph, plan, tasks
        self.push_to = push_to

    def execute(self, context: Context) -> dict[str, Any]:
        """Record the run."""
        from trimtab.pipeline.record import record_run

        results = Results(context, self.plan)
        group = self.task_id.removesuffix(RECORD)  # several pipelines may be in one DAG
        record = record_run(
            self.project,
            results.revision,
            self.graph,
            results.entries(self.tasks),
            name=f"{self.dag_id}-{group}{context['run_id']}",
            push_to=self.push_to,
        )
        self.log.info("Recorded as commit %s, experiment %s", record.commit, record.experiment)
        return record.to_dict()
