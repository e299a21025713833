"""The routes of the control room. Each needs a login, and shows the DAGs that the user may see."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar
from urllib.parse import quote

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity, DagDetails
from airflow.api_fastapi.common.db.common import SessionDep
from airflow.api_fastapi.core_api.security import GetUserDep, requires_access_dag
from airflow.sdk.exceptions import AirflowNotFoundException
from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import HTMLResponse

from trimtab.airflow.airflow_compat import find_run, latest_runs
from trimtab.airflow.control_room.dag_entries import REGISTER, ROLL_BACK, DagEntry, models_of, read_entries
from trimtab.airflow.control_room.run_over_stages import read_gates, read_groups
from trimtab.airflow.control_room.waiting import run_page, waiting_items
from trimtab.airflow.hooks.mlflow_hook import MlflowHook
from trimtab.airflow.project_folders import find_project_folder
from trimtab.control_room import (
    Frame,
    Links,
    LivePolicies,
    LiveState,
    figures_cache,
    incident_items,
    ledger_page,
    live_page,
    model_items,
    pair_page,
    pipeline_page,
    read_live,
    read_pair,
    script_hash,
    sort_items,
)
from trimtab.errors import TrimtabError
from trimtab.escaping import without_credentials

if TYPE_CHECKING:
    from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
    from sqlalchemy.orm import Session

    from trimtab.incidents import Incident

MOUNT, ROOM = "/trimtab", "/control-room"
LARGEST = 2**31 - 1  # a version number, as MLflow's database stores it
T = TypeVar("T")
router = APIRouter(prefix=ROOM)
# MLflow's client takes its server from the environment, which all threads share.
_environment = threading.Lock()


@dataclass(frozen=True)
class Visit:
    """A request for a page: who asks, and the DAGs that he may see."""

    request: Request
    user: BaseUser
    session: Session
    entries: Mapping[str, DagEntry]

    @property
    def trimtab(self) -> str:
        """The path of the plugin's pages."""
        return str(self.request.scope.get("root_path", ""))

    @property
    def airflow(self) -> str:
        """The path of Airflow."""
        return self.trimtab.removesuffix(MOUNT)

    def room(self, dag_id: str, page: str = "") -> str:
        """Return the path of a page about a DAG."""
        return f"{self.trimtab}{ROOM}/dags/{quote(dag_id, safe='')}{page}"

    def may_trigger(self, dag_id: str) -> bool:
        """Whether the user may trigger a DAG."""
        allowed: bool = get_auth_manager().is_authorized_dag(
            method="POST",
            access_entity=DagAccessEntity.RUN,
            details=DagDetails(id=dag_id),
            user=self.user,
        )
        return allowed

    def frame(self, heading: str, current: str, dag_id: str = "") -> Frame:
        """Return the frame of a page."""
        menu = [("Overview", f"{self.trimtab}{ROOM}")]
        if dag_id:
            menu += [
                ("Live", self.room(dag_id)),
                ("Pipeline", self.room(dag_id, "/pipeline")),
                ("Ledger", self.room(dag_id, "/ledger")),
            ]
        links = Links(airflow=self.airflow, mlflow=_mlflow_address())
        return Frame(heading=heading, menu=menu, current=current, links=links, now=datetime.now(UTC))


def visit(request: Request, user: GetUserDep, session: SessionDep) -> Visit:
    """Return who asks, after he has logged in."""
    allowed = get_auth_manager().get_authorized_dag_ids(user=user, method="GET", session=session)
    return Visit(request, user, session, read_entries(session, allowed))


VisitDep = Annotated[Visit, Depends(visit)]
SEES_DAG = [Depends(requires_access_dag("GET"))]
SEES_LOGS = [Depends(requires_access_dag("GET", DagAccessEntity.TASK_LOGS))]  # as for the reports of gates


@router.get("", response_class=HTMLResponse)
def overview(visit: VisitDep) -> HTMLResponse:
    """Show every model of the DAGs that the user may see, and what waits for a person."""
    projects = {project for entry in visit.entries.values() for project in entry.projects}
    # The DAG that registers a model has the whole pipeline; without it, any DAG of the project.
    dags = sorted(visit.entries.values(), key=lambda entry: not entry.has(REGISTER))
    rooms = {
        model: visit.room(next(entry.dag_id for entry in dags if project in entry.projects))
        for project in projects
        for model in models_of(visit.entries, [project])
    }
    frame = visit.frame("Trimtab", "Overview")
    return _live(visit, frame, visit.entries, projects, rooms=rooms, whole=len(rooms) == 1)


@router.get("/dags/{dag_id}", response_class=HTMLResponse, dependencies=SEES_DAG)
def live(dag_id: str, visit: VisitDep) -> HTMLResponse:
    """Show the models of a DAG's projects, and what waits for a person about them."""
    entry = _entry(visit, dag_id)
    entries = {name: one for name, one in visit.entries.items() if one.projects & entry.projects}
    frame = visit.frame(f"Trimtab: {dag_id}", "Live", dag_id)
    return _live(visit, frame, entries, entry.projects, rooms={}, whole=True)


@router.get("/dags/{dag_id}/ledger", response_class=HTMLResponse, dependencies=SEES_DAG)
def ledger(dag_id: str, visit: VisitDep) -> HTMLResponse:
    """Show who was champion when."""
    from trimtab.registry.promotion import read_history

    entry = _entry(visit, dag_id)
    models = models_of(visit.entries, entry.projects)
    histories = [_ask(connection, partial(read_history, model)) for model, connection in models.items()]
    back = [
        one.dag_id
        for one in visit.entries.values()
        if one.has(ROLL_BACK) and one.projects & entry.projects and visit.may_trigger(one.dag_id)
    ]
    page = ledger_page(
        visit.frame(f"Trimtab: {dag_id}", "Ledger", dag_id),
        histories,
        rollback=f"{visit.airflow}/dags/{quote(back[0], safe='')}" if back else "",
        compare=visit.room(dag_id, "/compare"),
    )
    return _answer(page)


@router.get("/dags/{dag_id}/compare", response_class=HTMLResponse, dependencies=SEES_DAG)
def compare(
    dag_id: str,
    visit: VisitDep,
    model: str,
    left: Annotated[int, Query(ge=1, le=LARGEST)],
    right: Annotated[int, Query(ge=1, le=LARGEST)],
) -> HTMLResponse:
    """Show two versions of a model of the DAG side by side."""
    models = models_of(visit.entries, _entry(visit, dag_id).projects)
    if model not in models:
        raise HTTPException(404, "The DAG has no such model")
    pair = _ask(models[model], lambda: read_pair(model, left, right))
    return _answer(pair_page(visit.frame(f"Trimtab: {dag_id}", "", dag_id), pair))


@router.get("/dags/{dag_id}/pipeline", response_class=HTMLResponse, dependencies=SEES_LOGS)
def pipeline(dag_id: str, visit: VisitDep) -> HTMLResponse:
    """Show the stages and gates of a DAG with its last run over them."""
    newest = next(iter(latest_runs(visit.session, dag_id, 1)), None)
    return _pipeline(visit, dag_id, newest.run_id if newest else "")


@router.get("/dags/{dag_id}/runs/{run_id}", response_class=HTMLResponse, dependencies=SEES_LOGS)
def run_over_pipeline(dag_id: str, run_id: str, visit: VisitDep) -> HTMLResponse:
    """Show the stages and gates of a DAG with one run over them."""
    return _pipeline(visit, dag_id, run_id)


def _entry(visit: Visit, dag_id: str) -> DagEntry:
    return visit.entries.get(dag_id) or DagEntry(dag_id=dag_id, tasks=())


def _live(
    visit: Visit,
    frame: Frame,
    entries: Mapping[str, DagEntry],
    projects: set[str] | frozenset[str],
    *,
    rooms: Mapping[str, str],
    whole: bool,
) -> HTMLResponse:
    states: list[LiveState] = []
    problems: list[str] = []
    for project in sorted(projects):
        for model, connection in models_of(entries, [project]).items():
            try:
                states.append(_read_live(visit, entries, project, model, connection, frame.now))
            except (TrimtabError, AirflowNotFoundException) as err:
                problems.append(f"{model}: {err}")
    incidents, problem = _open_incidents(entries, projects)
    problems += [problem] if problem else []
    items = sort_items(
        [
            *model_items(states),
            *incident_items(incidents, partial(_incident_page, visit.airflow)),
            *waiting_items(visit.session, entries, visit.airflow),
        ]
    )
    return _answer(live_page(frame, states, items, rooms=rooms, whole=whole, problems=problems))


def _open_incidents(
    entries: Mapping[str, DagEntry], projects: set[str] | frozenset[str]
) -> tuple[list[Incident], str]:
    """Return the open incidents of the DAGs that the user may see, and why they cannot be read."""
    from trimtab.incidents import read_incidents

    found: dict[str, Incident] = {}
    for connection in sorted(set(models_of(entries, projects).values())):
        try:
            for incident in _with_server(connection, read_incidents):
                if incident.cause.dag_id in entries:
                    found[incident.id] = incident
        except (TrimtabError, AirflowNotFoundException) as err:
            return [], f"Incidents: {err}"
    return list(found.values()), ""


def _incident_page(airflow: str, incident: Incident) -> str:
    """Return the page of the task that alerted last. It is made from names: MLflow's text is no link."""
    dag_id, slash, run_id = incident.alerts[-1].by.partition("/") if incident.alerts else ("", "", "")
    return run_page(airflow, dag_id, run_id, incident.cause.task_id) if slash else ""


def _read_live(
    visit: Visit, entries: Mapping[str, DagEntry], project: str, model: str, connection: str, now: datetime
) -> LiveState:
    dag_id = next(entry.dag_id for entry in entries.values() if project in entry.projects)
    cache = figures_cache(Path.cwd())
    policies = _policies(visit.session, dag_id, project)
    return _with_server(connection, lambda: read_live(model, cache, now, policies))


def _policies(session: Session, dag_id: str, project: str) -> LivePolicies | None:
    """Return the policies of the checkout; None where the api-server has none."""
    try:
        return LivePolicies.read(find_project_folder(session, dag_id, project))
    except TrimtabError:
        return None


def _pipeline(visit: Visit, dag_id: str, run_id: str) -> HTMLResponse:
    entry, run = _entry(visit, dag_id), find_run(visit.session, dag_id, run_id)
    if run_id and run is None:
        raise HTTPException(404, "The DAG has no such run")
    groups = read_groups(visit.session, entry, run_id, visit.airflow) if run else ()
    note, gates = "", []
    if run:
        try:
            gates = read_gates(visit.session, entry, run_id, visit.trimtab)
        except TrimtabError as err:  # this host has no cache: the run is shown without its gates
            note = f"The reports of gates cannot be read here. {err}"
    page = pipeline_page(
        visit.frame(f"Trimtab: {dag_id}", "Pipeline", dag_id),
        groups,
        gates,
        run=run_id if groups else "",
        run_state=str(run.state) if run else "",
        run_href=run_page(visit.airflow, dag_id, run_id),
        earlier=note,
    )
    return _answer(page)


def _ask(connection: str, read: Callable[[], T]) -> T:
    """Read from MLflow; what it refuses is an answer of the page."""
    try:
        return _with_server(connection, read)
    except (TrimtabError, AirflowNotFoundException) as err:
        raise HTTPException(502, str(err)) from err


def _with_server(connection: str, read: Callable[[], T]) -> T:
    with _environment, MlflowHook(connection).tracking_server():
        return read()


def _mlflow_address() -> str:
    address = os.environ.get("MLFLOW_TRACKING_URI", "").strip().rstrip("/")
    return without_credentials(address) if address.lower().startswith(("http://", "https://")) else ""


def _headers() -> Iterator[tuple[str, str]]:
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src {script_hash()}; "
        "form-action 'self'; frame-ancestors 'self'; base-uri 'none'"
    )
    yield "Content-Security-Policy", policy
    yield "X-Content-Type-Options", "nosniff"
    yield "Referrer-Policy", "no-referrer"
    yield "Cache-Control", "private, no-store"


def _answer(page: str) -> HTMLResponse:
    return HTMLResponse(page, headers=dict(_headers()))
