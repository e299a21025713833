"""The pages of gate reports, for users who may read the task's log.

A task keeps hashes (XCom). The api-server reads the page from DVC's cache or remote, so it need not be a host
that runs tasks; :mod:`~trimtab.airflow.project_folders` finds them.

Anyone who may write XComs may have written that XCom. So the serialized DAG decides whether a task is a gate,
and of which project. The XCom can name nothing but a report in that project's cache.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity
from airflow.api_fastapi.common.db.common import SessionDep
from airflow.api_fastapi.core_api.security import requires_access_dag
from fastapi import APIRouter, Depends, HTTPException
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ValidationError

from trimtab.airflow.airflow_compat import find_run, serialized_tasks, stored_xcom, task_end
from trimtab.airflow.links.task_links import nearest_plan
from trimtab.airflow.links.urls import base_url
from trimtab.airflow.operators.gate import REPORT
from trimtab.airflow.project_folders import find_project_folder
from trimtab.airflow.xcom import HEAD
from trimtab.errors import TrimtabError
from trimtab.html_report import with_run

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class _Output(BaseModel):
    """The part of an output in a lock entry that says where its content is."""

    path: str
    md5: str | None = None
    hash: str | None = None
    size: int | None = None


class _ReportLocation(BaseModel):
    outs: list[_Output]


class _Pinned(BaseModel):
    sha: str


class _Head(BaseModel):
    """The part of a plan's XCom that says what was pinned."""

    revision: _Pinned


HEADERS = {
    # A stage has written the page: the browser may show it, and nothing else.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, no-cache",  # a task that is cleared writes another report
}

router = APIRouter()


@router.get(
    "/reports/{dag_id}/{run_id}/{task_id}",
    response_class=HTMLResponse,
    dependencies=[Depends(requires_access_dag("GET", DagAccessEntity.TASK_LOGS))],
)
def report(dag_id: str, run_id: str, task_id: str, session: SessionDep) -> HTMLResponse:
    """Return the report of a gate's task."""
    from trimtab.pipeline.execution import read_report_page

    project = _project_of_gate(session, dag_id, run_id, task_id)
    outs = stored_report(session, dag_id, run_id, task_id) if project else None
    if not (project and outs):
        raise HTTPException(404, "The task has no report: it is no gate, or it did not get that far")
    try:
        page = read_report_page(find_project_folder(session, dag_id, project), outs)
    except (TrimtabError, OSError) as err:
        raise HTTPException(404, f"The report cannot be read: {err}") from err
    if page is None:
        raise HTTPException(
            404,
            "The task's outputs hold no report of a gate: clear the task, and have its stage write "
            "`report.json` and `report.html` into one folder, as `trimtab gate` does",
        )
    shown = with_run(page.decode("utf-8", errors="replace"), _run_facts(session, dag_id, run_id, task_id))
    return HTMLResponse(shown, headers=HEADERS)


def _run_facts(session: Session, dag_id: str, run_id: str, task_id: str) -> list[tuple[str, str, str]]:
    """Return the run that the report is shown for as rows: name, text, address."""
    run, ended = find_run(session, dag_id, run_id), task_end(session, dag_id, run_id, task_id)
    plans = (nearest_plan(task) for task in serialized_tasks(session, dag_id, run_id, task_id))
    plan = next(filter(None, plans), "")
    pinned = _pinned(stored_xcom(session, dag_id, run_id, plan, HEAD))
    base = f"{base_url()}/dags/{quote(dag_id)}/runs/{quote(run_id, safe='')}"
    return [
        ("Run", f"{dag_id}/{run_id}", base),
        ("Data until", f"{run.logical_date:%Y-%m-%d %H:%M} UTC" if run and run.logical_date else "", ""),
        ("Task", task_id, f"{base}/tasks/{quote(task_id)}"),
        ("Ended", f"{ended:%Y-%m-%d %H:%M} UTC" if ended else "", ""),
        ("Commit", pinned.sha, ""),
    ]


def _pinned(head: object) -> _Pinned:
    """Return the pinned revision of a plan; an empty one if the XCom is none."""
    try:
        return _Head.model_validate(head).revision
    except ValidationError:
        return _Pinned(sha="")


def stored_report(session: Session, dag_id: str, run_id: str, task_id: str) -> list[dict[str, object]] | None:
    """Return the outputs that hold the report of a task; read in the api-server."""
    return report_outputs(stored_xcom(session, dag_id, run_id, task_id, REPORT))


def report_outputs(value: object) -> list[dict[str, object]] | None:
    """Return the outputs that an XCom names; None if it is no location of a report."""
    try:
        location = _ReportLocation.model_validate(value)
    except ValidationError:
        return None
    return [out.model_dump(exclude_none=True) for out in location.outs]


def _project_of_gate(session: Session, dag_id: str, run_id: str, task_id: str) -> str | None:
    """The project of a gate's task, as the DAG says; None if the task is no gate.

    The DAG of an earlier release does not name the project: then the latest version of the DAG decides.
    """
    names = (
        getattr(task, "project_name", None) for task in serialized_tasks(session, dag_id, run_id, task_id)
    )
    return next((str(name) for name in names if name), None)
