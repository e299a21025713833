"""DVC's path locks."""

from __future__ import annotations

import json

import pytest
from dvc.lock import LockError

from trimtab.pipeline.worktree.path_locks import lock_paths, lock_stage_paths


def test_path_locks_are_those_of_dvc_and_are_released(project):
    checkout = project()
    file = checkout.root / ".dvc/tmp/rwlock"
    with checkout.dvc() as repo, lock_stage_paths(repo, checkout.graph()):
        held = json.loads(file.read_text())
    outputs = ("data/rows.txt", "data/clean.txt", "metrics.json", "report")
    written = {str(checkout.root / path) for path in outputs}
    assert held["write"].keys() == written
    assert str(checkout.root / "data/source.txt") in held["read"]
    assert json.loads(file.read_text()) == {}


def test_path_that_another_process_writes_is_refused(project):
    checkout = project()
    path = str(checkout.root / "data/rows.txt")
    (checkout.root / ".dvc/tmp").mkdir(exist_ok=True)
    holder = {"pid": 1, "cmd": "dvc repro"}
    (checkout.root / ".dvc/tmp/rwlock").write_text(json.dumps({"write": {path: holder}}))
    with (
        checkout.dvc() as repo,
        pytest.raises(LockError, match="dvc repro"),
        lock_paths(repo, ["data/rows.txt"], []),
    ):
        pytest.fail("the path is locked")
