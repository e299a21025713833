"""Runs of Airflow that are not recorded: their XComs have the pinned revision, the plan and the lock entries.

An XCom is data. The revision must be a commit that the project's branches lead to, hashes are validated, and
commands come from ``dvc.yaml`` of that commit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from trimtab.diagnosis.past_run import PastRun
from trimtab.errors import ProjectError, closest
from trimtab.json_value import JsonDict, JsonValue
from trimtab.local.airflow_answers import TaskStateAnswer
from trimtab.local.airflow_api import AirflowApi
from trimtab.local.airflow_server import connect_to_airflow
from trimtab.pipeline.execution import HostEnvironment
from trimtab.pipeline.lock import LockEntry, LockItem, abbreviate
from trimtab.pipeline.record import parse_revision, require_project_revision

PLAN, HEAD, ENVIRONMENT, REPORT = "plan", "head", "environment", "report"
MAX_PAGES = 10_000


@dataclass(frozen=True)
class _Plan:
    """The plan of one pipeline of a DAG run.

    Attributes:
        task: The id of its task.
        head: What each task of the run reads of it.
        steps: The step of each stage.
    """

    task: str
    head: JsonDict
    steps: Mapping[str, JsonDict]

    @property
    def group(self) -> str:
        """The prefix of the ids of its tasks."""
        return self.task.removesuffix(PLAN)


def airflow_run(root: Path, dag: str, run_id: str, *, stage: str = "") -> PastRun:
    """Return a run from Airflow's REST API.

    Args:
        root: The project's root.
        dag: The DAG's id.
        run_id: The run's id.
        stage: A stage of the run; in a DAG with several pipelines, that of the stage is meant.

    Raises:
        ProjectError: There is no such run, it has no plan, or its revision is no commit of the project.
        ServiceError: Airflow cannot be asked.
    """
    api, name = connect_to_airflow(root), f"{dag}/{run_id}"
    about = api.dag_run(dag, run_id)
    if about is None:
        raise ProjectError(
            "Airflow has no such run, and none is recorded",
            where=f"run '{name}'",
            fix="copy DAG id and run id from the page of the run",
        )
    tasks = api.task_instances(dag, run_id)
    plans = [_read_plan(api, dag, run_id, each.task_id) for each in tasks if _is_plan(each.task_id)]
    failed = {each.task_id for each in tasks if each.state == "failed"}
    plan = _choose([each for each in plans if each], tasks, failed, stage, name)
    revision = parse_revision(plan.head.get("revision"), where=f"XCom of '{plan.task}' of run {name}")
    require_project_revision(root, revision)
    by_stage = {each.task_display_name: each for each in tasks if each.task_id.startswith(plan.group)}
    stages = {stage: by_stage[stage] for stage in plan.steps if stage in by_stage}
    results = dict(_results(api, dag, run_id, plan, stages))
    environments = dict(_environments(api, dag, run_id, plan, stages, results))
    reports = {
        stage: report
        for stage, task in stages.items()
        if task.task_id in failed and (report := _report(api, dag, run_id, task.task_id))
    }
    unchanged = {stage: step["entry"] for stage, step in plan.steps.items() if step.get("entry")}
    return PastRun(
        name=name,
        pipeline="/".join(filter(None, (dag, plan.group.rstrip(".")))),
        when=about.start_date or datetime.now(UTC),
        revision=revision,
        entries=cast(
            Mapping[str, LockEntry],
            {**unchanged, **{stage: each["entry"] for stage, each in results.items()}},
        ),
        ran={**dict.fromkeys(unchanged, False), **{each: bool(it["ran"]) for each, it in results.items()}},
        environments=environments,
        failed=tuple(stage for stage, task in stages.items() if task.task_id in failed),
        reports=reports,
        reasons={stage: str(step.get("reason")) for stage, step in plan.steps.items()},
    )


def _is_plan(task_id: str) -> bool:
    return task_id == PLAN or task_id.endswith(f".{PLAN}")


def _read_plan(api: AirflowApi, dag: str, run_id: str, task: str) -> _Plan | None:
    """Return the plan that a task has pushed; None if it has pushed none."""
    head = api.xcom_of(dag, run_id, task, HEAD)
    if head is None:
        return None
    pages = head.get("pages") if isinstance(head, dict) else None
    if not isinstance(head, dict) or type(pages) is not int or not 0 <= pages <= MAX_PAGES:
        raise _invalid(head, task)
    steps: dict[str, JsonDict] = {}
    for number in range(pages):
        page = api.xcom_of(dag, run_id, task, f"page_{number}") or {}
        if not isinstance(page, dict) or not all(isinstance(step, dict) for step in page.values()):
            raise _invalid(page, task)
        steps |= cast(dict[str, JsonDict], page)
    return _Plan(task, head, steps)


def _choose(
    plans: list[_Plan], tasks: list[TaskStateAnswer], failed: set[str], stage: str, name: str
) -> _Plan:
    """Return the plan of a stage; without one, that of a stage that failed, or the only one."""
    if not plans:
        states = ", ".join(f"'{each.task_id}' is {each.state}" for each in tasks if _is_plan(each.task_id))
        raise ProjectError(
            "The run has no plan, so no stage of it has run",
            where=f"run '{name}': {states or 'the DAG has no plan'}",
            fix="read the log of `plan`, which says why",
        )
    if stage:
        found = next((plan for plan in plans if stage in plan.steps), None)
        known = [each for plan in plans for each in plan.steps]
        if found is None:
            raise ProjectError(
                f"The run has no stage '{stage}'{closest(stage, known)}",
                where=f"run '{name}'",
                fix=f"its stages are {', '.join(known)}",
            )
        return found
    with_failure = [plan for plan in plans if any(each.startswith(plan.group) for each in failed)]
    return (with_failure or plans)[0]


def _results(
    api: AirflowApi, dag: str, run_id: str, plan: _Plan, stages: Mapping[str, TaskStateAnswer]
) -> Iterator[tuple[str, JsonDict]]:
    """Yield the stages that succeeded in a run, with what their tasks returned for this plan."""
    for stage, task in stages.items():
        if task.state != "success":
            continue
        result = api.xcom_of(dag, run_id, task.task_id, "return_value")
        if not isinstance(result, dict) or not isinstance(result.get("entry"), dict) or "ran" not in result:
            raise _invalid(result, task.task_id)
        if result.get("plan") == plan.head.get("id"):
            yield stage, result


def _environments(
    api: AirflowApi,
    dag: str,
    run_id: str,
    plan: _Plan,
    stages: Mapping[str, TaskStateAnswer],
    results: Mapping[str, JsonDict],
) -> Iterator[tuple[str, HostEnvironment]]:
    """Yield the environment of each stage that was started, if the release of that time recorded it."""
    of_plan = api.xcom_of(dag, run_id, plan.task, ENVIRONMENT)
    for stage, task in stages.items():
        digest = results.get(stage, {}).get("environment", "")
        if task.state not in ("success", "failed") or (stage in results and not digest):
            continue
        own = None
        if digest != plan.head.get("environment"):
            own = api.xcom_of(dag, run_id, task.task_id, ENVIRONMENT)
        if own or of_plan:
            found = HostEnvironment.from_dict(own or of_plan, where=f"XCom of '{task.task_id}'")
            host = str(results.get(stage, {}).get("host") or task.hostname or found.host)
            yield stage, HostEnvironment(host, found.python, found.platform, found.packages)


def _report(api: AirflowApi, dag: str, run_id: str, task: str) -> list[LockItem]:
    """Return the files of the report that the task of a failed gate has pushed; none if there is none."""
    pushed = api.xcom_of(dag, run_id, task, REPORT)
    outs = pushed.get("outs") if isinstance(pushed, dict) else None
    return cast(list[LockItem], outs) if isinstance(outs, list) else []


def _invalid(value: JsonValue, task: str) -> ProjectError:
    return ProjectError(
        f"The value is no plan and no result of a stage: {abbreviate(value)}",
        where=f"XCom of '{task}'",
        fix="clear that task; somebody else may have written its XCom",
    )
