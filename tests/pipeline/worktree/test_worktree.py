"""A checkout: contents of dependencies and outputs."""

from __future__ import annotations

import pytest

from tests.pipeline.stage_kinds import pipeline
from trimtab.errors import StageError
from trimtab.pipeline.worktree.worktree import WorkTree, overlap

pytestmark = pytest.mark.usefixtures("in_process")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("a", "a", True), ("a", "a/b", True), ("a/b", "a", True), (".", "a", True), ("a", ".", True),
        ("a", "ab", False), ("a/b", "a/c", False), ("a.b", "a", False),
    ],
)  # fmt: skip
def test_paths_overlap_if_one_lies_below_the_other(one, other, expected):
    assert overlap(one, other) is expected


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


def test_checkout_is_limited_to_the_needed_paths(project):
    checkout = project(ran=True)
    graph = checkout.graph()
    with checkout.dvc() as repo:
        tree = WorkTree(repo)
        made = {
            path: content
            for stage in graph.stages
            for path, content in tree.output_contents(stage, tree.locked(stage)).items()
        }
        (checkout.root / "data/rows.txt").unlink()
        (checkout.root / "judged.txt").write_text("edited")
        tree.check_out(made, needed=["data"], where="here")

    assert checkout.read("data/rows.txt")
    assert checkout.read("judged.txt") == "edited"


def test_dvc_file_without_a_hash_is_refused(project):
    checkout = project({**pipeline("a: {cmd: 'true', deps: [raw]}"), "raw.dvc": "outs:\n- path: raw\n"})
    with checkout.dvc() as repo, pytest.raises(StageError, match=r"'raw\.dvc' has no hash of its data"):
        WorkTree(repo).source(checkout.graph().sources[0])
