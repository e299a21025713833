"""A project whose graph is cached, and what the tests of the cache do with it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from dvc.repo import Repo

from trimtab.pipeline.graph.project import GRAPH_CACHE, Project
from trimtab.user_cache import cache_folder

PIPELINE = """\
stages:
  get:
    cmd: echo ${name} > data/raw.txt
    vars: [more.yaml]
    outs: [data/raw.txt, index]
  use:
    cmd: cat data/raw.txt ${size}
    deps: [data/raw.txt]
"""

REPORT = "stages: {merge: {cmd: cat, deps: [../data/raw.txt], outs: [all.txt]}}\n"

FILES = {
    "dvc.yaml": PIPELINE,
    "params.yaml": "name: flights\nsize: 1\n",
    "more.yaml": "more: 3\n",
    "report/dvc.yaml": REPORT,
    "report/rows.csv.dvc": "outs: [{path: rows.csv}]\n",
    ".gitignore": "/scratch\n",
    "data/source": "",
    "scratch/dvc.yaml": "stages: {ignored: {cmd: ls}}",
}


@pytest.fixture(scope="module")
def resolved(tmp_path_factory):
    """A project that no test may change, and its cached graph."""
    folder = tmp_path_factory.mktemp("resolved")
    subprocess.run(["git", "init", "--quiet", "--template=", str(folder)], check=True)
    Repo.init(str(folder)).close()
    for path, text in FILES.items():
        write(folder / path, text)
    return folder, Project(folder).graph()


PYTHON = sys.executable


@pytest.fixture
def dvc_cannot_run(monkeypatch):
    """DVC cannot run."""
    monkeypatch.setattr(sys, "executable", "/bin/false")


@contextlib.contextmanager
def dvc_can_run():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "executable", PYTHON)
        yield


def write(path: Path, text: str) -> None:
    """Write a file atomically, as editors do."""
    path.parent.mkdir(exist_ok=True, parents=True)
    path.with_suffix(".part").write_text(text)
    path.with_suffix(".part").replace(path)


def fresh(root: Path, code: str) -> str:
    """Run Python in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", code, str(root)], capture_output=True, text=True, check=True, env=environment()
    )
    return done.stdout.strip()


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


def entries(root: Path) -> list[Path]:
    return sorted(cache_folder(root, GRAPH_CACHE).glob("*.graph"))
