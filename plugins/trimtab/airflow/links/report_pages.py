"""The reports of gates, served to who may read the task's log.

A task keeps hashes (XCom); the api-server reads the page from DVC's cache, or from the remote, so it need not
be a host that runs tasks. Where cache and remote are, a project's ``.dvc/config`` says: that of the folder of
the project's name in ``TRIMTAB_PROJECTS``, or else of the folder the DAG's file is in.

Others than the task may have written the XCom. So the DAG, as the DAG file has it, says that the task is a
gate, and of which project; the XCom can name nothing but a report in that project's cache.
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
from sqlalchemy import select

from trimtab.airflow.assets import project_name
from trimtab.airflow.operators.gate import REPORT
from trimtab.errors import TrimtabError


class _Out(BaseModel):
    """An output as a lock entry has it, as far as it says where the content is."""

    path: str
    md5: str | None = None
    hash: str | None = None
    size: int | None = None


class _Place(BaseModel):
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
    from trimtab.pipeline.execution import read_report_page

    project = _project_of(session, dag_id, run_id, task_id)
    outs = kept_report(session, dag_id, run_id, task_id) if project else None
    if not (project and outs):
        raise HTTPException(404, "This task has left no report: it was no gate's, or did not get that far")
    try:
        page = read_report_page(_folder(session, dag_id, project), outs)
    except (TrimtabError, OSError) as err:
        raise HTTPException(404, f"The report cannot be brought: {err}") from err
    if page is None:
        raise HTTPException(
            404,
            "What this task has kept is no report of a gate's: clear the task, and see that its stage writes "
            "`report.json` and `report.html` into one folder, as `trimtab gate` does",
        )
    return HTMLResponse(page, headers=HEADERS)


def kept_report(session: Any, dag_id: str, run_id: str, task_id: str) -> list[dict[str, Any]] | None:
    """Return the outputs in which a task has kept its report, asked in the api-server."""
    from airflow.models.xcom import XComModel

    query = XComModel.get_many(
        key=REPORT, run_id=run_id, dag_ids=dag_id, task_ids=task_id, map_indexes=-1, limit=1
    )
    found = session.scalars(query).first()
    return _as_report(XComModel.deserialize_value(found) if found else None)


def _as_report(kept: Any) -> list[dict[str, Any]] | None:
    """What a task has kept, if it is a report's place: whoever may write XComs may have written another."""
    try:
        place = _Place.model_validate(kept)
    except ValidationError:
        return None
    return [out.model_dump(exclude_none=True) for out in place.outs]


def _project_of(session: Any, dag_id: str, run_id: str, task_id: str) -> str | None:
    """The name of the project whose gate a task is, as the DAG says it; None if it is no gate."""
    from airflow.models.dag_version import DagVersion
    from airflow.models.dagbag import DBDagBag
    from airflow.models.taskinstance import TaskInstance

    task = session.scalar(
        select(TaskInstance).filter_by(dag_id=dag_id, run_id=run_id, task_id=task_id, map_index=-1)
    )
    if task is None:
        return None
    latest = DagVersion.get_latest_version(dag_id, session=session)
    # An earlier release's DAG does not name the project: then the DAG as it is now is asked.
    for version in filter(None, (task.dag_version_id, latest and latest.id)):
        dag = DBDagBag().get_dag(version, session=session)
        gate = dag.task_dict.get(task_id) if dag else None
        name = getattr(gate, "project_name", None)
        if name:
            return str(name)
    return None


def _folder(session: Any, dag_id: str, name: str) -> Path:
    """Return a folder that says where the cache of a DAG's project is."""
    from airflow.models.dag import DagModel

    projects = os.environ.get("TRIMTAB_PROJECTS")
    if projects:
        candidates = [Path(projects, name)] if Path(name).name == name != ".." else []
    else:
        dag = session.get(DagModel, dag_id)
        around = Path(dag.fileloc).parents if dag and dag.fileloc else ()
        candidates = [folder for folder in around if project_name(folder) == name]
    for folder in candidates:
        if (folder / ".dvc" / "config").is_file():
            return folder
    raise HTTPException(
        404,
        f"The api-server does not know where the cache of the project '{name}' is: let TRIMTAB_PROJECTS name "
        f"a folder that holds {name}/.dvc/config",
    )
