"""The folder of a project, as the api-server finds it: for its cache, and for its ``params.yaml``.

``.dvc/config`` of a project says where its cache and remote are: in the folder of the project's name in
``TRIMTAB_PROJECTS``, or else in a parent folder of the DAG's file or its ``pipelines/``.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from trimtab.airflow.airflow_compat import dag_file
from trimtab.airflow.assets import project_name
from trimtab.errors import ConfigError
from trimtab.pipeline.graph import PIPELINES

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def find_project_folder(session: Session, dag_id: str, name: str) -> Path:
    """Return the folder whose ``.dvc/config`` says where the cache of a DAG's project is.

    Args:
        session: Of Airflow's database.
        dag_id: The DAG.
        name: The project's name, as the serialized DAG has it.

    Raises:
        ConfigError: There is none on this host.
    """
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
    raise ConfigError(
        f"The api-server does not know the cache of the project '{name}'",
        where="environment: TRIMTAB_PROJECTS",
        fix=f"set it to a folder that holds {name}/.dvc/config",
    )
