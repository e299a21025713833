"""Required objects of a revision."""

from __future__ import annotations

from trimtab.pipeline.record.required_objects import find_required_objects
from trimtab.pipeline.worktree.worktree import WorkTree


def test_required_objects_are_outputs_and_source_data_and_tell_which_git_keeps(project):
    checkout = project(ran=True)
    checkout.write({"data/big.txt": "much\n"})
    with checkout.dvc() as repo:
        repo.add(str(checkout.root / "data/big.txt"))
    checkout.edit("dvc.yaml", "deps: [data/rows.txt, ", "deps: [data/rows.txt, data/big.txt, ")
    with checkout.dvc() as repo:
        found = list(find_required_objects(WorkTree(repo), checkout.graph()))
    assert [(required.path, required.in_git) for required in found] == [
        ("data/big.txt", False),
        ("data/rows.txt", False),
        ("data/clean.txt", False),
        ("metrics.json", True),
        ("report", False),
    ]
