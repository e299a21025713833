"""Fixtures that compare the engine with DVC."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.library.pipeline.dvc_comparison import ComparedRun, assert_same, run_here, written_files


@pytest.fixture
def as_dvc(tmp_path) -> Callable[..., ComparedRun]:
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
