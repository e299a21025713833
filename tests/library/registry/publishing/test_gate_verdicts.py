"""The verdicts of the gates that vouch for a candidate."""

from __future__ import annotations

import dataclasses
import json
import shutil

import pytest

from trimtab.errors import GateError
from trimtab.registry import Candidate


@pytest.mark.parametrize("gate", ["validate_raw", "validate_model"])
@pytest.mark.parametrize("verdict", ["fail", "error", None, "PASS"])
def test_candidate_is_refused_when_a_gate_did_not_pass(project, gate, verdict):
    project.report(gate, verdict=verdict)

    with pytest.raises(GateError, match=f"'{gate}' did not pass"):
        project.gather()


def test_candidate_is_accepted_when_a_gate_warns(project):
    project.report("validate_model", verdict="warn")
    project.repro()

    assert project.gather().verdicts["validate_model"] == "warn"


def test_candidate_is_refused_when_a_gate_report_is_missing(project):
    shutil.rmtree(project.root / "reports/validate_raw")

    with pytest.raises(GateError, match="'validate_raw' has no reports"):
        project.gather()


@pytest.mark.parametrize("changes", [{"evaluated": 0}, {"evaluated": None}, {"schema": "another"}])
def test_candidate_is_refused_when_a_gate_report_has_no_check(project, changes):
    project.report("validate_model", **changes)

    with pytest.raises(GateError, match="no check"):
        project.gather()


@pytest.mark.parametrize("content", ["", "[]", "{", "null", '{"verdict": "pass"}'])
def test_candidate_is_refused_when_a_gate_report_is_empty_or_broken(project, content):
    (project.root / "reports/validate_model/report.json").write_text(content)

    with pytest.raises(GateError, match="validate_model"):
        project.gather()


def with_gates(project, **kinds):
    """The pipeline with gates of other kinds; none of a kind ``None``."""
    stages = tuple(
        dataclasses.replace(stage, meta={"trimtab": {"gate": kinds[stage.name]}} if kinds[stage.name] else {})
        if stage.name in kinds
        else stage
        for stage in project.graph.stages
    )
    return dataclasses.replace(project.graph, stages=stages)


@pytest.mark.parametrize("kinds", [{"validate_model": None}, {"validate_model": None, "validate_raw": None}])
def test_candidate_is_refused_when_no_gate_checks_the_model(project, kinds):
    with pytest.raises(GateError, match="No model gate checks"):
        Candidate.gather(project.root, with_gates(project, **kinds), lineage={})


def test_candidate_is_refused_when_the_only_model_gate_is_unrelated_to_the_model(project):
    graph = dataclasses.replace(
        project.graph, edges=tuple(edge for edge in project.graph.edges if edge[1] != "validate_model")
    )

    with pytest.raises(GateError, match=r"checks .*gates are: 'validate_raw' \(data\), 'validate_model'"):
        Candidate.gather(project.root, graph, lineage={})


def test_candidate_is_refused_when_a_gate_has_the_report_of_another_kind(project):
    path = project.root / "reports/validate_model/report.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "gate": "data"}))

    with pytest.raises(GateError, match="is a model gate, but has the report of another: 'data'"):
        project.gather()


@pytest.mark.parametrize(
    ("checks", "tag"),
    [
        ([{"name": "fairness selection", "passed": False}, {"name": "roc_auc", "passed": True}], "failed"),
        ([{"name": "fairness selection", "passed": True}, {"name": "roc_auc", "passed": False}], "passed"),
        ([{"name": "roc_auc", "passed": False}], None),
    ],
)
def test_lineage_says_whether_the_fairness_checks_of_the_gates_passed(project, checks, tag):
    project.report("validate_model", checks=checks, verdict="warn")
    project.repro()

    assert project.gather().lineage.get("fairness") == tag
