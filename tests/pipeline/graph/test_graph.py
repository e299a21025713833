"""The neutral graph in itself: what follows what, a part of it, and its way through JSON."""

from __future__ import annotations

import dataclasses
import json

import pytest

from trimtab.pipeline.graph.graph import Artifact, Graph, Output, Stage

RAW = Stage("raw.csv.dvc", outs=(Output("raw.csv"),))
GRAPH = Graph(
    stages=(
        Stage("get", ("get",), outs=(Output("a", cache=False), Output("b", "metric", persist=True))),
        Stage("use", ("use", "again"), deps=("a", "raw.csv"), params={"p.yaml": ("k",), "q.yaml": ()}),
        Stage("still", ("x",), deps=("a",), outs=(Output("s", remote="other", push=False),), frozen=True),
        Stage("sub/dvc.yaml:last", ("x",), "sub", ("s", "a"), desc="Last.", listed=True),
    ),
    edges=(
        ("get", "still"),
        ("get", "sub/dvc.yaml:last"),
        ("get", "use"),
        ("raw.csv.dvc", "use"),
        ("still", "sub/dvc.yaml:last"),
    ),
    artifacts=(Artifact("m", "models/m.bin", "model", "", ("late",), {"a": [1]}),),
    sources=(RAW,),
)


def test_neighbours_are_stages_in_the_graphs_order():
    assert GRAPH.upstream("sub/dvc.yaml:last") == ("get", "still")
    assert GRAPH.downstream("get") == ("use", "sub/dvc.yaml:last")
    assert GRAPH.upstream("use") == ("get",)


def test_frozen_stage_waits_for_nobody():
    assert GRAPH.upstream("still") == ()


def test_sources_of_a_stage_are_the_data_it_depends_on():
    assert GRAPH.sources_of("use") == (RAW,)
    assert GRAPH.sources_of("get") == ()


def test_part_of_the_graph_holds_what_the_targets_need():
    part = GRAPH.only(("use",))

    assert [stage.name for stage in part.stages] == ["get", "use"]
    assert part.edges == (("get", "use"), ("raw.csv.dvc", "use"))
    assert part.sources_of("use") == (RAW,)


def test_part_of_the_graph_ends_at_a_frozen_stage():
    assert GRAPH.only(("still",)).edges == ()


@pytest.mark.parametrize("graph", [GRAPH, GRAPH.only(("still",)), Graph(())])
def test_graph_comes_back_from_json_as_it_was(graph):
    plain = json.loads(json.dumps(graph.plain()))

    assert Graph.of(plain) == graph
    assert Graph.of(graph.plain()) == graph


def test_digest_tells_a_stage_or_what_comes_right_before_it_has_changed():
    digests = {stage.name: GRAPH.digest(stage.name) for stage in GRAPH.stages}
    first = dataclasses.replace(GRAPH.stages[0], cmd=("get", "more"))

    changed = dataclasses.replace(GRAPH, stages=(first, *GRAPH.stages[1:]))
    moved = dataclasses.replace(GRAPH, sources=(dataclasses.replace(RAW, desc="New."),))

    assert {name for name, known in digests.items() if changed.digest(name) != known} == {
        "get",
        "use",
        "sub/dvc.yaml:last",
    }
    assert {name for name, known in digests.items() if moved.digest(name) != known} == {"use"}
    assert {name: Graph.of(GRAPH.plain()).digest(name) for name in digests} == digests
