"""The package in a fresh environment, without extras: the engine and the command line."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DVC_YAML = """\
stages:
  double:
    cmd: python -c "open('out.txt', 'w').write(2 * open('in.txt').read())"
    deps: [in.txt]
    outs: [out.txt]
"""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800), pytest.mark.xdist_group("install")]

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with the package and its dependencies, in the versions of the lock file."""
    folder = tmp_path_factory.mktemp("install") / "venv"
    constraints = folder.parent / "constraints.txt"
    pins = re.findall(r"^([a-z0-9][\w.-]*==[^\\\n]+?) *\\?$", (ROOT / "requirements.lock").read_text(), re.M)
    constraints.write_text("\n".join(pins))
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    source = folder.parent / "source"  # a build leaves files beside its source
    shutil.copytree(
        ROOT / "plugins", source / "plugins", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info")
    )
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    pip = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--constraint", constraints, source]
    subprocess.run(pip, check=True)
    return folder / "bin"


@pytest.fixture(scope="module")
def trimtab(environment: Path, tmp_path_factory: pytest.TempPathFactory) -> Command:
    """Run a command of the environment in a small project."""
    project = tmp_path_factory.mktemp("project")
    path = f"{environment}{os.pathsep}{os.environ['PATH']}"
    variables = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "DVC_NO_ANALYTICS": "1", "PATH": path}
    variables |= {"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b"}

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, **variables}
        return subprocess.run(command, cwd=project, env=env, capture_output=True, text=True, check=False)

    (project / "dvc.yaml").write_text(DVC_YAML)
    (project / "in.txt").write_text("ab")
    for command in (["git", "init"], ["dvc", "init"], ["git", "add", "."], ["git", "commit", "-m", "first"]):
        done = run(*command)
        assert done.returncode == 0, done.stderr
    run.project = project  # type: ignore[attr-defined]
    return run


def test_environment_has_no_airflow_no_great_expectations_and_no_mlflow(environment: Path) -> None:
    site_packages = next(environment.parent.glob("lib/python*/site-packages"))
    installed = {path.name for path in site_packages.iterdir()}
    assert "trimtab" in installed
    assert installed.isdisjoint({"airflow", "great_expectations", "mlflow", "pandas", "sklearn"})


def test_plan_and_run_work_without_extras(trimtab: Command) -> None:
    planned = trimtab("trimtab", "plan")
    assert (planned.returncode, "double" in planned.stdout) == (0, True), planned.stderr
    done = trimtab("trimtab", "run")
    assert done.returncode == 0, done.stderr
    assert (trimtab.project / "out.txt").read_text() == "abab"  # type: ignore[attr-defined]
    assert "up to date" in trimtab("dvc", "status").stdout


@pytest.mark.parametrize(
    ("command", "extra"),
    [
        ("gate data --suite s.yaml --data d.csv --out out", "gates"),
        ("drift check --reference a.parquet --current b.parquet --out out", "drift"),
        ("drift report --model m", "registry"),
        ("models --model m", "registry"),
        ("backup b", "registry"),
        ("loop --from 2024-01-01 --until 2024-02-01", "local"),
        ("up", "local"),
    ],
)
def test_command_that_needs_an_extra_says_which_one_to_install(
    trimtab: Command, command: str, extra: str
) -> None:
    done = trimtab("trimtab", *command.split())
    assert f"needs the extra '{extra}'" in done.stderr, done.stderr
    assert f"pip install 'trimtab[{extra}]'" in done.stderr
    assert done.returncode == 2
