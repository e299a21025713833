"""A trial says what differs with other versions, and changes nothing in the project.

The project's Makefile decides how packages are locked and installed. Here it "installs" a program whose
output depends on the version, so a trial takes seconds.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest
from dvc.repo import Repo

import trimtab
from tests.library.template.template_history import Repository, init
from trimtab.errors import ProjectError
from trimtab.template import TrialCheck, try_versions

LIBRARY = Path(trimtab.__file__).parents[1]
# `make setup` writes the programs: those that the trial calls, and one that prints the locked version.
MAKEFILE = f"""\
lock:
\tgrep -q == $$UV_OVERRIDE && cut -d= -f3 $$UV_OVERRIDE > requirements.lock

setup:
\ttest "$$(cat requirements.lock)" != 13
\tmkdir -p .venv/bin
\tprintf '#!/bin/sh\\nPYTHONPATH={LIBRARY} exec {sys.executable} -m dvc "$$@"\\n' > .venv/bin/dvc
\tprintf '#!/bin/sh\\nPYTHONPATH={LIBRARY} exec {sys.executable} -m trimtab.cli "$$@"\\n' > .venv/bin/trimtab
\tprintf '#!/bin/sh\\necho %s\\n' $$(cat requirements.lock) > .venv/bin/installed-version
\tchmod +x .venv/bin/*

dags:
\t@echo 1 passed
"""
DVC_YAML = """\
stages:
  train:
    cmd: installed-version > model.txt
    outs: [model.txt]
  check:
    cmd: mkdir -p report && sed 's/^/{"verdict":"/; s/$/"}/' model.txt > report/report.json
    deps: [model.txt]
    outs: [report]
    meta: {trimtab: {gate: data}}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A project with one pipeline, reproduced with version 1 of the program."""
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "installed-version").write_text("#!/bin/sh\necho 1\n")
    (programs / "installed-version").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    project = init(tmp_path / "project", {"Makefile": MAKEFILE, ".gitignore": ".venv/\n"})
    folder = project.root / "pipelines" / "demand"
    folder.mkdir(parents=True)
    with Repo.init(str(folder), subdir=True):
        pass
    (folder / "dvc.yaml").write_text(DVC_YAML)
    monkeypatch.chdir(folder)
    with Repo(str(folder)) as repo:
        repo.reproduce()
    project.commit()
    return project


def tried(project: Repository, version: str) -> dict[str, TrialCheck]:
    checks = try_versions(project.root, {"mlflow": version}, log_line=lambda line: None)
    return {check.name: check for check in checks}


@pytest.mark.slow
def test_trial_passes_if_the_other_version_gives_the_same(project: Repository) -> None:
    checks = tried(project, "1")

    assert list(checks) == ["DAG files", "stages of demand", "dvc.lock of demand", "gate check of demand"]
    assert [check for check in checks.values() if not check.passed] == []
    assert project.status == []


@pytest.mark.slow
def test_trial_says_which_lock_and_which_gate_differ_and_the_project_stays(project: Repository) -> None:
    cache = set((project.root / "pipelines/demand/.dvc/cache").rglob("*"))

    checks = tried(project, "2")

    assert [name for name, check in checks.items() if not check.passed] == [
        "dvc.lock of demand",
        "gate check of demand",
    ]
    assert checks["gate check of demand"].detail == "1 -> 2"
    assert project.status == []
    assert set((project.root / "pipelines/demand/.dvc/cache").rglob("*")) == cache


@pytest.mark.slow
def test_version_that_cannot_be_installed_is_refused(project: Repository) -> None:
    with pytest.raises(ProjectError, match="`make setup` failed in the trial: exit code 2"):
        tried(project, "13")


@pytest.mark.slow
def test_trial_without_the_data_of_the_commit_is_refused(project: Repository) -> None:
    shutil.rmtree(project.root / "pipelines/demand/.dvc/cache")

    with pytest.raises(ProjectError, match=r"(?s)`dvc pull` failed in the trial.*`dvc pull` the data"):
        tried(project, "1")


def test_project_of_the_trial_must_be_a_repository(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="in no git repository"):
        try_versions(tmp_path, {"dvc": "1"}, log_line=lambda line: None)
