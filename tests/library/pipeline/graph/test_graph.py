"""The neutral graph: upstream and downstream stages, parts of it, serialization."""

from __future__ import annotations

import dataclasses
import json

import pytest

from trimtab.pipeline.graph import Artifact, Graph, Output, Stage

RAW = Stage("raw.csv.dvc", outs=(Output("raw.csv"),))
GRAPH = Graph(
    stages=(
        Stage("get", ("get",), outs=(Output("a", cache=False), Output("b", "metric", persist=True))),
        Stage("use", ("use", "again"), deps=("a", "raw.csv"), params={"p.yaml": ("k",), "q.yaml": ()}),
        Stage("still", ("x",), deps=("a",), outs=(Output("s", remote="other", push=False),), frozen=True),
        Stage("sub/dvc.yaml:last", ("x",), "sub", ("s", "a"), desc="Last.", cmd_is_list=True),
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


def test_upstream_and_downstream_are_stages_in_the_order_of_the_graph():
    assert GRAPH.upstream("sub/dvc.yaml:last") == ("get", "still")
    assert GRAPH.downstream("get") == ("use", "sub/dvc.yaml:last")
    assert GRAPH.upstream("use") == ("get",)


def test_frozen_stage_has_no_upstream():
    assert GRAPH.upstream("still") == ()


def test_sources_of_a_stage_are_its_direct_data_dependencies():
    assert GRAPH.sources_of("use") == (RAW,)
    assert GRAPH.sources_of("get") == ()


def test_graph_with_upstream_has_the_targets_and_everything_upstream():
    part = GRAPH.with_upstream(("use",))

    assert [stage.name for stage in part.stages] == ["get", "use"]
    assert part.edges == (("get", "use"), ("raw.csv.dvc", "use"))
    assert part.sources_of("use") == (RAW,)


def test_graph_with_upstream_ends_at_a_frozen_stage():
    assert GRAPH.with_upstream(("still",)).edges == ()


@pytest.mark.parametrize("graph", [GRAPH, GRAPH.with_upstream(("still",)), Graph(())])
def test_graph_deserialized_from_json_equals_the_graph(graph):
    plain = json.loads(json.dumps(graph.to_dict()))

    assert Graph.from_dict(plain) == graph
    assert Graph.from_dict(graph.to_dict()) == graph


def test_graph_digest_changes_with_the_stage_and_its_direct_upstream():
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
    assert {name: Graph.from_dict(GRAPH.to_dict()).digest(name) for name in digests} == digests
