"""Differences of code, and the commits between two runs."""

from __future__ import annotations

import pytest

from trimtab.diagnosis.code_changes import code_changes, commits_between, is_data
from trimtab.diagnosis.past_run import find_past_run
from trimtab.diagnosis.run_content import read_content

FILES = {
    ".gitignore": "/a.out\n/b.out\n",
    "params.yaml": "a:\n  n: 1\n",
    "a.sh": "echo a\n",
    "b.sh": "echo b\n",
    "dvc.yaml": """\
stages:
  a:
    cmd: sh a.sh > a.out
    deps: [a.sh]
    outs: [a.out]
  b:
    cmd: sh b.sh > b.out
    deps: [a.out, b.sh]
    outs: [b.out]
""",
}


@pytest.mark.slow
def test_files_of_stages_that_differ_are_listed_with_the_commits_between(project):
    checkout = project(FILES)
    checkout.run_all(name="training-manual__1")
    checkout.write({"b.sh": "echo new\n", "README": "not a dependency\n"})
    checkout.commit("Say it anew")
    checkout.commit("Nothing")
    checkout.run_all({"a.n": 2}, name="training-manual__2")
    runs = [find_past_run(checkout.root, f"training/manual__{number}") for number in (1, 2)]
    before, after = (read_content(checkout.root, run) for run in runs)

    assert [(each.path, each.change) for each in code_changes(before, after)] == [("b.sh", "changed")]
    assert [each.subject for each in commits_between(checkout.root, before, after)] == [
        "Nothing",
        "Say it anew",
    ]
    assert code_changes(after, after) == commits_between(checkout.root, after, after) == []


def test_suffix_tells_data_from_code():
    assert is_data("data/planes.CSV")
    assert not is_data("pipelines/train.py")
    assert not is_data("pipelines/flights")
