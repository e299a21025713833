"""The environment of the local servers, and so of every task they run."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from trimtab.local.state_folder import HOST, Home

# Imported once by the process that tasks are forked from, so these imports are free in every task. skops is
# first: it looks through every loaded module, and Airflow's deprecated names would answer with warnings.
PRELOAD = (
    "skops.io,airflow,airflow.executors.local_executor,dvc.repo,dvc.stage.cache,dvc_data.hashfile.transfer,"
    "pandas,mlflow.sklearn,trimtab.pipeline.execution.plan,trimtab.pipeline.execution.stage_execution,trimtab.pipeline.record.record"
)
# Bytes: the socket of Airflow's forkserver adds 32 to its folder's, and may have 107.
LONGEST_TMPDIR = 75


def environment(project: Path, home: Home, airflow_url: str, mlflow_url: str) -> dict[str, str]:
    """Return this process's environment with all that Airflow and MLflow need to know.

    Args:
        project: The project's root; its ``dags/`` and ``plugins/`` are Airflow's.
        home: Where state is kept.
        airflow_url: Where Airflow will listen.
        mlflow_url: Where MLflow will listen.
    """
    world, keys = home.world / "airflow", home.keys()
    here = str(Path(sys.executable).parent)
    return {
        **os.environ,
        "PATH": here + os.pathsep + os.environ.get("PATH", os.defpath),
        "AIRFLOW_HOME": str(world),
        "AIRFLOW__CORE__DAGS_FOLDER": str(project / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(project / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": "6",
        "AIRFLOW__CORE__FERNET_KEY": keys["fernet"],
        # Every request is an admin's: the servers listen on the loopback interface only.
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{airflow_url}/execution/",
        "AIRFLOW__CORE__MP_FORKSERVER_PRELOAD": PRELOAD,
        "AIRFLOW__SCHEDULER__MP_START_METHOD": "forkserver",
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.5",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{world}/airflow.db",
        "AIRFLOW__API__HOST": HOST,
        "AIRFLOW__API__BASE_URL": airflow_url,
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API__SECRET_KEY": keys["api"],
        "AIRFLOW__API_AUTH__JWT_SECRET": keys["jwt"],
        "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH": str(world / "bundles"),
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(world / "logs"),
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "DVC_NO_ANALYTICS": "1",
        "DO_NOT_TRACK": "true",
        "MLFLOW_TRACKING_URI": mlflow_url,
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        **_temporary(home),
        "TRIMTAB_HOME": str(home.path),
    }


def _temporary(home: Home) -> dict[str, str]:
    """Keep sandboxes in the home, where what was left is found; in a long path Airflow would not start."""
    short = len(os.fsencode(home.sandboxes)) <= LONGEST_TMPDIR
    return {"TMPDIR": str(home.sandboxes)} if short else {}
