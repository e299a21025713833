"""Incidents of alerts: a failure opens or joins one, and the next success of the task is recorded in it.

MLflow may be away when a task fails, and Airflow ends a callback that takes long. So an alert is a Variable
of Airflow, which every worker reaches, until MLflow has its incident. The next task that succeeds delivers
those that still wait. Another Variable marks a task with an open incident: a task that succeeds asks Airflow
one question, and MLflow only if there is something to tell.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol, runtime_checkable

from airflow.sdk import Context, Variable
from airflow.sdk.exceptions import AirflowNotFoundException
from pydantic import BaseModel, ConfigDict, ValidationError

from trimtab.airflow.hooks.mlflow_hook import DEFAULT_CONNECTION, MlflowHook
from trimtab.airflow.links.urls import base_url
from trimtab.airflow.notifications.alert import Alert
from trimtab.incidents import KINDS, Cause, Event, Severity

PREFIX = "trimtab_incident_"
MARK, WAITING = f"{PREFIX}open_", f"{PREFIX}alert_"
LIVE_MODEL_KINDS = ("drift to look at", "verification failed")
NOTHING = "nothing"  # how an alert that blocks nothing begins

log = logging.getLogger(__name__)


@runtime_checkable
class HasChecks(Protocol):
    """An operator whose task is more than one check, such as a gate."""

    def passed_checks(self, context: Context) -> Collection[str]:
        """Return the checks that passed, by the names that its alerts have."""


class WaitingAlert(BaseModel):
    """An alert whose incident could not be kept: what the Variable stores."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    connection: str
    cause: Cause
    event: Event


def find_cause(alert: Alert, context: Context) -> Cause | None:
    """Return the cause of an alert; None if the alert opens no incident, or no MLflow could keep it."""
    kind = next((known for known in KINDS if known == alert.kind), None)
    if kind is None or not _is_configured(_connection(context)):
        return None
    task = context["task"]
    return Cause(task.dag_id, kind, task.task_id, alert.subject or task.task_id)


def with_incident(alert: Alert, cause: Cause | None) -> Alert:
    """Add to an alert where its incident is; it is known without asking MLflow."""
    if cause is None:
        return alert
    command = f"`trimtab incident show {cause.key}` has the timeline and what changed"
    room = {"control room": f"{base_url()}/trimtab/control-room"}
    return replace(alert, facts={**alert.facts, "incident": command}, links={**alert.links, **room})


def keep_alert(alert: Alert, cause: Cause, context: Context) -> None:
    """Open or join the incident of an alert. While MLflow is away, the alert waits in a Variable.

    Args:
        alert: The alert.
        cause: Its cause.
        context: Airflow's.
    """
    event = _alert_event(alert, context).shortened()
    waiting = WaitingAlert(connection=_connection(context), cause=cause, event=event)
    key = WAITING + hashlib.sha256(f"{cause.key} {event.key}".encode()).hexdigest()[:24]
    mark = _mark(cause.dag_id, cause.task_id)
    # After a lost worker the dag-processor calls. Its first question to Airflow may outlast the callback.
    kept = not context.get("exception") and _deliver(waiting)
    _store(mark, cause.title, "a task with an open incident")
    if kept:
        return
    stored = _store(key, waiting.model_dump_json(), "an alert whose incident waits for MLflow")
    if _deliver(waiting):
        Variable.delete(key)
    elif stored:
        log.warning("The incident %s waits in the Variable %s", cause.key, key)


def _store(key: str, value: str, description: str) -> bool:
    """Set a Variable; return whether Airflow has it."""
    try:
        Variable.set(key, value, description)
    except Exception:  # MLflow may answer nevertheless
        log.exception("The Variable %s cannot be set", key)
        return False
    return True


def keep_success(context: Context) -> None:
    """Deliver the alerts that wait, and record in the open incidents of the task that it has passed."""
    keys = set(Variable.keys(prefix=PREFIX))
    _deliver_waiting(sorted(key for key in keys if key.startswith(WAITING)))
    task = context["task"]
    mark = _mark(task.dag_id, task.task_id)
    if mark not in keys:
        return
    from trimtab.incidents import record_pass

    passed = task.passed_checks(context) if isinstance(task, HasChecks) else None
    event = Event(
        kind="passed",
        at=_now(),
        by=_run(context),
        text=f"'{task.task_id}' has passed",
        attempt=_attempt(context),
    )
    with MlflowHook(_connection(context)).tracking_server():
        incidents = record_pass(task.dag_id, task.task_id, event, passed)
    if not incidents:
        Variable.delete(mark)


def _deliver_waiting(keys: Sequence[str]) -> None:
    """Deliver the alerts in these Variables; a server that is away is asked once."""
    away: set[str] = set()
    for key in keys:
        waiting = _read_waiting(key)
        if waiting is None or waiting.connection in away:
            continue
        if _deliver(waiting):
            Variable.delete(key)
        else:
            away.add(waiting.connection)


def _read_waiting(key: str) -> WaitingAlert | None:
    """Return an alert that waits; None if somebody has written something else there."""
    try:
        return WaitingAlert.model_validate_json(str(Variable.get(key)))
    except ValidationError:
        log.exception("The Variable %s holds no alert: look at it, then delete it", key)
        return None


def _deliver(waiting: WaitingAlert) -> bool:
    """Open or join the incident of an alert; return whether MLflow has it now."""
    from trimtab.incidents import join_incident

    try:
        with MlflowHook(waiting.connection).tracking_server():
            incident = join_incident(waiting.cause, waiting.event)
    except Exception:  # whatever it is, the alert must not be lost
        log.exception("MLflow cannot keep the incident %s", waiting.cause.key)
        return False
    log.info("Incident %s: %d alert(s)", incident.id, len(incident.alerts))
    return True


def _alert_event(alert: Alert, context: Context) -> Event:
    blocks = alert.facts.get("blocks", "")
    severity: Severity = "sev3" if not blocks or blocks.startswith(NOTHING) else "sev2"
    if alert.kind in LIVE_MODEL_KINDS:
        severity = "sev1"
    began: datetime | None = getattr(context["ti"], "start_date", None)
    found = alert.facts.get("found") or alert.facts.get("error") or ""
    return Event(
        kind="alert",
        at=_now(),
        by=_run(context),
        text=f"{alert.title}. {found}" if found else alert.title,
        severity=severity,
        blocks=blocks,
        checks=alert.checks,
        began=began.astimezone(UTC).isoformat(timespec="seconds") if began else "",
        links=alert.links,
        attempt=_attempt(context),
    )


def _is_configured(connection: str) -> bool:
    try:
        return MlflowHook(connection).is_configured()
    except AirflowNotFoundException:
        return False


def _connection(context: Context) -> str:
    return str(getattr(context["task"], "mlflow_conn_id", DEFAULT_CONNECTION))


def _run(context: Context) -> str:
    return f"{context['task'].dag_id}/{context['run_id']}"


def _attempt(context: Context) -> str:
    ti = context["ti"]
    return f"{ti.task_id} {getattr(ti, 'map_index', -1)} {getattr(ti, 'try_number', 0)}"


def _mark(dag_id: str, task_id: str) -> str:
    return MARK + hashlib.sha256(f"{dag_id}\n{task_id}".encode()).hexdigest()[:24]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
