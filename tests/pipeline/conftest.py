"""Fixtures that hold the engine against DVC."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.pipeline.dvc_comparison import Both, assert_same, left, run_here
from trimtab.pipeline.graph.project import Project
from trimtab.pipeline.graph.resolver_process import _answer


@pytest.fixture
def as_dvc(tmp_path, in_process) -> Callable[..., Both]:
    """Run a checkout, have DVC do the same in a copy, and see to it that both are the same then."""

    def check(checkout, *targets: str, jobs: int = 1, force: bool = False) -> Both:
        copies = len(list(tmp_path.glob("beside-*")))
        beside = checkout.copy(tmp_path / f"beside-{copies}")
        with beside.dvc() as repo:
            done = repo.reproduce(list(targets) or None, force=force, all_pipelines=not targets)
            changed = [stage.addressing for stage in done]
        settled = run_here(checkout, *targets, jobs=jobs, force=force)
        assert_same(left(checkout), left(beside))
        done = [name for name, one in settled.items() if one.state != "unchanged"]
        assert sorted(done) == sorted(name for name in changed if not name.endswith(".dvc"))
        return Both(settled)

    return check


@pytest.fixture
def in_process(monkeypatch) -> None:
    """Have DVC resolve graphs in this process, which saves a second for each."""
    monkeypatch.setattr(
        Project, "_resolve", lambda self: json.loads(json.dumps(_answer(self.root, self.home)))
    )
