"""The plan refuses a declared column that does not exist, and declarations that differ."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from trimtab.errors import ProjectError
from trimtab.pipeline.execution.declared_columns import footer, refuse_contradictions
from trimtab.pipeline.graph import Artifact
from trimtab.pipeline.worktree import WorkTree

DVC = """\
stages:
  split:
    cmd: cp source.parquet test.parquet
    deps: [source.parquet]
    outs: [test.parquet]
  judge:
    cmd: echo trimtab gate model --section judge > report
    deps: [test.parquet]
    params: [judge]
    outs: [report]
    meta: {trimtab: {gate: model}}
artifacts:
  test:
    path: test.parquet
    type: test-window
    meta: {label: late}
"""


def test_plan_refuses_a_misspelled_label_and_suggests_the_closest_column(project):
    checkout = project({"dvc.yaml": DVC, "params.yaml": "judge:\n  label: late\n", "source.parquet": ""})
    source = checkout.root / "source.parquet"
    pd.DataFrame({"late": [0, 1], "hour": [1, 2]}).to_parquet(source)
    checkout.repro()
    checkout.commit("Ran")
    for file, where in (("dvc.yaml", "artifacts: test"), ("params.yaml", r"params\.yaml: judge\.label")):
        path = checkout.root / file
        right = path.read_text()
        path.write_text(right.replace("label: late", "label: laet"))
        with pytest.raises(ProjectError, match="has no column 'laet'; did you mean 'late'") as refused:
            checkout.plan()
        refused.match(where)
        path.write_text(right)
    pd.DataFrame({"delayed": [0, 1]}).to_parquet(source)
    path = checkout.root / "dvc.yaml"
    path.write_text(path.read_text().replace("label: late", "label: delayed"))
    assert [step.state for step in checkout.plan().steps] == ["run", "run"], "it is left to the gate"


@pytest.mark.parametrize("content", [b"", b"PAR1", b"x" * 20, b"\xff\xff\xff\xffPAR1", b"a,b\n1,2\nPAR1"])
def test_footer_is_empty_if_the_file_is_no_parquet_file(tmp_path, content):
    (tmp_path / "table").write_bytes(content)
    assert footer(tmp_path / "table") == b""


def test_footer_of_a_parquet_file_has_its_column_names(tmp_path):
    pd.DataFrame({"late": [0], "größe": [1]}).to_parquet(tmp_path / "table")
    found = footer(tmp_path / "table")
    assert b"late" in found
    assert "größe".encode() in found


GROUPED = DVC.replace(
    "artifacts:\n",
    "artifacts:\n  sorter: {path: test.parquet, type: model,"
    " meta: {group: account, time: day, weight: share}}\n",
)
PARAMS = "judge:\n  label: late\n  group: account\n  time: day\n  weight: share\n"


@pytest.fixture
def grouped(project):
    """A project whose model and gate declare a group, a time and a weight; it has run."""
    checkout = project({"dvc.yaml": GROUPED, "params.yaml": PARAMS, "source.parquet": ""})
    table = pd.DataFrame({"late": [0, 1], "account": [1, 2], "day": [1, 2], "share": [1, 2]})
    table.to_parquet(checkout.root / "source.parquet")
    checkout.repro()
    checkout.commit("Ran")
    return checkout


def change(checkout, file: str, old: str, new: str) -> None:
    path = checkout.root / file
    path.write_text(path.read_text().replace(old, new))


def test_gate_of_a_candidate_declares_the_columns_of_the_model(grouped):
    rolling = Artifact("rolling", "test.parquet", "model", meta={"candidate": "rolling"})
    graph = grouped.graph()
    both = replace(graph, artifacts=(*graph.artifacts, rolling))
    with grouped.dvc() as repo:
        refuse_contradictions(WorkTree(repo), both)
        change(grouped, "params.yaml", "group: account", "group: late")
        with pytest.raises(ProjectError, match="'late' for the gate 'judge', 'account' for the model"):
            refuse_contradictions(WorkTree(repo), both)


def test_plan_refuses_a_misspelled_group_and_suggests_the_closest_column(grouped):
    assert [step.state for step in grouped.plan().steps] == ["unchanged", "unchanged"]
    for file in ("dvc.yaml", "params.yaml"):
        change(grouped, file, "account", "acount")
    with pytest.raises(ProjectError, match="has no column 'acount'; did you mean 'account'") as refused:
        grouped.plan()
    refused.match("name the column of the group")


def test_plan_refuses_a_misspelled_weight_and_suggests_the_closest_column(grouped):
    for file in ("dvc.yaml", "params.yaml"):
        change(grouped, file, "weight: share", "weight: shre")
    with pytest.raises(ProjectError, match="has no column 'shre'; did you mean 'share'"):
        grouped.plan()


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("params.yaml", "  group: account\n", "", "'' for the gate 'judge', 'account' for the model"),
        ("dvc.yaml", ", time: day", "", "'day' for the gate 'judge', '' for the model"),
        ("dvc.yaml", "time: day", "time: late", "'day' for the gate 'judge', 'late' for the model"),
        ("params.yaml", "  weight: share\n", "", "The weight of the rows is declared twice, and differs"),
    ],
)
def test_plan_refuses_a_gate_that_declares_other_columns_than_its_model(grouped, file, old, new, message):
    change(grouped, file, old, new)
    with pytest.raises(ProjectError, match=message) as refused:
        grouped.plan()
    refused.match(r"params\.yaml: judge\.(group|time|weight); dvc\.yaml: artifacts\.sorter\.meta")
