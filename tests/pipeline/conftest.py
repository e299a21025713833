"""Fixtures that compare the engine with DVC."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.pipeline.dvc_comparison import ComparedRun, assert_same, run_here, written_files
from trimtab.pipeline.graph.project import Project
from trimtab.pipeline.graph.resolver_process import _answer


@pytest.fixture
def as_dvc(tmp_path, in_process) -> Callable[..., ComparedRun]:
    """Run a checkout with the engine and a copy with DVC, and assert that both write the same files."""

    def check(checkout, *targets: str, jobs: int = 1, force: bool = False) -> ComparedRun:
        copies = len(list(tmp_path.glob("beside-*")))
        beside = checkout.copy(tmp_path / f"beside-{copies}")
        with beside.dvc() as repo:
            done = repo.reproduce(list(targets) or None, force=force, all_pipelines=not targets)
            changed = [stage.addressing for stage in done]
        outcomes = run_here(checkout, *targets, jobs=jobs, force=force)
        assert_same(written_files(checkout), written_files(beside))
        done = [name for name, one in outcomes.items() if one.state != "unchanged"]
        assert sorted(done) == sorted(name for name in changed if not name.endswith(".dvc"))
        return ComparedRun(outcomes)

    return check


@pytest.fixture
def in_process(monkeypatch) -> None:
    """Resolve graphs in this process, which saves a second for each."""
    monkeypatch.setattr(
        Project, "_resolve", lambda self: json.loads(json.dumps(_answer(self.root, self.home)))
    )
