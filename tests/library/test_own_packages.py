"""A fork's own packages: one group in `pyproject.toml`, and the commands that lock it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from uv import find_uv_bin

from trimtab.requirements_lock import read_lock

ROOT = Path(__file__).resolve().parents[2]
PROJECT = """\
[project]
name = "fork"
version = "1"
requires-python = ">=3.11"
[project.optional-dependencies]
catboost = []
cluster = ["humanize==4.9.0"]
drift = []
environments = []
gates = []
lightgbm = []
local = []
onnx = []
otel = []
s3 = ["humanize==4.9.0"]
xgboost = []
[dependency-groups]
project = ["tabulate==0.9.0"]
docs = []
dev = []
"""


def make(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    # Not as a sub-make of the `make test` that runs this.
    env = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(["make", *args], cwd=folder, env=env, capture_output=True, text=True, check=False)


@pytest.fixture
def fork(tmp_path) -> Path:
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "uv").symlink_to(find_uv_bin())
    (programs / "python").symlink_to(sys.executable)
    return tmp_path


def test_packages_of_the_stages_are_in_one_group_that_is_locked():
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    lock = (ROOT / "requirements.lock").read_text()

    assert set(groups) == {"dev", "docs", "project"}
    for package in groups["project"]:
        assert re.search(rf"^{re.escape(package)} ", lock, re.M), f"run `make lock`: it lacks {package}"


def test_add_without_a_package_says_how_to_name_it(fork):
    done = make(fork, "add")

    assert done.returncode != 0
    assert "make add PACKAGE=" in done.stdout


def test_add_writes_the_package_into_the_group_then_locks_and_installs(fork):
    done = make(fork, "add", "PACKAGE=humanize>=4", "MAKE=echo")

    groups = tomllib.loads((fork / "pyproject.toml").read_text())["dependency-groups"]
    assert groups == {"project": ["humanize>=4", "tabulate==0.9.0"], "docs": [], "dev": []}
    assert done.stdout.split() == ["lock", "setup"]
    assert not (fork / "uv.lock").exists()


@pytest.mark.slow
def test_lock_writes_each_lock_file_with_hashes_and_without_a_host(fork):
    for folder in ("requirements", "pipelines/loans", "deploy/image"):
        (fork / folder).mkdir(parents=True)
    (fork / "requirements" / "team-b.in").write_text("tabulate==0.8.9\n")
    (fork / "pipelines" / "loans" / "own.in").write_text("tabulate==0.8.10\n")

    done = make(fork, "lock")

    assert done.returncode == 0, done.stderr
    for name, version in {
        "requirements.lock": "0.9.0",
        "deploy/image/airflow.lock": "0.9.0",
        "deploy/image/stages.lock": "0.9.0",
        "requirements/team-b.lock": "0.8.9",
        "pipelines/loans/own.lock": "0.8.10",
    }.items():
        text = read_lock(fork / name, root=fork).decode()
        assert f"tabulate=={version} " in text
        assert "--hash=sha256:" in text
        assert "://" not in text
        assert ("humanize==" in text) is name.startswith("deploy/")
