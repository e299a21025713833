"""A checkout: contents of dependencies and outputs."""

from __future__ import annotations

import pytest

from trimtab.pipeline.worktree.worktree import WorkTree, overlap


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("a", "a", True), ("a", "a/b", True), ("a/b", "a", True), (".", "a", True), ("a", ".", True),
        ("a", "ab", False), ("a/b", "a/c", False), ("a.b", "a", False),
    ],
)  # fmt: skip
def test_paths_overlap_if_one_lies_below_the_other(one, other, expected):
    assert overlap(one, other) is expected


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
