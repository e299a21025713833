"""The XComs of a pipeline's tasks: the plan, and lock entries; never data.

``return_value`` of the plan's task is the whole plan, for people. The tasks read the plan in pages, so that
what one task reads does not grow with the pipeline.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from trimtab.airflow.airflow_compat import push_xcom_of_other_task
from trimtab.airflow.task_ids import PLAN, former_id
from trimtab.airflow.xcom_payloads import PlanHead, PlanStep, StageResult
from trimtab.errors import StageError

if TYPE_CHECKING:
    from trimtab.pipeline.execution import Plan
    from trimtab.pipeline.git import Revision
    from trimtab.pipeline.lock import LockEntry
    from trimtab.pipeline.record import RunNote

HEAD = "head"  # XCom key: the part of the plan that each task reads
ENVIRONMENT = "environment"  # XCom key: the packages of a task, unless they are those of the plan
PAGE_SIZE = 50  # stages
EXPLAINED = 100  # skipped tasks
NAMED = 10  # tasks in a message
REQUESTED_TASKS = 50  # in one request; for more tasks the states of the whole run are requested


def pull_plan(context: Context, plan: str = PLAN) -> Plan:
    """Return the plan of the DAG run, without lock entries.

    Args:
        context: Airflow's.
        plan: Task id of the plan.
    """
    from trimtab.pipeline.execution import Plan

    return Plan.from_dict(context["ti"].xcom_pull(task_ids=plan))


def push_plan(context: Context, plan: Plan, *, forced: Collection[str]) -> None:
    """Push the plan of the DAG run.

    Args:
        context: Airflow's.
        plan: The plan.
        forced: Stages whose commands run even if the run cache has their result.
    """
    from trimtab.pipeline.execution import current_environment

    ti, environment = context["ti"], current_environment()
    pages: dict[int, dict[str, PlanStep]] = {}
    count = -(-len(plan.steps) // PAGE_SIZE)
    for step in plan.steps:
        pages.setdefault(_page_number(step.stage, count), {})[step.stage] = {
            "state": step.state,
            "reason": step.reason,
            "digest": step.digest,
            "entry": step.entry,
            "forced": step.stage in forced,
        }
    head: PlanHead = {
        "id": str(ti.id),
        "revision": plan.revision.to_dict(),
        "pages": count,
        "environment": environment.digest,
    }
    ti.xcom_push(key="return_value", value=plan.to_dict())
    ti.xcom_push(key=ENVIRONMENT, value=environment.to_dict())
    ti.xcom_push(key=HEAD, value=head)
    for number, page in pages.items():
        ti.xcom_push(key=f"page_{number}", value=page)


def push_reasons(context: Context, plan: Plan, tasks: Mapping[str, str]) -> None:
    """Push, for the task of each unchanged stage, the reason why it is skipped.

    Each reason is a request, so only the first hundred are pushed; the plan has the reason of every stage.

    Args:
        context: Airflow's.
        plan: The plan.
        tasks: Stage to task id.
    """
    unchanged = [step for step in plan.steps if step.entry is not None]
    for step in unchanged[:EXPLAINED]:
        push_xcom_of_other_task(
            key="reason",
            value=f"{step.state}: {step.reason}",
            dag_id=context["ti"].dag_id,
            run_id=context["run_id"],
            task_id=tasks[step.stage],
        )


def _id_of_result(task: str, states: Mapping[str, str | None]) -> str:
    """The task id that has the result: the former id if the run began with an earlier release."""
    old = former_id(task)
    ran_before = states.get(task) != "success" and states.get(old or "") in ("success", "removed")
    return old if old and ran_before else task


def _page_number(stage: str, pages: int) -> int:
    """The page that a stage is on, by its name alone."""
    return zlib.crc32(stage.encode()) % pages


class PlannedRun:
    """The plan of a DAG run and the results of its stages, as a task of the run reads them.

    Args:
        context: Airflow's.
        plan: Task id of the plan.

    Raises:
        AirflowSkipException: The plan was skipped, so no task downstream of it runs.
        AirflowFailException: There is no plan, for another reason.
    """

    def __init__(self, context: Context, plan: str) -> None:
        self._ti, self._run_id, self._plan = context["ti"], context["run_id"], plan
        self._pages: dict[int, dict[str, PlanStep]] = {}
        self._results: dict[str, tuple[str, StageResult]] = {}
        head: PlanHead | None = self._pull(plan, HEAD)
        state = None if head else self._states([plan]).get(plan)
        if state == "skipped":
            raise AirflowSkipException(f"'{plan}' was skipped, so nothing of the pipeline runs")
        if not head:
            raise AirflowFailException(f"There is no plan: '{plan}' is '{state}'\n  to do: clear it")
        self._head = head

    @cached_property
    def revision(self) -> Revision:
        """The pinned revision."""
        from trimtab.pipeline.record import parse_revision

        return parse_revision(self._head["revision"], where=f"XCom of '{self._plan}'")

    def step(self, stage: str) -> PlanStep:
        """Return the step of a stage.

        Raises:
            AirflowFailException: The plan has no such stage.
        """
        step = self._page_of(stage).get(stage)
        if step is None:
            raise AirflowFailException(
                f"The plan of this run has no stage '{stage}': dvc.yaml has changed since\n"
                "  to do: trigger a new run"
            )
        return step

    def result(self, entry: LockEntry, *, ran: bool) -> StageResult:
        """Return the result of a stage's task; it belongs to this plan."""
        from trimtab.pipeline.execution import current_environment

        environment = current_environment()
        return {
            "plan": self._head["id"],
            "ran": ran,
            "entry": entry,
            "host": environment.host,
            "environment": environment.digest,
        }

    def push_environment(self) -> None:
        """Push the packages of this task, unless they are those of the plan."""
        from trimtab.pipeline.execution import current_environment

        environment = current_environment()
        if environment.digest != self._head.get("environment"):
            self._ti.xcom_push(key=ENVIRONMENT, value=environment.to_dict())

    def run_note(self, pipeline: str) -> RunNote:
        """Return the note of the run, after :meth:`entries` of its stages.

        Args:
            pipeline: The DAG, and the task group if there is one.
        """
        from trimtab.pipeline.execution import HostEnvironment
        from trimtab.pipeline.record import RunNote, StageNote

        stages = {
            stage: StageNote(result.get("host", ""), result.get("environment", ""), result["ran"])
            for stage, (_, result) in self._results.items()
        }
        # The task that has the packages of each digest.
        tasks = {result.get("environment", ""): task for task, result in self._results.values()}
        tasks[self._head.get("environment", "")] = self._plan
        pulled = {digest: self._pull(task, ENVIRONMENT) for digest, task in tasks.items() if digest}
        environments = {
            digest: HostEnvironment.from_dict(values, where=f"XCom of '{tasks[digest]}'")
            for digest, values in pulled.items()
            if values
        }
        return RunNote(pipeline, datetime.now(UTC), self.revision, stages, environments)

    def ran(self, task: str) -> bool:
        """Whether the command of a stage ran in this run: the run cache did not have its result."""
        result: StageResult | None = self._pull(task, "return_value")
        return bool(result and result["ran"] and result["plan"] == self._head["id"])

    def entries(self, tasks: Mapping[str, str]) -> dict[str, LockEntry]:
        """Return the lock entries of stages, each from the last try of its task, or from the plan.

        Args:
            tasks: Stage to task id.

        Raises:
            AirflowFailException: A task was skipped, but not by the plan, or its result is of another plan.
        """
        before = [old for task in tasks.values() if (old := former_id(task))]
        states = self._states([*tasks.values(), *before]) if tasks else {}
        tasks = {stage: _id_of_result(task, states) for stage, task in tasks.items()}
        found = {stage: self._entry(stage, task, states.get(task)) for stage, task in tasks.items()}
        missing = [f"'{tasks[stage]}' ({states.get(tasks[stage])})" for stage in tasks if not found[stage]]
        if missing:  # a retry changes nothing
            error = StageError(
                f"This run's plan has no result of {', '.join(missing[:NAMED])}",
                where=f"run {self._run_id}, {len(missing)} task(s)",
                fix="clear them with downstream",
            )
            raise AirflowFailException(str(error))
        return {stage: entry for stage, entry in found.items() if entry}

    def _entry(self, stage: str, task: str, state: str | None) -> LockEntry | None:
        ran = state == "success" or (state == "removed" and ".." in task)
        result: StageResult | None = self._pull(task, "return_value") if ran else None
        if result and result["plan"] == self._head["id"]:
            self._results[stage] = (task, result)
            return result["entry"]
        step = self._page_of(stage).get(stage)
        return step["entry"] if step else None

    def _page_of(self, stage: str) -> dict[str, PlanStep]:
        number = _page_number(stage, self._head["pages"])
        if number not in self._pages:
            self._pages[number] = self._pull(self._plan, f"page_{number}") or {}
        return self._pages[number]

    def _pull(self, task: str, key: str) -> Any:
        return self._ti.xcom_pull(task_ids=task, key=key, map_indexes=-1)

    def _states(self, tasks: Iterable[str]) -> dict[str, str | None]:
        """The states of tasks of this run, in one request."""
        wanted = list(tasks)
        states: dict[str, dict[str, str | None]] = self._ti.get_task_states(
            dag_id=self._ti.dag_id,
            task_ids=wanted if len(wanted) <= REQUESTED_TASKS else None,
            run_ids=[self._run_id],
        )
        return states.get(self._run_id, {})
