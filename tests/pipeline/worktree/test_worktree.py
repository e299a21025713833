"""The files of a checkout, as the stages see them."""

from __future__ import annotations

import pytest

from tests.pipeline.kinds import pipeline
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
def test_paths_overlap_where_one_holds_the_other(one, other, expected):
    assert overlap(one, other) is expected


def test_inputs_are_those_of_the_lock_while_nothing_has_changed(project):
    checkout = project(ran=True)
    with checkout.dvc() as repo:
        tree = WorkTree(repo)
        for stage in checkout.graph().stages:
            locked = tree.locked(stage)
            assert tree.inputs(stage, {}) == {key: locked[key] for key in locked if key != "outs"}


def test_known_content_needs_no_file(project):
    checkout = project(ran=True)
    (checkout.root / "data/rows.txt").unlink()
    with checkout.dvc() as repo:
        tree, stage = WorkTree(repo), checkout.graph().stage("clean")
        known = tree.contents(checkout.graph().stage("draw"), checkout.locked("draw"))
        assert tree.inputs(stage, known)["deps"] == checkout.locked("clean")["deps"]
        with pytest.raises(StageError, match=r"'data/rows\.txt' does not exist"):
            tree.inputs(stage, {})


def test_only_what_is_needed_is_brought(project):
    checkout = project(ran=True)
    graph = checkout.graph()
    with checkout.dvc() as repo:
        tree = WorkTree(repo)
        made = {
            path: content
            for stage in graph.stages
            for path, content in tree.contents(stage, tree.locked(stage)).items()
        }
        (checkout.root / "data/rows.txt").unlink()
        (checkout.root / "judged.txt").write_text("edited")
        tree.bring(made, needed=["data"], where="here")

    assert checkout.read("data/rows.txt")
    assert checkout.read("judged.txt") == "edited"


def test_source_without_a_hash_is_refused(project):
    checkout = project({**pipeline("a: {cmd: 'true', deps: [raw]}"), "raw.dvc": "outs:\n- path: raw\n"})
    with checkout.dvc() as repo, pytest.raises(StageError, match=r"'raw\.dvc' does not say what its data is"):
        WorkTree(repo).source(checkout.graph().sources[0])
