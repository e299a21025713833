"""Candidates as views of the graph."""

from __future__ import annotations

import dataclasses

import pytest

from tests.library.pipeline.graph.candidate_pipelines import MODEL, PROFILE, ROLLING, SHARED, pipeline, stage
from trimtab.errors import ProjectError
from trimtab.pipeline.graph import Artifact, Graph, candidate_graph, candidate_graphs

UPSTREAM = {"ingest", "validate_raw", "split"}


def names(graph: Graph) -> set[str]:
    return {each.name for each in graph.stages}


def artifact(graph: Graph, type_: str) -> Artifact | None:
    return next((each for each in graph.artifacts if each.type == type_), None)


def test_project_without_candidates_has_one_graph_its_own():
    graph = pipeline(artifacts=(MODEL, *SHARED))

    assert candidate_graphs(graph) == {"": graph}
    assert candidate_graphs(graph)[""] is graph


def test_graph_of_the_model_has_no_stage_and_no_artifact_of_a_candidate():
    graph = candidate_graph(pipeline(), "")

    assert names(graph) == {*UPSTREAM, "train@all", "evaluate@all", "validate@all"}
    assert graph.artifacts == (MODEL, *SHARED)


def test_graph_of_a_candidate_has_its_stages_and_those_that_it_reads_of():
    graph = candidate_graph(pipeline(), "rolling")

    assert names(graph) == {*UPSTREAM, "train@all", "train@rolling", "evaluate@rolling", "validate@rolling"}


def test_candidate_is_a_version_of_the_registered_model_with_its_own_artifacts():
    graph = candidate_graph(pipeline(), "rolling")

    model = artifact(graph, "model")
    assert (model.name, model.path, model.desc, model.meta) == (
        "flights",
        ROLLING.path,
        MODEL.desc,
        MODEL.meta,
    )
    assert artifact(graph, "drift-reference").path == PROFILE.path
    assert artifact(graph, "test-window").path == "test"
    assert artifact(graph, "input-example").path == "m/all/example"


def test_candidate_does_not_take_what_a_stage_of_the_model_has_made_for_the_model():
    assert artifact(candidate_graph(pipeline(), "rolling"), "training-history") is None


def test_candidate_may_describe_itself_and_its_data():
    own = dataclasses.replace(ROLLING, desc="The last year", meta={**ROLLING.meta, "data_window": "2013"})

    model = artifact(candidate_graph(pipeline(artifacts=(MODEL, *SHARED, own, PROFILE)), "rolling"), "model")

    assert (model.desc, model.meta["data_window"], model.meta["data_until"]) == ("The last year", "2013", "x")


def test_stage_beside_the_models_is_in_each_graph():
    graph = pipeline(stage("summary", ["raw"], ["r/summary"]))

    assert all("summary" in names(own) for own in candidate_graphs(graph).values())


def test_stage_that_reads_the_models_of_two_candidates_is_in_no_graph():
    graph = pipeline(
        stage("both", [MODEL.path, ROLLING.path], ["r/both"]), stage("after", ["r/both"], ["r/after"])
    )

    assert not any({"both", "after"} & names(own) for own in candidate_graphs(graph).values())


def test_graphs_come_in_the_order_of_the_artifacts_the_model_first():
    late = Artifact("z", "m/all/z", "model", meta={"candidate": "another"})

    assert list(candidate_graphs(pipeline(artifacts=(late, ROLLING, MODEL)))) == ["", "another", "rolling"]


def test_candidate_that_is_not_declared_is_refused_with_the_closest():
    with pytest.raises(ProjectError, match="no candidate 'roling'; did you mean 'rolling'"):
        candidate_graph(pipeline(), "roling")
