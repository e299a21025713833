"""`trimtab new` on real tables: every kind of problem, CSV and Parquet, and every rhythm runs at once."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.library.scaffold.tables import write_real
from trimtab.gates import check_data
from trimtab.pipeline.execution import make_plan
from trimtab.pipeline.git import pin_revision
from trimtab.pipeline.graph import Project
from trimtab.stages import import_stage, read_windows, write_windows

ROOT = Path(__file__).resolve().parents[3]
IDENTITY = ("-c", "user.name=test", "-c", "user.email=test@localhost")
CASES = {
    "cancer": ("cancer.csv", ["--label", "outcome"]),
    "late_weekly": ("flights.parquet", ["--label", "late"]),
    "late_daily": ("flights.parquet", ["--label", "late", "--every", "day"]),
    "demand": ("demand.csv", ["--label", "Demand"]),
    "wind_monthly": ("weather.csv", ["--label", "wind", "--every", "month"]),
    "storm_kinds": ("storms.parquet", ["--label", "status"]),
    "weather": ("weather.csv", ["--label", "weather"]),
}
pytestmark = [pytest.mark.slow, pytest.mark.timeout(7200)]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A git repository with the settings of the template, and no pipeline yet."""
    root = tmp_path_factory.mktemp("project")
    (root / "plugins").symlink_to(ROOT / "plugins")
    shutil.copy(ROOT / "pyproject.toml", root)
    (root / ".gitignore").write_text("/plugins\n/.trimtab\n__pycache__/\n")
    for folder in ("tests", "tests/pipelines"):
        (root / folder).mkdir()
        (root / folder / "__init__.py").touch()
    _git(root, "init", "--quiet", "--initial-branch", "main")
    _commit(root)
    return root


@pytest.fixture(scope="module", params=CASES)
def pipeline(request, project, tmp_path_factory):
    """The folder of a new pipeline, which is committed."""
    name, (file, options) = request.param, CASES[request.param]
    data = write_real(file, tmp_path_factory.mktemp("data"))
    made = _run(project, "trimtab", "new", name, "--data", str(data), *options, "--json")
    answer = json.loads(made.stdout)
    assert answer["schema"] == "trimtab.new/1"
    assert answer["guesses"]
    _commit(project)
    return project / "pipelines" / name


def test_new_pipeline_is_up_to_date_and_runs_in_dvc_and_in_the_engine(pipeline):
    assert "up to date" in _run(pipeline, "dvc", "repro").stdout
    graph = Project(pipeline).graph()
    plan = make_plan(pipeline, pin_revision(pipeline), graph)
    assert {step.state for step in plan.steps} == {"unchanged"}


def test_gates_of_a_new_pipeline_have_passed(pipeline):
    for gate in ("validate_features", "validate_model"):
        assert json.loads((pipeline / "reports" / gate / "report.json").read_bytes())["verdict"] == "pass"


def test_all_later_windows_pass_the_drafted_suite(pipeline, tmp_path):
    if not (pipeline / "upcoming.py").exists():
        pytest.skip("no windows")
    end = next(
        line.split("end at ")[1].rstrip(". ").split()[0].rstrip(".")
        for line in (pipeline / "README.md").read_text().splitlines()
        if "The data end at" in line
    )
    ingest, source = import_stage(pipeline, "ingest"), next((pipeline / "data").glob("source.*[!.dvc]"))
    params = (pipeline / "params.yaml").read_text()
    until = next(line for line in params.splitlines() if line.startswith("  until:"))
    (tmp_path / "params.yaml").write_text(params.replace(until, f'  until: "{end}" # the end'))
    here = Path.cwd()
    os.chdir(tmp_path)
    try:
        ingest.main(source, tmp_path / "features")
    finally:
        os.chdir(here)
    write_windows(read_windows(tmp_path / "features"), tmp_path / "features")
    report = check_data(
        suite=pipeline / "expectations" / "features.yaml", data=tmp_path / "features", out=tmp_path / "out"
    )
    assert report.verdict in ("pass", "warn"), report.summary()


def test_tests_of_a_new_pipeline_pass(pipeline, project):
    _run(
        project,
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        f"tests/pipelines/{pipeline.name}",
    )


def test_code_of_a_new_pipeline_passes_the_linter_and_the_formatter(pipeline, project):
    folders = [f"pipelines/{pipeline.name}", f"dags/{pipeline.name}", f"tests/pipelines/{pipeline.name}"]
    _run(project, "ruff", "check", "--no-cache", *folders)
    _run(project, "ruff", "format", "--no-cache", "--check", *folders)


def test_dags_of_a_new_pipeline_are_parsed_by_airflow(pipeline, project, tmp_path):
    code = (
        "import sys; from airflow.dag_processing.dagbag import DagBag\n"
        "bag = DagBag(sys.argv[1], include_examples=False)\n"
        "assert not bag.import_errors, bag.import_errors\n"
        "print(*sorted(bag.dags))"
    )
    environment = {"AIRFLOW_HOME": str(tmp_path), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
    dags = project / "dags" / pipeline.name
    found = _run(project, sys.executable, "-c", code, str(dags), **environment).stdout.split()[-5:]
    assert {f"{pipeline.name}_{file.stem}" for file in dags.glob("*.py")} <= set(found)


def test_name_of_a_pipeline_that_exists_is_refused(pipeline, project, tmp_path):
    done = subprocess.run(
        ["trimtab", "new", pipeline.name, "--data", "x", "--label", "y"],
        cwd=project, capture_output=True, text=True, env=_environment(),
    )  # fmt: skip
    assert done.returncode != 0
    assert "The folder exists" in done.stderr


def _environment(**more: str) -> dict[str, str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "PYTHONPATH": f"{ROOT / 'plugins'}{os.pathsep}{ROOT}", **more}


def _run(folder: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, env=_environment(**environment)
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *IDENTITY, *arguments], cwd=folder, check=True)


def _commit(folder: Path) -> None:
    _git(folder, "add", "--all")
    _git(folder, "commit", "--quiet", "--message", "a pipeline")
