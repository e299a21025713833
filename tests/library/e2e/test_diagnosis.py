"""A run that failed in Airflow, debugged and explained from another host; the doctor on a worker."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.library.e2e.world import World
from trimtab.pipeline.git.revision import git

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("diagnosis")]  # whose servers start once
GATE = "gates/dvc.yaml:judge@fails"


@pytest.fixture(scope="module")
def laptop(small: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone of the small project, with a cache of its own."""
    folder = tmp_path_factory.mktemp("laptop") / "clone"
    git(small.project, "clone", "--quiet", ".", str(folder))
    return folder


def trimtab(world: World, folder: Path, *args: str, code: int = 0) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "TRIMTAB_AIRFLOW_URL": world.stack.airflow_url}
    done = subprocess.run(
        ["trimtab", *args], cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == code, f"{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


def test_stage_that_failed_in_airflow_is_debugged_from_another_host(small: World, laptop: Path) -> None:
    run = small.run("gates", "to-debug")

    shown = trimtab(
        small, laptop, "debug", f"gates/{run.id}", GATE, "--", "sh", "judge.sh", "x", "fail", "5", code=5
    )

    assert "sh judge.sh fails fail 1" in shown
    log = small.airflow.log(run, "gates.dvc.yaml.judge.fails", lines=200)
    assert f"trimtab debug gates/{run.id} {GATE}" in log


def test_failed_run_is_explained_against_a_recorded_one(small: World, laptop: Path) -> None:
    git(
        laptop,
        "fetch",
        "--quiet",
        "origin",
        "refs/exps/*:refs/exps/*",
        "refs/trimtab/runs/*:refs/trimtab/runs/*",
    )
    run = small.run("gates", "to-explain")

    found = json.loads(trimtab(small, laptop, "why", f"gates/{run.id}", "--against", "small/first", "--json"))

    assert GATE in found["failed"]
    assert found["environment"] == []  # it is known, and equal
    assert all("not in DVC's cache" in remark for remark in found["remarks"])  # the laptop has no remote


def test_doctor_examines_a_worker_and_prints_its_findings(small: World, laptop: Path) -> None:
    shown = trimtab(small, laptop, "doctor", "--from-worker", "--json", code=1)

    found = json.loads(shown)
    assert found["status"] == "warning"
    seen = {each["check"]: each["status"] for each in found["findings"]}
    assert (seen["MLflow"], seen["git"], seen["DVC remote"]) == ("ok", "ok", "warning")
