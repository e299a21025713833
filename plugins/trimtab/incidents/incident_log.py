"""The incidents in MLflow: a run for each, in one experiment. The run is RUNNING while the incident is open.

An event is a param, which MLflow lets nobody change. So one try of a task is recorded once, however often its
callback is called, and of two resolutions one counts. Two alerts at once may create two runs. Then the older
run is the incident: each writer moves the events of the others into it and deletes them.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

from pydantic import ValidationError

from trimtab.errors import RegistryError, closest
from trimtab.escaping import markdown
from trimtab.incidents.cause import KINDS, Cause
from trimtab.incidents.event import SEVERITY_TEXTS, Event, shorten_check
from trimtab.incidents.incident import Incident
from trimtab.registry.tracking import (
    DESCRIPTION_TAG,
    TAG_PREFIX,
    Entity,
    MlflowClient,
    connection,
    delete_if_exists,
    ensure_experiment,
    filter_by_key,
    upsert,
)

EXPERIMENT = "trimtab-incidents"
ABOUT = "Incidents: each run is one, and its params are what happened. `trimtab incident list` shows them."
MAX_RUNS = 1000  # incidents that are read, the newest first
OPEN = "attributes.status = 'RUNNING'"
TRIES = 5  # a person may resolve an incident while an alert joins it


def join_incident(cause: Cause, event: Event) -> Incident:
    """Add an alert to the open incident of its cause, after opening one if there is none.

    Args:
        cause: The cause.
        event: The alert.

    Raises:
        RegistryError: The server refuses.
        RegistryOutageError: The server does not answer. Nothing, or all, was kept: calling again is safe.
    """
    event = event.shortened()
    with connection() as client:
        experiment = ensure_experiment(client, EXPERIMENT, ABOUT)
        for _ in range(TRIES):
            run_id = _open_run(client, experiment, cause, event)
            add_event(client, run_id, event)
            incident = _from_run(client.get_run(run_id))
            if not incident.resolution:
                break
            client.set_terminated(run_id)  # it was resolved meanwhile, so this alert opens another one
        upsert(client.set_tag, run_id, f"{TAG_PREFIX}severity", incident.severity)
        description = markdown(f"{SEVERITY_TEXTS[incident.severity]}. {event.text}")
        upsert(client.set_tag, run_id, DESCRIPTION_TAG, description)
    return incident


def record_pass(
    dag_id: str, task_id: str, event: Event, passed_checks: Collection[str] | None
) -> list[Incident]:
    """Add to the open incidents of a task that it has passed, and which of their failed checks.

    Args:
        dag_id: The DAG.
        task_id: The task.
        event: The pass, without checks.
        passed_checks: The checks that passed; None if the task has no checks but itself.

    Returns:
        The open incidents of the task.

    Raises:
        RegistryError: The server refuses, or does not answer.
    """
    with connection() as client:
        found = client.get_experiment_by_name(EXPERIMENT)
        if found is None:
            return []
        known = map(_from_run, _search(client, str(found.experiment_id), OPEN))
        about = [
            each
            for each in known
            if (each.cause.dag_id, each.cause.task_id) == (dag_id, task_id) and not each.resolution
        ]
        names = set(map(shorten_check, passed_checks or ()))
        for incident in about:
            kept = [check for check in incident.failed_checks if check in names]
            passed = event.model_copy(update={"checks": tuple(kept)})
            add_event(client, incident.run_id, passed.shortened())
    return about


def read_incidents(*, resolved: bool = False) -> list[Incident]:
    """Return the incidents, the newest first. Nothing is written.

    Args:
        resolved: Whether to return those that are resolved too.

    Raises:
        RegistryError: The server does not answer.
    """
    with connection() as client:
        found = client.get_experiment_by_name(EXPERIMENT)
        runs = _search(client, str(found.experiment_id), "" if resolved else OPEN) if found else []
    incidents = [each for each in map(_from_run, runs) if resolved or not each.resolution]
    first: dict[str, Incident] = {}
    for incident in sorted(incidents, key=_age):  # of two runs of one incident, the older one is it
        first.setdefault(incident.id, incident)
    return sorted(first.values(), key=lambda incident: incident.opened, reverse=True)


def read_incident(name: str) -> Incident:
    """Return an incident.

    Args:
        name: Its id; or the key of a cause, as alerts have it, for the newest incident of that cause.

    Raises:
        RegistryError: There is no such incident, or the server does not answer.
    """
    known = read_incidents(resolved=True)
    for incident in known:
        if name in (incident.id, incident.cause.key):
            return incident
    raise RegistryError(
        f"There is no incident '{name}'{closest(name, [incident.id for incident in known])}",
        where=f"MLflow: experiment '{EXPERIMENT}'",
        fix="list them: `trimtab incident list --all`. An alert that came while MLflow was away opens its "
        "incident as soon as a task ends after MLflow is back",
    )


def add_event(client: MlflowClient, run_id: str, event: Event) -> bool:
    """Add an event to an incident; return whether it is new.

    Args:
        client: An MLflow client.
        run_id: The run of the incident.
        event: The event.
    """
    from mlflow.exceptions import MlflowException

    try:
        client.log_param(run_id, event.key, event.to_json())
    except MlflowException:  # it was recorded before, with another time
        if event.key not in client.get_run(run_id).data.params:
            raise
        return False
    return True


def _open_run(client: MlflowClient, experiment: str, cause: Cause, event: Event) -> str:
    """Return the run of the open incident of a cause, after creating it if there is none."""
    query = f"{filter_by_key(cause.key)} and {OPEN}"
    runs = _search(client, experiment, query)
    if not runs:
        number = 1 + max(map(_number, _search(client, experiment, filter_by_key(cause.key))), default=0)
        tags = {
            "key": cause.key,
            "incident": f"{cause.key}-{number}",
            "dag_id": cause.dag_id,
            "kind": cause.kind,
            "task_id": cause.task_id,
            "subject": cause.subject,
            "severity": event.severity or "sev2",
        }
        client.create_run(
            experiment,
            run_name=cause.title[:200],
            tags={f"{TAG_PREFIX}{tag}": value for tag, value in tags.items()},
        )
        runs = _search(client, experiment, query)
    first, *others = sorted(runs, key=lambda run: (run.info.start_time, run.info.run_id))
    for other in others:
        for each in _from_run(client.get_run(other.info.run_id)).events:
            add_event(client, first.info.run_id, each)
        delete_if_exists(client.delete_run, other.info.run_id)
    return str(first.info.run_id)


def _search(client: MlflowClient, experiment: str, query: str) -> list[Entity]:
    return list(
        client.search_runs([experiment], query, max_results=MAX_RUNS, order_by=["attributes.start_time DESC"])
    )


def _number(run: Entity) -> int:
    number = run.data.tags.get(f"{TAG_PREFIX}incident", "").rpartition("-")[2]
    return int(number) if number.isascii() and number.isdigit() else 0


def _age(incident: Incident) -> tuple[str, str]:
    return incident.created, incident.run_id


def _from_run(run: Entity) -> Incident:
    """Read an incident: tags and params are data, which whoever may write to MLflow has written."""
    tags = {key.removeprefix(TAG_PREFIX): value for key, value in run.data.tags.items()}
    kind = next((known for known in KINDS if known == tags.get("kind")), KINDS[2])
    events, problems = [], []
    for key, text in sorted(run.data.params.items()):
        try:
            event = Event.model_validate_json(text)
        except ValidationError:
            problems.append(f"The event '{key}' cannot be read")
            continue
        if event.key != key:
            problems.append(
                f"The event '{key}' was not written by Trimtab, or was changed; it does not count"
            )
            continue
        events.append(event)
    created = datetime.fromtimestamp((run.info.start_time or 0) / 1000, UTC)
    return Incident(
        id=tags.get("incident", run.info.run_id),
        run_id=run.info.run_id,
        cause=Cause(tags.get("dag_id", ""), kind, tags.get("task_id", ""), tags.get("subject", "")),
        events=tuple(sorted(events, key=lambda event: (event.at, event.key))),
        created=created.isoformat(timespec="seconds"),
        problems=tuple(problems),
    )
