"""Selections of the graph, compared with ``dvc repro`` for the same targets."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from dvc.repo import Repo

from trimtab.errors import ProjectError
from trimtab.pipeline.graph import Graph, Output, Stage
from trimtab.pipeline.graph.selection import select, select_for_repro

#   raw.csv.dvc → clean → features@a → train → sub/dvc.yaml:report
#                       → features@b ↗        sub/dvc.yaml:frozen (of train's model)
#   alone
GRAPH = Graph(
    stages=(
        Stage("clean", ("c",), outs=(Output("clean.csv"),)),
        Stage("features@a", ("f",)),
        Stage("features@b", ("f",)),
        Stage("train", ("t",), outs=(Output("model"),)),
        Stage("sub/dvc.yaml:report", ("r",)),
        Stage("sub/dvc.yaml:frozen", ("z",), frozen=True),
        Stage("alone", ("a",)),
    ),
    edges=(
        ("raw.csv.dvc", "clean"),
        ("clean", "features@a"),
        ("clean", "features@b"),
        ("features@a", "train"),
        ("features@b", "train"),
        ("train", "sub/dvc.yaml:report"),
        ("train", "sub/dvc.yaml:frozen"),
    ),
    sources=(Stage("raw.csv.dvc", outs=(Output("raw.csv"),)),),
)
TO_TRAIN = ["clean", "features@a", "features@b", "train"]


def selected(*targets, **how):
    return [stage.name for stage in select(GRAPH, targets, **how).stages]


@pytest.mark.parametrize(
    ("target", "stages"),
    [
        ("clean", ["clean"]),
        ("dvc.yaml:clean", ["clean"]),
        ("./dvc.yaml:clean", ["clean"]),
        (":clean", ["clean"]),
        ("features@b", ["clean", "features@b"]),
        ("features", ["clean", "features@a", "features@b"]),
        ("features@*", ["clean", "features@a", "features@b"]),
        ("*a*n*", [*TO_TRAIN, "alone"]),
        ("sub/dvc.yaml:report", [*TO_TRAIN, "sub/dvc.yaml:report"]),
        ("sub/dvc.yaml:r*", [*TO_TRAIN, "sub/dvc.yaml:report"]),
        ("sub/dvc.yaml:frozen", ["sub/dvc.yaml:frozen"]),
        ("sub/dvc.yaml", [*TO_TRAIN, "sub/dvc.yaml:report", "sub/dvc.yaml:frozen"]),
        ("dvc.yaml", [*TO_TRAIN, "alone"]),
    ],
)
def test_target_selects_the_stages_of_dvc_repro_and_everything_upstream(target, stages):
    assert selected(target) == stages


def test_selection_without_targets_is_the_whole_graph():
    assert select(GRAPH, ()) is GRAPH


def test_selection_of_several_targets_is_in_the_order_of_the_graph():
    assert selected("alone", "features@a") == ["clean", "features@a", "alone"]


def test_downstream_selection_has_downstream_stages_and_everything_upstream_of_them():
    assert selected("features@a", downstream=True) == [*TO_TRAIN, "sub/dvc.yaml:report"]
    assert selected("alone", downstream=True) == ["alone"]


def test_downstream_selection_of_a_dvc_file_has_all_stages_that_depend_on_it():
    assert selected("raw.csv.dvc", downstream=True) == [*TO_TRAIN, "sub/dvc.yaml:report"]


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("trian", "no stage 'trian'; did you mean 'train'"),
        ("sub/dvc.yaml:reprot", "did you mean 'sub/dvc.yaml:report'"),
        ("report", "did you mean"),
        ("features@c", "did you mean 'features@"),
        ("other/dvc.yaml", "no stage 'other/dvc.yaml'"),
        ("nothing*", "no stage"),
        ("", "no stage ''"),
        ("model", "'model' is an output, not a stage\n.*\n.*'train'"),
        ("raw.csv.dvc", "is data, so there is nothing to run"),
    ],
)
def test_target_that_does_not_exist_is_refused_with_the_closest(target, message):
    with pytest.raises(ProjectError, match=message):
        selected(target)


PRODUCT = {
    "params.yaml": "letters: [a, b]\n",
    "dvc.yaml": """\
stages:
  get: {cmd: echo 1 > got, outs: [got]}
  each:
    foreach: ${letters}
    do:
      cmd: cp got ${item}.txt
      deps: [got]
      outs: ["${item}.txt"]
  join: {cmd: cat a.txt b.txt > joined, deps: [a.txt, b.txt], outs: [joined]}
""",
    "sub/dvc.yaml": """\
stages:
  last: {cmd: cp ../joined last, deps: [../joined], outs: [last]}
  other: {cmd: echo 2 > other, outs: [other]}
""",
}


@pytest.mark.parametrize(
    "target", ["get", "each", "each@a", "join", "sub/dvc.yaml", "sub/dvc.yaml:last", "dvc.yaml", ":join"]
)
def test_selection_has_the_stages_that_dvc_repro_runs(project, target):
    checkout = project(PRODUCT)
    graph = checkout.graph()
    ours = {stage.name for stage in select(graph, [target]).stages}
    assert ours == set(checkout.repro(target))


def named(stage, root):
    """Return the name in the graph of a stage of DVC."""
    return f"{Path(stage.path).relative_to(root)}:{stage.name}".removeprefix("dvc.yaml:")


@pytest.mark.parametrize(
    ("folder", "targets", "downstream"),
    [
        (".", [], False),
        ("sub", [], False),
        ("empty", [], False),
        ("sub", ["other"], False),
        ("sub", ["../dvc.yaml:each"], False),
        (".", [], True),
        ("sub", [], True),
        (".", ["each@a"], True),
        ("sub", ["../dvc.yaml:join"], True),
        (".", ["sub/dvc.yaml"], True),
    ],
)
def test_selection_for_repro_has_the_stages_that_dvc_repro_reproduces(
    project, monkeypatch, folder, targets, downstream
):
    checkout = project({**PRODUCT, "empty/dvc.yaml": "metrics: [m]\n"})
    graph = checkout.graph()
    monkeypatch.chdir(checkout.root / folder)
    with Repo() as repo:
        theirs = {
            named(stage, checkout.root)
            for stage in repo.reproduce(targets or None, downstream=downstream, dry=True, force=True)
        }

    ours = select_for_repro(graph, checkout.root, targets, downstream=downstream)

    assert {stage.name for stage in ours.stages} == theirs


def test_downstream_selection_of_a_dvc_file_has_no_other_source(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    found = select_for_repro(GRAPH, Path(os.path.realpath(tmp_path)), ["raw.csv.dvc"], downstream=True)

    assert [stage.name for stage in found.stages] == [*TO_TRAIN, "sub/dvc.yaml:report"]
    assert [source.name for source in found.sources_of("clean")] == ["raw.csv.dvc"]
    assert select_for_repro(GRAPH, tmp_path, ["clean"], downstream=True).sources_of("clean") == ()
