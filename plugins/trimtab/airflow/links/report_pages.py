"""The pages of gate reports, for users who may read the task's log.

A task keeps hashes (XCom). The api-server reads the page from DVC's cache or remote, so it need not be a host
that runs tasks. ``.dvc/config`` of a project says where its cache and remote are: in the folder of the
project's name in ``TRIMTAB_PROJECTS``, or else in a parent folder of the DAG's file or its ``pipelines/``.

Anyone who may write XComs may have written that XCom. So the serialized DAG decides whether a task is a gate,
and of which project. The XCom can name nothing but a report in that project's cache.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity
from airflow.api_fastapi.common.db.common import SessionDep
from airflow.api_fastapi.core_api.security import requires_access_dag
from fastapi import Depends, FastAPI, HTTPException
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ValidationError

from trimtab.airflow.airflow_compat import dag_file, serialized_tasks, stored_xcom
from trimtab.airflow.assets import project_name
from trimtab.airflow.operators.gate import REPORT
from trimtab.errors import TrimtabError
from trimtab.pipeline.graph import PIPELINES

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


HEADERS = {
    # A stage has written the page: the browser may show it, and nothing else.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, no-cache",  # a task that is cleared writes another report
}

app = FastAPI(title="Reports of gates", docs_url=None, redoc_url=None, openapi_url=None)


@app.get(
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
        page = read_report_page(_project_folder(session, dag_id, project), outs)
    except (TrimtabError, OSError) as err:
        raise HTTPException(404, f"The report cannot be read: {err}") from err
    if page is None:
        raise HTTPException(
            404,
            "The task's outputs hold no report of a gate: clear the task, and have its stage write "
            "`report.json` and `report.html` into one folder, as `trimtab gate` does",
        )
    return HTMLResponse(page, headers=HEADERS)


def stored_report(session: Session, dag_id: str, run_id: str, task_id: str) -> list[dict[str, object]] | None:
    """Return the outputs that hold the report of a task; read in the api-server."""
    return _outputs_of_report(stored_xcom(session, dag_id, run_id, task_id, REPORT))


def _outputs_of_report(value: object) -> list[dict[str, object]] | None:
    """The outputs that an XCom names; None if it is no location of a report: anyone may have written it."""
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


def _project_folder(session: Session, dag_id: str, name: str) -> Path:
    """The folder whose ``.dvc/config`` says where the cache of a DAG's project is."""
    projects = os.environ.get("TRIMTAB_PROJECTS")
    if projects:
        candidates = [Path(projects, name)] if Path(name).name == name != ".." else []
    else:
        file = dag_file(session, dag_id)
        above = list(Path(file).parents) if file else []
        candidates = [folder for folder in above if project_name(folder) == name]
        candidates += [folder / PIPELINES / name for folder in above if Path(name).name == name != ".."]
    for folder in candidates:
        if (folder / ".dvc" / "config").is_file():
            return folder
    raise HTTPException(
        404,
        f"The api-server does not know the cache of the project '{name}': set TRIMTAB_PROJECTS to a folder "
        f"that holds {name}/.dvc/config",
    )
