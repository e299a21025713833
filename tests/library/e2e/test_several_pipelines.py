"""Two pipelines in one repository under the DAG files of this project, and a broken one beside them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.library.e2e.turning import DAGS, FILES
from tests.library.e2e.world import ROOT, git, run_as_user

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.timeout(2400),
    pytest.mark.xdist_group("several_pipelines"),  # whose servers start once
]

NAMES = ("rivers", "stops")
OWN = ".gitignore", "params.yaml", "dvc.yaml"
COMMAND = ["-m", "trimtab.cli", "loop", "--from", "2013-04-01", "--until", "2013-05-01"]


def make_repository(folder: Path) -> Path:
    """Make a repository of the pipelines, committed."""
    files = {
        ".gitignore": "__pycache__\n/.trimtab\n",
        "dags/broken/training.py": "from airflow.sdk import DAG\n\ndef\n",
        "pipelines/broken/dvc.yaml": "<<<<<<< HEAD\nstages:\n",
    }
    for name in NAMES:
        for path, text in FILES.items():
            if path in OWN or path.startswith("turning/"):
                files[f"pipelines/{name}/{path}"] = text.replace("  turning", f"  {name}")
        for dag in DAGS:
            text = (ROOT / "dags" / "flights" / f"{dag}.py").read_text()
            for other in DAGS:
                text = text.replace(f'"{other}"', f'"{name}_{other}"')
            files[f"dags/{name}/{dag}.py"] = text.replace(
                "parents[2]", f'parents[2] / "pipelines" / "{name}"'
            )
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    git(folder, "init", "--quiet", "-b", "main")
    git(folder, "config", "user.name", "A User")
    git(folder, "config", "user.email", "user@localhost")
    for name in (*NAMES, "broken"):
        run_as_user(folder / "pipelines" / name, "dvc", "init", "--quiet", "--subdir")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "-m", "Three pipelines")
    return folder


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_repository(tmp_path_factory.mktemp("several") / "repository")


@pytest.fixture(scope="module")
def played(repository: Path) -> subprocess.CompletedProcess[str]:
    """The main job, started in the root of the repository."""
    env = {**os.environ, "AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT": "300"}  # seconds; the machine may be busy
    command = [sys.executable, *COMMAND]
    return subprocess.run(command, cwd=repository, env=env, capture_output=True, text=True, check=False)


def test_main_job_plays_both_pipelines_and_names_the_broken_one(played) -> None:
    assert played.returncode == 1, played.stderr
    assert "pipeline broken: The DAG file is not valid Python" in played.stderr
    for name in NAMES:
        assert f"Pipeline {name}" in played.stdout
        assert f"{name} v1: " in played.stdout


def test_reports_of_each_pipeline_are_in_its_own_folder(played, repository) -> None:
    reports = repository / ".trimtab" / "reports"
    assert sorted(path.name for path in reports.iterdir()) == list(NAMES)
    for name in NAMES:
        assert sorted(path.name for path in (reports / name).iterdir()) == ["drift-2013-04", f"{name}-v1"]


@pytest.mark.parametrize("name", NAMES)
def test_run_of_a_pipeline_is_up_to_date_for_dvc_in_its_folder(played, repository, tmp_path, name) -> None:
    pipeline, out = repository / "pipelines" / name, tmp_path / "out"
    run = f"{name}_training/loop__2013-04-01"
    run_as_user(pipeline, sys.executable, "-m", "trimtab.cli", "checkout", run, str(out))
    assert "up to date" in run_as_user(out / "pipelines" / name, "dvc", "repro")
    assert git(out, "diff", "--name-only", "HEAD~1", "HEAD", "--", ":!pipelines/" + name) == ""


def test_checkout_is_unchanged_after_the_main_job(played, repository) -> None:
    assert git(repository, "status", "--porcelain") == ""
