"""The candidates of a run, gathered from a pipeline that DVC has run."""

from __future__ import annotations

import dataclasses

import pytest

from tests.library.registry.candidate_projects import fail_gate, with_candidates
from trimtab.errors import GateError
from trimtab.registry import Candidate
from trimtab.registry.publishing.run_candidates import gather_candidates, model_stages


@pytest.fixture
def several(project, weak, strong_again):
    return with_candidates(project, weak, strong_again)


def gathered(project, **settings):
    return gather_candidates(project.root, project.graph, lineage={"reason": "r"}, publishers={}, **settings)


def test_project_without_candidates_has_one_candidate_unchanged(project):
    assert gathered(project) == [Candidate.gather(project.root, project.graph, lineage={"reason": "r"})]


def test_candidates_have_models_reports_and_keys_of_their_own(several):
    model, rolling, recent = gathered(several)

    assert [each.name for each in (model, rolling, recent)] == ["flights"] * 3
    assert len({each.key for each in (model, rolling, recent)}) == 3
    assert model.verdicts == {"validate_raw": "pass", "validate_model": "pass"}
    assert rolling.verdicts == {"validate_raw": "pass", "validate.rolling": "pass"}
    assert rolling.model.name == "rolling.skops"
    assert rolling.reference.name == "rolling.json"
    assert rolling.desc == "Learnt from rolling data"
    assert "candidate" not in model.lineage
    assert (rolling.lineage["candidate"], recent.lineage["candidate"]) == ("rolling", "recent")
    assert {path for path in rolling.files if path.startswith("reports/")} == {
        "reports/validate_raw",
        "reports/validate_rolling",
    }
    assert "model.roc_auc" in model.metrics
    assert "model.roc_auc" not in rolling.metrics, "measured by a stage of the model"


def test_candidates_do_not_change_the_content_key_of_the_model(several):
    alone = tuple(each for each in several.graph.stages if "@" not in each.name)
    artifacts = tuple(each for each in several.graph.artifacts if "candidate" not in each.meta)
    graph = dataclasses.replace(several.graph, stages=alone, artifacts=artifacts)

    before = Candidate.gather(several.root, graph, lineage={"reason": "r"})

    assert gathered(several)[0].key == before.key


def test_no_candidate_is_gathered_when_the_gate_of_one_has_failed(several):
    fail_gate(several, "validate_recent")

    with pytest.raises(GateError, match="Gate 'validate@recent' did not pass"):
        gathered(several)


def test_paths_name_what_all_candidates_are_gathered_from(several):
    assert {
        "models/flights.skops",
        "models/rolling.skops",
        "models/recent.json",
        "reports/validate_recent",
    } < {*Candidate.paths(several.graph)}


def test_training_time_is_that_of_the_stage_that_made_the_model_and_none_if_it_did_not_run(several):
    assert model_stages(several.graph) == {
        "": "train_model",
        "rolling": "train@rolling",
        "recent": "train@recent",
    }

    model, rolling, recent = gathered(several, seconds={"train@rolling": 2.5, "validate_raw": 1.0})

    assert (model.train_seconds, rolling.train_seconds, recent.train_seconds) == (None, 2.5, None)
