"""Every file of the repository has one owner."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from trimtab.template import read_ownership

ROOT = Path(__file__).resolve().parents[3]


def tracked_files() -> list[str]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [path for path in done.stdout.split("\0") if path]


def test_every_tracked_file_lies_below_an_entry() -> None:
    ownership = read_ownership()
    assert [path for path in tracked_files() if ownership.entry(path) is None] == []


@pytest.mark.parametrize(
    ("path", "owner"),
    [
        ("plugins/trimtab/errors.py", "template"),
        ("pipelines/demand/train.py", "fork"),
        ("dags/demand/training.py", "fork"),
        (".github/CODEOWNERS", "fork"),
        (".github/workflows/checks.yml", "template"),
        ("docs/run.svg", "upstream-only"),
        ("docs/forking.md", "template"),
        ("tests/library/test_errors.py", "upstream-only"),
        ("tests/pipelines/demand/test_train.py", "fork"),
        ("notes/ours.md", "fork"),
        ("Makefile.ours", "fork"),
    ],
)
def test_path_belongs_to_the_longest_entry(path: str, owner: str) -> None:
    assert read_ownership().owner(path) == owner


def test_example_is_the_forks() -> None:
    ownership = read_ownership()
    assert {ownership.owner(path) for path in ownership.example} == {"fork"}


@pytest.mark.parametrize(
    ("path", "removed"),
    [
        ("pipelines/flights/train.py", True),
        ("benchmarks/engine.py", True),
        ("pipelines/demand/train.py", False),
        ("plugins/trimtab/errors.py", False),
    ],
)
def test_fork_has_neither_the_example_nor_what_is_upstream_only(path: str, removed: bool) -> None:
    assert read_ownership().is_removed(path) is removed
