"""References from one operator to the result of another: a task, an ``XComArg``, or a task id.

An operator lists the argument in its ``template_fields``. So Airflow adds the upstream edge when the DAG is
parsed, and replaces the reference with the XCom payload before the task executes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from airflow.sdk import BaseOperator, Context, TaskGroup, XComArg
from airflow.sdk.exceptions import AirflowFailException

from trimtab.airflow.operators.stage import RecordOperator
from trimtab.errors import ConfigError, ProjectError, closest

if TYPE_CHECKING:
    from trimtab.pipeline.record import Record

Upstream: TypeAlias = BaseOperator | XComArg | str
"""What a reference may be: a task, its output, or its task id."""


def upstream_reference(value: Upstream | None, *, argument: str) -> XComArg | str | None:
    """Return a reference as a template field may hold it.

    Args:
        value: A task, its output, or its task id; None for no reference.
        argument: Name of the argument, for the message.

    Raises:
        ConfigError: It is something else, such as a task group.
    """
    if value is None or isinstance(value, str | XComArg):
        return value
    output = getattr(value, "output", None)
    if isinstance(output, XComArg):
        return output
    hint = ", such as `group.record`" if hasattr(value, "record") else ""
    raise ConfigError(
        f"`{argument}` takes no {type(value).__name__}: {value!r}",
        where="the argument of an operator",
        fix=f"give a task{hint}, the output of a task, or a task id",
    )


def pull_result(task: BaseOperator, context: Context, reference: object) -> Any:
    """Return the XCom payload that a reference names.

    Args:
        task: The task that has the reference.
        context: Airflow's.
        reference: A task id, an ``XComArg`` that is not resolved yet, or the payload that it was resolved to.
    """
    if isinstance(reference, str):
        return context["ti"].xcom_pull(task_ids=task_named(task, reference).task_id)
    return reference.resolve(context) if isinstance(reference, XComArg) else reference


def task_named(task: BaseOperator, task_id: str) -> BaseOperator:
    """Return another task of the DAG by its id.

    Args:
        task: The task that asks.
        task_id: The id of the other task. The prefix of a task group that both are in may be left out.

    Raises:
        AirflowFailException: The DAG has no such task.
    """
    known = task.dag.task_dict if task.dag else {}
    candidates = [task_id, *(group.child_id(task_id) for group in _groups(task))]
    found = next((each for each in candidates if each in known), None)
    if found is None:  # a retry changes nothing
        error = ProjectError(
            f"There is no task '{task_id}'{closest(task_id, known)}",
            where=f"DAG '{task.dag_id}', task '{task.task_id}'",
            fix="give the task itself, or its id with the prefix of its task group",
        )
        raise AirflowFailException(str(error))
    return known[found]


def pull_record(task: BaseOperator, context: Context, project: Path) -> Record:
    """Return the record of a run; afterwards the project's repository holds the record's commit.

    The record is the one that the task's ``record`` argument names, or else that of the nearest upstream
    :class:`RecordOperator` of the project.

    Args:
        task: The task that asks, downstream of the pipeline.
        context: Airflow's.
        project: The project's root.

    Raises:
        AirflowFailException: The task is downstream of no pipeline of the project, or of several at the same
            distance.
        ProjectError: The payload is no record, or the record of a commit that is not the project's.
        StageError: The record holds a file that no run may add to its revision.
    """
    from trimtab.pipeline.record import Record, ensure_record

    reference = getattr(task, "record", None) or record_before(task, project).task_id
    record = Record.from_dict(pull_result(task, context, reference))
    ensure_record(project, record)
    return record


def record_before(task: BaseOperator, project: Path | None = None) -> RecordOperator:
    """Return the nearest upstream task that records a run.

    Args:
        task: The task that asks, downstream of the pipeline.
        project: The project whose record is wanted; None for that of any project.

    Raises:
        AirflowFailException: There is none, or there are several at the same distance.
    """
    for level in upstream_levels(task):
        records = [each for each in level if isinstance(each, RecordOperator)]
        found = [each for each in records if project is None or _is_same(each.project, project)]
        if len(found) == 1:
            return found[0]
        if found:
            names = ", ".join(sorted(each.task_id for each in found))
            raise _no_record(task, project, f"follows several at the same distance: {names}")
    raise _no_record(task, project, "follows none")


def upstream_levels(task: BaseOperator) -> Iterator[list[BaseOperator]]:
    """Yield the tasks upstream of a task by their distance, the nearest first."""
    seen, level = {task.task_id}, [task]
    while level:
        before = {each.task_id: each for one in level for each in one.upstream_list}
        level = [each for task_id, each in before.items() if task_id not in seen]
        seen.update(before)
        yield level


def _groups(task: BaseOperator) -> Iterator[TaskGroup]:
    """Yield the task groups a task is in, the innermost first."""
    group = task.task_group
    while group is not None:
        yield group
        group = group.parent_group


def _is_same(one: Path, other: Path) -> bool:
    return Path(one).resolve() == Path(other).resolve()


def _no_record(task: BaseOperator, project: Path | None, problem: str) -> AirflowFailException:
    error = ProjectError(
        f"The task '{task.task_id}' needs the record of a pipeline, and {problem}",
        where=f"DAG '{task.dag_id}'{f', project {project}' if project else ''}",
        fix="give it the record: `record=dag.record`, or `record=group.record`",
    )
    return AirflowFailException(str(error))
