"""DVC's run cache: the engine and DVC restore each other's results."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from tests.library.pipeline.dvc_comparison import run_here
from tests.library.pipeline.stage_kinds import FILES, STAGES, pipeline
from trimtab.pipeline.cache.run_cache import RunCache, is_repeatable
from trimtab.pipeline.worktree.worktree import WorkTree


@pytest.fixture
def forgotten(project):
    """The standard project after a run by the engine or DVC, of which only the cache is kept."""

    def make(by: str):
        checkout = project()
        checkout.repro() if by == "dvc" else run_here(checkout)
        for path in ("dvc.lock", "data/rows.txt", "metrics.json"):
            (checkout.root / path).unlink()
        shutil.rmtree(checkout.root / "report")
        return checkout

    return make


def test_run_cache_entry_of_dvc_is_restored(forgotten):
    assert {outcome.state for outcome in run_here(forgotten("dvc")).values()} == {"restored"}


def test_run_cache_entry_is_restored_by_dvc(forgotten, capfd):
    checkout = forgotten("us")
    capfd.readouterr()

    checkout.repro()

    assert "Running stage" not in capfd.readouterr().out


def test_run_cache_returns_the_newest_entry(project):
    checkout = project(pipeline(STAGES["plots"]))
    with checkout.dvc() as repo:
        (stage,) = checkout.graph().stages
        cache, inputs = RunCache(repo), WorkTree(repo).current_inputs(stage, {})
        for number in ("1", "2"):
            entry = {**inputs, "outs": [{"path": "p.csv", "hash": "md5", "md5": number * 32, "size": 1}]}
            cache.save(stage, entry)
            assert cache.find(stage, inputs) == entry
            assert cache.find(stage, {**inputs, "cmd": "another"}) is None


@pytest.mark.parametrize("damage", [b"", b"\0", b"outs: [", b"[]", b"text", b"outs: text"])
def test_run_cache_entry_that_is_damaged_is_removed(project, damage):
    checkout = project(ran=True)
    (checkout.root / "dvc.lock").unlink()
    for path in (checkout.root / ".dvc/cache/runs").rglob("*"):
        if path.is_file():
            path.write_bytes(damage)

    assert {outcome.state for outcome in run_here(checkout).values()} == {"ran"}


@pytest.mark.parametrize("kind", ["always changed", "persist", "no outputs", "no dependencies", "neither"])
def test_stage_that_is_not_repeatable_is_not_saved(project, kind):
    checkout = project(pipeline(STAGES[kind], **FILES))
    (stage,) = checkout.graph().stages
    with checkout.dvc() as repo:
        assert not is_repeatable(stage, WorkTree(repo).current_inputs(stage, {}))


def test_run_cache_entry_has_outputs_in_the_order_of_dvc_lock(project):
    stage = (
        "many: {cmd: touch c.txt a.txt m.json, deps: [source.txt], outs: [c.txt, a.txt], metrics: [m.json]}"
    )
    checkout = project(pipeline(stage), ran=True)
    lock = checkout.lock()
    checkout.git("rm", "-q", "dvc.lock")
    checkout.commit()

    run = checkout.run_all()

    assert run.ran == []
    assert checkout.show(run.record.commit, "dvc.lock") == lock


def test_killed_process_leaves_no_file_in_the_run_cache(project):
    checkout = project()
    cache = checkout.root / ".dvc" / "cache"
    killed = "import os, pathlib; pathlib.Path.replace = lambda *_: os._exit(9); "
    killed += "import sys; sys.argv = ['trimtab', 'run', 'draw']; from trimtab.cli.main import main; main()"

    done = subprocess.run([sys.executable, "-c", killed], cwd=checkout.root, check=False)

    assert done.returncode == 9
    assert [path.name for path in (cache / "runs").rglob("*") if path.is_file()] == []


def test_temporary_files_of_killed_processes_are_removed(project):
    checkout = project()
    cache = checkout.root / ".dvc" / "cache"
    old, new = [cache / "runs" / "tmpabc", cache / ".trimtab-run-abc"], [cache / "runs" / "tmpnew"]
    for path in (*old, *new):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    for path in old:
        os.utime(path, (1, 1))

    run_here(checkout)

    assert [path.exists() for path in (*old, *new)] == [False, False, True]
