"""The run time of stages, as the durations of their tasks in a DAG run."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from airflow.sdk import BaseOperator, Context

from trimtab.airflow.operators.stage import RecordOperator
from trimtab.airflow.operators.upstream_tasks import upstream_levels
from trimtab.airflow.xcom import PlannedRun


def stage_seconds(
    task: BaseOperator, context: Context, project: Path, stages: Collection[str]
) -> dict[str, float]:
    """Return how long the tasks of stages took, sandbox included.

    A stage whose command did not run in this DAG run has none: the plan skipped it, or the run cache had its
    result.

    Args:
        task: The task that asks, downstream of the pipeline.
        context: Airflow's.
        project: The project's root.
        stages: The names of the stages.
    """
    records = [
        each
        for level in upstream_levels(task)
        for each in level
        if isinstance(each, RecordOperator) and each.project.resolve() == project.resolve()
    ]
    tasks = {
        stage: (record.plan, record.tasks[stage])
        for record in reversed(records)  # the nearest one last, so that it counts
        for stage in stages
        if stage in record.tasks
    }
    ran = [stage for stage, (plan, task_id) in tasks.items() if PlannedRun(context, plan).ran(task_id)]
    if not ran:
        return {}
    instance = context["ti"]
    ended = instance.get_task_breadcrumbs(dag_id=instance.dag_id, run_id=context["run_id"])
    seconds = {each["task_id"]: each["duration"] for each in ended if each["duration"] is not None}
    return {stage: seconds[tasks[stage][1]] for stage in ran if tasks[stage][1] in seconds}
