"""The environment variables of the local servers, which the tasks inherit."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from trimtab.local.state_folder import HOST, StateFolder

# Imported once by the process that tasks are forked from, so that no task waits for these imports. skops is
# the first: it inspects every loaded module, and the deprecated names of Airflow would print warnings.
PRELOAD = (
    "skops.io,airflow,airflow.executors.local_executor,dvc.repo,dvc.stage.cache,dvc_data.hashfile.transfer,"
    "pandas,mlflow.sklearn,trimtab.pipeline.execution.plan,trimtab.pipeline.execution.stage_execution,trimtab.pipeline.record.record"
)
# Bytes. The path of the forkserver's socket adds 32 to the folder's, and may have 107.
LONGEST_TMPDIR = 75


def environment(project: Path, state: StateFolder, airflow_url: str, mlflow_url: str) -> dict[str, str]:
    """Return this process's environment with the settings of Airflow and MLflow.

    Args:
        project: The project's root; Airflow reads its ``dags/`` and ``plugins/``.
        state: The folder for databases, logs and temporary files.
        airflow_url: The address that Airflow will have.
        mlflow_url: The address that MLflow will have.
    """
    airflow_home, keys = state.server_state / "airflow", state.keys()
    programs = str(Path(sys.executable).parent)
    return {
        **os.environ,
        "PATH": programs + os.pathsep + os.environ.get("PATH", os.defpath),
        "AIRFLOW_HOME": str(airflow_home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(project / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(project / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "TRIMTAB_ONE_EXECUTOR": "true",  # a stage may name an executor of the cluster
        "AIRFLOW__CORE__PARALLELISM": "6",
        "AIRFLOW__CORE__FERNET_KEY": keys["fernet"],
        # Every request has admin rights: the servers listen on the loopback interface only.
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{airflow_url}/execution/",
        "AIRFLOW__CORE__MP_FORKSERVER_PRELOAD": PRELOAD,
        "AIRFLOW__SCHEDULER__MP_START_METHOD": "forkserver",
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.5",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{airflow_home}/airflow.db",
        "AIRFLOW__API__HOST": HOST,
        "AIRFLOW__API__BASE_URL": airflow_url,
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API__SECRET_KEY": keys["api"],
        "AIRFLOW__API_AUTH__JWT_SECRET": keys["jwt"],
        "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH": str(airflow_home / "bundles"),
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(airflow_home / "logs"),
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "DVC_NO_ANALYTICS": "1",
        "DO_NOT_TRACK": "true",
        "MLFLOW_TRACKING_URI": mlflow_url,
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        **_temporary_folder(state),
        "TRIMTAB_HOME": str(state.path),
    }


def _temporary_folder(state: StateFolder) -> dict[str, str]:
    """Put sandboxes into the state folder, which is cleaned at the next start.

    If the path of that folder is too long for a socket, Airflow would not start, so the default stays.
    """
    short = len(os.fsencode(state.sandboxes)) <= LONGEST_TMPDIR
    return {"TMPDIR": str(state.sandboxes)} if short else {}
