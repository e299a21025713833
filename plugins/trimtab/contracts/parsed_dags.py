"""The DAG files of a repository, parsed by Airflow once in a run of pytest."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from trimtab.errors import ProjectError
from trimtab.pipeline.graph import DAGS

if TYPE_CHECKING:
    from trimtab.parsed_dag import ParsedFile

PARSE_TIMEOUT = 600  # seconds; importing Airflow takes three, and a minute on a busy machine


@cache
def parse_dags(top: Path) -> Mapping[str, ParsedFile]:
    """Return what each file of ``dags/`` defines, by its path relative to ``dags/``.

    Airflow runs in a process of its own, with a home folder of its own that is removed afterwards.

    Args:
        top: The top of the repository.

    Raises:
        ProjectError: Airflow did not start, or did not end.
    """
    with tempfile.TemporaryDirectory(prefix="trimtab-airflow-") as home:
        answer = Path(home) / "answer.json"
        settings = {
            "AIRFLOW_HOME": home,
            "AIRFLOW__CORE__DAGS_FOLDER": str(top / DAGS),
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(top / "plugins"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
            "TRIMTAB_ONE_EXECUTOR": "true",  # a stage may name an executor of the cluster
            "DVC_NO_ANALYTICS": "1",
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        }
        try:
            done = subprocess.run(
                [sys.executable, "-m", "trimtab.airflow.dag_bag_process", str(top / DAGS), str(answer)],
                cwd=home,
                env={**os.environ, **settings},
                capture_output=True,
                text=True,
                timeout=PARSE_TIMEOUT,
                check=False,
            )
        except subprocess.TimeoutExpired as err:
            raise ProjectError(
                f"Airflow did not parse the DAG files within {PARSE_TIMEOUT} s", where=str(top / DAGS)
            ) from err
        if done.returncode == 0:
            parsed: Mapping[str, ParsedFile] = json.loads(answer.read_text(encoding="utf-8"))
            return parsed
    raise ProjectError(
        f"Airflow did not start: {done.stderr.strip().rpartition(chr(10))[2]}",
        where=str(top / DAGS),
        fix="install the extra `trimtab[airflow]`, or correct Airflow's settings in the environment",
    )
