"""The reports of gates, served to who may read the task's log.

A task keeps hashes (XCom); the api-server reads the page from DVC's cache, or from the remote, so it need not
be a host that runs tasks. Where cache and remote are, a project's ``.dvc/config`` says: that of the folder of
the project's name in ``TRIMTAB_PROJECTS``, or else of the folder the DAG's file is in.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity
from airflow.api_fastapi.common.db.common import SessionDep
from airflow.api_fastapi.core_api.security import requires_access_dag
from fastapi import Depends, FastAPI, HTTPException
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ValidationError

from trimtab.airflow.gates import REPORT
from trimtab.errors import TrimtabError


class _Out(BaseModel):
    """An output as a lock entry has it, as far as it says where the content is."""

    path: str
    md5: str | None = None
    hash: str | None = None
    size: int | None = None


class _Place(BaseModel):
    project: str
    outs: list[_Out]


HEADERS = {
    # A stage has written the page: it may show, and nothing else.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, no-cache",  # a task that is cleared writes another one
}

app = FastAPI(title="Reports of gates", docs_url=None, redoc_url=None, openapi_url=None)


@app.get(
    "/reports/{dag_id}/{run_id}/{task_id}",
    response_class=HTMLResponse,
    dependencies=[Depends(requires_access_dag("GET", DagAccessEntity.TASK_LOGS))],
)
def report(dag_id: str, run_id: str, task_id: str, session: SessionDep) -> HTMLResponse:
    """Return the report of a gate's task."""
    from trimtab.pipeline.reports import PAGE, read_report

    kept = kept_report(session, dag_id, run_id, task_id)
    if not kept:
        raise HTTPException(404, "This task has left no report: it was no gate's, or did not get that far")
    try:
        page = read_report(_project(session, dag_id, kept["project"]), kept["outs"], PAGE)
    except (TrimtabError, OSError) as err:
        raise HTTPException(404, f"The report cannot be brought: {err}") from err
    if page is None:
        raise HTTPException(404, f"No output of this task holds a {PAGE}")
    return HTMLResponse(page, headers=HEADERS)


def kept_report(session: Any, dag_id: str, run_id: str, task_id: str) -> dict[str, Any] | None:
    """Return what a task has kept of its report, asked in the api-server."""
    from airflow.models.xcom import XComModel

    query = XComModel.get_many(
        key=REPORT, run_id=run_id, dag_ids=dag_id, task_ids=task_id, map_indexes=-1, limit=1
    )
    found = session.scalars(query).first()
    return _as_report(XComModel.deserialize_value(found) if found else None)


def _as_report(kept: Any) -> dict[str, Any] | None:
    """What a task has kept, if it is a report's place: whoever may write XComs may have written another."""
    try:
        place = _Place.model_validate(kept)
    except ValidationError:
        return None
    return {"project": place.project, "outs": [out.model_dump(exclude_none=True) for out in place.outs]}


def _project(session: Any, dag_id: str, name: str) -> Path:
    """Return a folder that says where the project's cache is; never one that a task has named."""
    from airflow.models.dag import DagModel

    projects = os.environ.get("TRIMTAB_PROJECTS")
    if projects:
        candidates = [Path(projects, name)] if Path(name).name == name != ".." else []
    else:
        dag = session.get(DagModel, dag_id)
        candidates = list(Path(dag.fileloc).parents) if dag and dag.fileloc else []
    for folder in candidates:
        if (folder / ".dvc" / "config").is_file():
            return folder
    raise HTTPException(
        404,
        f"The api-server does not know where the cache of the project '{name}' is: let TRIMTAB_PROJECTS name "
        f"a folder that holds {name}/.dvc/config",
    )
