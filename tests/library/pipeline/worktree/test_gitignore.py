"""``.gitignore`` lines of outputs."""

from __future__ import annotations

import pytest

from trimtab.errors import StageError
from trimtab.pipeline.worktree.gitignore import (
    git_tracked_outputs,
    gitignored_in_dependencies,
    refuse_git_tracked_outputs,
    update_gitignore,
)
from trimtab.pipeline.worktree.worktree import WorkTree

FILE = {"hash": "md5", "md5": "0" * 32, "size": 1}
STAGES = {
    "dvc.yaml": "stages:\n"
    "  make: {cmd: touch d/x, outs: [d/x]}\n"
    "  read: {cmd: ls d > y, deps: [d], outs: [y]}\n",
    "d/z": "",
    ".gitignore": "/y\n",
}


def test_gitignore_gets_one_line_for_each_output_that_git_does_not_ignore(project):
    checkout = project(STAGES)
    with checkout.dvc() as repo:
        changed = [update_gitignore(WorkTree(repo), {"d/x": FILE, "y": FILE}) for _ in range(2)]
    assert changed == [["d/.gitignore"], []]
    assert checkout.read("d/.gitignore") == "/x\n"
    assert checkout.read(".gitignore") == "/y\n"


def test_output_in_a_folder_that_a_stage_depends_on_is_gitignored_in_its_dependency(project):
    graph = project(STAGES).graph()
    entries = {"make": {"cmd": "touch d/x", "outs": [{"path": "d/x", **FILE}]}}
    assert gitignored_in_dependencies(graph, graph.stage("read"), entries) == {"d/x": FILE}
    assert gitignored_in_dependencies(graph, graph.stage("read"), {}) == {}


def test_output_that_git_tracks_is_refused(project):
    checkout = project({**STAGES, "d/x": ""})
    graph = checkout.graph()
    with checkout.dvc() as repo:
        tracked = git_tracked_outputs(WorkTree(repo), graph.stages)
    assert tracked == {"d/x"}
    refuse_git_tracked_outputs(graph.stage("read"), tracked)
    with pytest.raises(StageError, match="tracked by git"):
        refuse_git_tracked_outputs(graph.stage("make"), tracked)
