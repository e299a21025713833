"""Contents of a stage's dependencies."""

from __future__ import annotations

import pytest

from tests.library.pipeline.single_stage import write_single_stage
from trimtab.errors import StageError
from trimtab.pipeline.execution.stage_execution import run_stage
from trimtab.pipeline.git.revision import pin_revision
from trimtab.pipeline.worktree.worktree import WorkTree


@pytest.mark.parametrize(
    ("dep", "fix"),
    [
        (r".\src\get.py", "write it with / in dvc.yaml, which Windows understands too"),
        ("http://127.0.0.1:9/x", "check that it can be reached from here"),
    ],
)
def test_error_of_a_missing_dependency_says_what_to_do(project, dep, fix):
    checkout = project()
    write_single_stage(checkout, "echo 1 > out.txt", deps=[dep])

    with pytest.raises(StageError, match="does not exist") as refusal:
        run_stage(checkout.root, pin_revision(checkout.root), checkout.graph(), "only", {})

    assert (refusal.value.where, refusal.value.fix) == ("stage 'only'", fix)


def test_current_inputs_are_those_of_dvc_lock_if_nothing_has_changed(project):
    checkout = project(ran=True)
    with checkout.dvc() as repo:
        tree = WorkTree(repo)
        for stage in checkout.graph().stages:
            locked = tree.locked(stage)
            assert tree.current_inputs(stage, {}) == {key: locked[key] for key in locked if key != "outs"}


def test_dependency_with_a_known_content_needs_no_file(project):
    checkout = project(ran=True)
    (checkout.root / "data/rows.txt").unlink()
    with checkout.dvc() as repo:
        tree, stage = WorkTree(repo), checkout.graph().stage("clean")
        known = tree.output_contents(checkout.graph().stage("draw"), checkout.locked("draw"))
        assert tree.current_inputs(stage, known)["deps"] == checkout.locked("clean")["deps"]
        with pytest.raises(StageError, match=r"'data/rows\.txt' does not exist"):
            tree.current_inputs(stage, {})
