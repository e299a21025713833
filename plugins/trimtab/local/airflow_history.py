"""What Airflow knows of a DAG since a time: its runs, the versions that were deployed, what people did."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, TypeVar
from urllib.parse import quote, urlencode

import httpx
from pydantic import BaseModel, ValidationError

from trimtab.errors import ServiceError
from trimtab.local.airflow_api import AirflowApi

MOST = 200  # answers of each kind, the oldest first
# What the audit log calls an action of a person; it has the tasks' own events too.
ACTIONS = {
    "trigger_dag_run": "triggered a run",
    "post_clear_task_instances": "cleared tasks",
    "patch_task_instance": "set the state of a task",
    "patch_dag_run": "set the state of a run",
    "clear_dag_run": "cleared a run",
    "delete_dag_run": "deleted a run",
    "patch_dag": "paused or unpaused the DAG",
    "update_hitl_detail": "answered a question",
    "create_backfill": "started a backfill",
}
AnswerT = TypeVar("AnswerT", bound=BaseModel)


@dataclass(frozen=True)
class AirflowEvent:
    """Something that happened in Airflow.

    Attributes:
        at: When: ISO 8601, UTC.
        kind: A run, a deployment, or an action of a person.
        text: What.
        by: The user of an action; else empty.
    """

    at: str
    kind: Literal["run", "deployment", "action"]
    text: str
    by: str = ""


class _RunRow(BaseModel):
    dag_run_id: str
    state: str
    start_date: datetime | None = None
    end_date: datetime | None = None


class _Runs(BaseModel):
    dag_runs: list[_RunRow]


class _VersionRow(BaseModel):
    version_number: int
    bundle_version: str | None = None
    created_at: datetime


class _Versions(BaseModel):
    dag_versions: list[_VersionRow]


class _LogRow(BaseModel):
    when: datetime
    event: str
    owner: str | None = None
    run_id: str | None = None
    task_id: str | None = None
    extra: str | None = None


class _Logs(BaseModel):
    event_logs: list[_LogRow]


def airflow_events(api: AirflowApi, dag_id: str, since: datetime, until: datetime) -> list[AirflowEvent]:
    """Return what happened to a DAG between two times, in order.

    Args:
        api: The client.
        dag_id: The DAG.
        since: The first time.
        until: The last time.

    Raises:
        ServiceError: Airflow does not answer, refuses, or answers something else.
    """
    dag = f"/dags/{quote(dag_id, safe='')}"
    first, last = since.astimezone(UTC).isoformat(), until.astimezone(UTC).isoformat()
    bounds = {"start_date_gte": first, "start_date_lte": last, "order_by": "start_date", "limit": MOST}
    runs = _ask(api, f"{dag}/dagRuns?{urlencode(bounds)}", _Runs)
    versions = _ask(api, f"{dag}/dagVersions?{urlencode({'limit': MOST})}", _Versions)
    about = {"dag_id": dag_id, "after": first, "before": last, "order_by": "when", "limit": MOST}
    logs = _ask(api, f"/eventLogs?{urlencode(about)}", _Logs)
    found = [*_runs(runs), *_deployments(versions, since, until), *_actions(logs)]
    return sorted(found, key=lambda event: event.at)


def _runs(answer: _Runs) -> Iterator[AirflowEvent]:
    for run in answer.dag_runs:
        if run.start_date:
            yield AirflowEvent(_text(run.start_date), "run", f"run {run.dag_run_id} started")
        if run.end_date:
            yield AirflowEvent(_text(run.end_date), "run", f"run {run.dag_run_id} ended: {run.state}")


def _deployments(answer: _Versions, since: datetime, until: datetime) -> Iterator[AirflowEvent]:
    for version in answer.dag_versions:
        if since <= version.created_at <= until:
            commit = f", commit {version.bundle_version[:12]}" if version.bundle_version else ""
            yield AirflowEvent(
                _text(version.created_at),
                "deployment",
                f"version {version.version_number} of the DAG{commit}",
            )


def _actions(answer: _Logs) -> Iterator[AirflowEvent]:
    for row in answer.event_logs:
        if row.event in ACTIONS:
            about = row.run_id or _named_run(row.extra)
            named = ", ".join(part for part in (row.task_id, about) if part)
            text = f"{ACTIONS[row.event]}{f': {named}' if named else ''}"
            yield AirflowEvent(_text(row.when), "action", text, by=row.owner or "unknown user")


def _named_run(extra: str | None) -> str:
    """Return the run that the details of a request name; empty if they name none."""
    try:
        details = json.loads(extra or "{}")
    except ValueError:
        return ""
    return str(details.get("dag_run_id") or "") if isinstance(details, dict) else ""


def _ask(api: AirflowApi, path: str, model: type[AnswerT]) -> AnswerT:
    answer = api.get(path)
    if answer.status_code != httpx.codes.OK:
        raise ServiceError(
            f"Airflow refused the request: {answer.status_code}",
            where=path.partition("?")[0],
            fix="give the user the right to read the DAG, its runs and the audit log",
        )
    try:
        return model.model_validate_json(answer.content)
    except ValidationError as err:
        raise ServiceError(
            f"Airflow's answer is not the expected one: {err}", where=path.partition("?")[0]
        ) from err


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
