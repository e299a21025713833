"""The process that writes what DAG files define."""

from __future__ import annotations

import json
import os
import subprocess
import sys


def test_dags_of_a_file_that_prints_are_written_as_json(tmp_path):
    (tmp_path / "loud.py").write_text(
        "from airflow.sdk import DAG\nprint('hello')\ndag = DAG('loud', tags=['a'])\n"
    )
    answer = tmp_path / "answer.json"
    subprocess.run(
        [sys.executable, "-m", "trimtab.airflow.dag_bag_process", str(tmp_path), str(answer)],
        env={**os.environ, "AIRFLOW_HOME": str(tmp_path / "home")},
        capture_output=True,
        check=True,
    )
    (parsed,) = json.loads(answer.read_text()).values()
    (dag,) = parsed["dags"]
    assert (parsed["error"], dag["dag_id"], dag["tags"], dag["given"]) == ("", "loud", ["a"], ["tags"])
