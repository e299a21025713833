"""What an operator reads of the tasks before it, wherever they are: in a plain DAG or in task groups."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator, Context
from airflow.sdk.exceptions import AirflowFailException

from trimtab.airflow.operators.stage import RecordOperator
from trimtab.errors import ProjectError, closest

if TYPE_CHECKING:
    from trimtab.pipeline.record import Record


def pull(task: BaseOperator, context: Context, task_id: str) -> Any:
    """Return the result of another task of the run; see :func:`task_named`."""
    return context["ti"].xcom_pull(task_ids=task_named(task, task_id).task_id)


def task_named(task: BaseOperator, task_id: str) -> Any:
    """Return another task of the DAG.

    Args:
        task: Who asks.
        task_id: The other's id; in a task group that both are in, without the group's prefix will do.

    Raises:
        AirflowFailException: The DAG has no such task.
    """
    known = task.dag.task_dict if task.dag else {}
    near = [task_id, *(group.child_id(task_id) for group in _groups(task))]
    found = next((each for each in near if each in known), None)
    if found is None:  # trying again changes nothing
        error = ProjectError(
            f"There is no task '{task_id}'{closest(task_id, known)}",
            where=f"DAG '{task.dag_id}', task '{task.task_id}'",
            fix="give the id of the task, with the prefix of its task group",
        )
        raise AirflowFailException(str(error))
    return known[found]


def pull_record(task: BaseOperator, context: Context, project: Path) -> Record:
    """Return the record that a task follows; the project's repository holds its commit from now on.

    Args:
        task: Who asks, downstream of the pipeline.
        context: Airflow's.
        project: The project's root.

    Raises:
        AirflowFailException: The task is downstream of no pipeline of the project, or of several alike.
        ProjectError: What the XCom holds is no record, or one of a commit that is not the project's.
        StageError: The record holds a file that no run may add to its revision.
    """
    from trimtab.pipeline.record import Record, have_record

    record = Record.of(context["ti"].xcom_pull(task_ids=record_before(task, project).task_id))
    have_record(project, record)
    return record


def record_before(task: BaseOperator, project: Path | None = None) -> RecordOperator:
    """Return the nearest upstream task that records a run.

    Args:
        task: Downstream of the pipeline.
        project: Only a record of this project will do, if it is given.

    Raises:
        AirflowFailException: There is none, or there are several alike.
    """
    for level in _levels_before(task):
        records = [each for each in level if isinstance(each, RecordOperator)]
        found = [each for each in records if project is None or _same(each.project, project)]
        if len(found) == 1:
            return found[0]
        if found:
            names = ", ".join(sorted(each.task_id for each in found))
            raise _unclear(task, project, f"follows several alike: {names}", "connect it with one of them")
    raise _unclear(task, project, "follows none", "connect them: `dag.record >> task`, or `group >> task`")


def _levels_before(task: BaseOperator) -> Iterator[list[Any]]:
    """Yield the tasks upstream of a task, the nearest first."""
    seen, level = {task.task_id}, [task]
    while level:
        before = {each.task_id: each for one in level for each in one.upstream_list}
        level = [each for task_id, each in before.items() if task_id not in seen]
        seen.update(before)
        yield level


def _groups(task: BaseOperator) -> Iterator[Any]:
    """Yield the task groups a task is in, the innermost first."""
    group = task.task_group
    while group is not None:
        yield group
        group = group.parent_group


def _same(one: Path, other: Path) -> bool:
    return Path(one).resolve() == Path(other).resolve()


def _unclear(task: BaseOperator, project: Path | None, what: str, fix: str) -> AirflowFailException:
    error = ProjectError(
        f"The task '{task.task_id}' needs the record of a pipeline, and {what}",
        where=f"DAG '{task.dag_id}'{f', project {project}' if project else ''}",
        fix=fix,
    )
    return AirflowFailException(str(error))
