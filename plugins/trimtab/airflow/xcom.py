"""What the tasks of a pipeline tell each other: the plan, and lock entries; never data.

All of it is XCom. The plan is kept whole for people (``return_value``), and for the tasks in pages, so that
what a task reads does not grow with the pipeline.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from functools import cached_property
from typing import TYPE_CHECKING, Any

from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from trimtab.airflow.task_ids import PLAN, former_id
from trimtab.errors import StageError

if TYPE_CHECKING:
    from trimtab.pipeline.execution import Plan
    from trimtab.pipeline.git import Revision
    from trimtab.pipeline.lock import LockEntry

HEAD = "head"  # XCom key: what every task needs of the plan
PAGE = 50  # stages
EXPLAINED = 100  # skipped tasks
NAMED = 10  # tasks in a message
ASKED_FOR = 50  # task ids that fit in one request; for more, the states of the whole run are asked for


def pull_plan(context: Context, plan: str = PLAN) -> Plan:
    """Return the plan of the DAG run, without entries.

    Args:
        context: Airflow's.
        plan: Id of the plan's task.
    """
    from trimtab.pipeline.execution import Plan

    return Plan.from_dict(context["ti"].xcom_pull(task_ids=plan))


def push_plan(context: Context, plan: Plan, *, forced: Collection[str]) -> None:
    """Keep the plan of the DAG run.

    Args:
        context: Airflow's.
        plan: The plan.
        forced: Stages whose commands run even if the run cache has their result.
    """
    ti = context["ti"]
    pages: dict[int, dict[str, Any]] = {}
    count = -(-len(plan.steps) // PAGE)
    for step in plan.steps:
        kept = {"state": step.state, "reason": step.reason, "digest": step.digest, "entry": step.entry}
        pages.setdefault(_page(step.stage, count), {})[step.stage] = {**kept, "forced": step.stage in forced}
    ti.xcom_push(key="return_value", value=plan.to_dict())
    ti.xcom_push(key=HEAD, value={"id": str(ti.id), "revision": asdict(plan.revision), "pages": count})
    for number, page in pages.items():
        ti.xcom_push(key=f"page_{number}", value=page)


def push_reasons(context: Context, plan: Plan, tasks: Mapping[str, str]) -> None:
    """Tell each unchanged stage's task why it is skipped, where a person who looks at it finds it.

    Each is a request, so this is done for the first hundred; the plan itself has the reason of every stage.

    Args:
        context: Airflow's.
        plan: The plan.
        tasks: Stage to task id.
    """
    from airflow.sdk.execution_time.xcom import XCom

    unchanged = [step for step in plan.steps if step.entry is not None]
    for step in unchanged[:EXPLAINED]:
        XCom.set(
            key="reason",
            value=f"{step.state}: {step.reason}",
            dag_id=context["ti"].dag_id,
            run_id=context["run_id"],
            task_id=tasks[step.stage],
        )


def _as_it_ran(task: str, states: Mapping[str, str | None]) -> str:
    """The id under which a run of an earlier version has the task's result, if it has one; or the id."""
    old = former_id(task)
    ran_before = states.get(task) != "success" and states.get(old or "") in ("success", "removed")
    return old if old and ran_before else task


def _page(stage: str, pages: int) -> int:
    """The page a stage is on: found by its name alone."""
    return zlib.crc32(stage.encode()) % pages


class Results:
    """What is known in a DAG run, as one of its tasks sees it.

    Args:
        context: Airflow's.
        plan: Id of the plan's task.

    Raises:
        AirflowSkipException: The plan was skipped, so nothing behind it runs.
        AirflowFailException: There is no plan, for another reason.
    """

    def __init__(self, context: Context, plan: str) -> None:
        self._ti, self._run_id, self._plan = context["ti"], context["run_id"], plan
        self._pages: dict[int, dict[str, Any]] = {}
        head = self._pull(plan, HEAD)
        state = None if head else self._states([plan]).get(plan)
        if state == "skipped":
            raise AirflowSkipException(f"'{plan}' was skipped, so nothing of the pipeline runs")
        if not head:
            raise AirflowFailException(f"There is no plan: '{plan}' is '{state}'\n  to do: clear it")

        self._head: dict[str, Any] = head

    @cached_property
    def revision(self) -> Revision:
        """What the run has pinned."""
        from trimtab.pipeline.record import parse_revision

        return parse_revision(self._head["revision"], where=f"XCom of '{self._plan}'")

    def step(self, stage: str) -> dict[str, Any]:
        """Return what the plan says of a stage.

        Raises:
            AirflowFailException: It does not know the stage.
        """
        step: dict[str, Any] | None = self._page_of(stage).get(stage)
        if step is None:
            raise AirflowFailException(
                f"The plan of this run has no stage '{stage}': dvc.yaml has changed since\n"
                "  to do: trigger a new run"
            )
        return step

    def result(self, entry: LockEntry, *, ran: bool) -> dict[str, Any]:
        """Return what a stage's task keeps; it is of this plan, and of no use to another."""
        return {"plan": self._head["id"], "ran": ran, "entry": entry}

    def entries(self, tasks: Mapping[str, str]) -> dict[str, LockEntry]:
        """Return the lock entries of stages, each that of its task's last try, or of the plan.

        Args:
            tasks: Stage to task id.

        Raises:
            AirflowFailException: A task was skipped, but not by the plan, or has run for another plan.
        """
        before = [old for task in tasks.values() if (old := former_id(task))]
        states = self._states([*tasks.values(), *before]) if tasks else {}
        tasks = {stage: _as_it_ran(task, states) for stage, task in tasks.items()}
        found = {stage: self._entry(stage, task, states.get(task)) for stage, task in tasks.items()}
        missing = [f"'{tasks[stage]}' ({states.get(tasks[stage])})" for stage in tasks if not found[stage]]
        if missing:  # trying again changes nothing
            error = StageError(
                f"This run's plan has no result of {', '.join(missing[:NAMED])}",
                where=f"run {self._run_id}, {len(missing)} task(s)",
                fix="clear them, with what is downstream of them",
            )
            raise AirflowFailException(str(error))
        return {stage: entry for stage, entry in found.items() if entry}

    def _entry(self, stage: str, task: str, state: str | None) -> LockEntry | None:
        ran = state == "success" or (state == "removed" and ".." in task)
        result = self._pull(task, "return_value") if ran else None
        if result and result["plan"] == self._head["id"]:
            made: LockEntry = result["entry"]
            return made
        planned: LockEntry | None = self._page_of(stage).get(stage, {}).get("entry")
        return planned

    def _page_of(self, stage: str) -> dict[str, Any]:
        number = _page(stage, self._head["pages"])
        if number not in self._pages:
            self._pages[number] = self._pull(self._plan, f"page_{number}") or {}
        return self._pages[number]

    def _pull(self, task: str, key: str) -> Any:
        return self._ti.xcom_pull(task_ids=task, key=key, map_indexes=-1)

    def _states(self, tasks: Iterable[str]) -> dict[str, str | None]:
        """The states of tasks of this run, in one request."""
        asked = list(tasks)
        states: dict[str, dict[str, str | None]] = self._ti.get_task_states(
            dag_id=self._ti.dag_id,
            task_ids=asked if len(asked) <= ASKED_FOR else None,
            run_ids=[self._run_id],
        )
        return states.get(self._run_id, {})
