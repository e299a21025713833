"""The checks of declared candidates."""

from __future__ import annotations

import dataclasses

import pytest

from tests.library.pipeline.graph.candidate_pipelines import MODEL, PROFILE, ROLLING, SHARED, pipeline, stage
from trimtab.errors import ProjectError
from trimtab.pipeline.graph import Artifact, check_candidates


def own(name: object, type_: str = "model", **meta: object) -> Artifact:
    return Artifact("other", "m/rolling/other", type_, meta={"candidate": name, **meta})


def test_candidates_with_stages_and_profiles_of_their_own_are_accepted():
    check_candidates(pipeline())


def test_part_of_the_stages_is_accepted():
    check_candidates(dataclasses.replace(pipeline(), stages=pipeline().stages[:3], edges=()))


def test_project_without_candidates_is_not_checked():
    both = stage("both", [MODEL.path, ROLLING.path], ["r/both"], gate="model")
    check_candidates(pipeline(both, artifacts=(MODEL, *SHARED)))


@pytest.mark.parametrize(
    ("artifacts", "message"),
    [
        ([own("rolling")], "Every artifact of type 'model' is a candidate: 'rolling'"),
        ([MODEL, own("a b")], "does not name a candidate: 'a b'"),
        ([MODEL, own(["rolling"])], "does not name a candidate: .'rolling'."),
        ([MODEL, own(2024)], "does not name a candidate: 2024"),
        ([MODEL, own("flights")], "does not name a candidate: 'flights'"),
        ([MODEL, ROLLING, own("roling", "drift-reference")], "'roling' has no model; did you mean 'rolling'"),
        ([MODEL, ROLLING, own("rolling", "test-window")], "'rolling' has a test window of its own: other"),
        ([MODEL, ROLLING, own("rolling")], "have the type 'model': rolling, other"),
        ([MODEL, own("rolling", trusted_types=[])], "declares `trusted_types`, which holds for all"),
        ([MODEL, own("rolling", problem_type="regression")], "declares `problem_type`, which holds for all"),
        ([MODEL, own("rolling", group="account")], "declares `group`, which holds for all"),
        (
            [MODEL, *SHARED, ROLLING],
            "'rolling' has no reference profile of its own: 'ref' is that of another",
        ),
    ],
)
def test_candidate_with_an_invalid_declaration_is_refused(artifacts, message):
    with pytest.raises(ProjectError, match=message):
        check_candidates(pipeline(artifacts=artifacts))


def test_stage_that_makes_the_models_of_two_candidates_is_refused():
    together = dataclasses.replace(ROLLING, path="baseline")

    with pytest.raises(
        ProjectError, match=r"'train@all' makes the models of several candidates: 'flights', 'rol"
    ):
        check_candidates(pipeline(artifacts=(MODEL, together)))


def test_gate_that_reads_the_models_of_two_candidates_is_refused():
    both = stage("both", [MODEL.path, ROLLING.path], ["r/both"], gate="model")

    with pytest.raises(ProjectError, match="The gate 'both' depends on several candidates"):
        check_candidates(pipeline(both, artifacts=(MODEL, *SHARED, ROLLING, PROFILE)))
