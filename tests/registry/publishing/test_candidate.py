from __future__ import annotations

import dataclasses
import json
import shutil

import pytest

from trimtab.errors import GateError, ProjectError
from trimtab.registry import Candidate


def test_candidate_has_everything_that_the_project_declares(project):
    candidate = project.gather()

    assert candidate.model == project.root / "models/flights.skops"
    assert candidate.input_example == project.root / "models/input_example.parquet"
    assert candidate.reference == project.root / "models/reference.json"
    assert candidate.desc == "Late or not?"
    assert candidate.params["train.c"] == 0.001
    assert candidate.params["train.weights.w100"] == 100
    assert "promote.metric" not in candidate.params, "no stage depends on it"
    assert candidate.metrics["model.roc_auc"] == 0.81
    assert candidate.metrics["validate_model.failed"] == 0
    assert candidate.verdicts == {"validate_raw": "pass", "validate_model": "pass"}
    assert set(candidate.files) == {
        "dvc.lock",
        "params.yaml",
        "models/reference.json",
        "reports/metrics.json",
        "reports/plots",
        "reports/validate_model",
        "reports/validate_raw",
    }


def test_candidate_has_each_step_of_the_training_history(project):
    assert project.gather().curves == {
        "learning_curve.loss": ((1, 0.6), (2, 0.5), (3, 0.4)),
        "learning_curve.test_loss": ((1, 0.61), (3, 0.55)),
    }


@pytest.mark.parametrize(
    "content",
    ["", "step,loss\n1,low\n", "step,loss\n0.5,1\n", "step,loss\n1\n"],
    ids=["empty", "no number", "half a step", "cut off"],
)
def test_training_history_with_another_format_is_refused(project, content):
    (project.root / "made/plots/learning_curve.csv").write_text(content)
    project.repro()

    with pytest.raises(ProjectError, match=r"training history cannot be read[\s\S]*integers in the first"):
        project.gather()


def test_paths_names_every_output_that_gather_reads(project):
    # given a checkout with nothing of the outputs but those
    bare = project.root.parent / "bare"
    for path in [*Candidate.paths(project.graph), "dvc.lock", "params.yaml", ".dvc", "made"]:
        source, target = project.root / path, bare / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)

    candidate = Candidate.gather(bare, project.graph, lineage={})

    assert candidate.key == project.gather().key


def test_candidate_key_is_the_same_for_the_same_content_in_another_folder(project, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(project.root, elsewhere)

    other = Candidate.gather(elsewhere, project.graph, lineage={"dag_run": "another"})

    assert other.key == project.gather().key


def test_candidate_key_differs_for_other_content(project, weak):
    before = project.gather().key
    project.put(weak)
    project.repro()

    assert project.gather().key != before


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


def test_candidate_is_refused_when_a_gate_report_was_edited(project):
    # given a gate that failed, whose report somebody turned into a pass
    project.report("validate_model", verdict="fail")
    project.repro()
    report = project.root / "reports/validate_model/report.json"
    report.write_text(json.dumps({**json.loads(report.read_text()), "verdict": "pass"}))

    with pytest.raises(ProjectError, match="reports/validate_model is missing or has changed"):
        project.gather()


def test_candidate_is_refused_when_the_model_is_newer_than_its_gate_report(project, weak):
    # given a retrained model beside the report on the one before
    project.put(weak)
    project.repro("train")

    with pytest.raises(ProjectError, match=r"evaluate ran on another models/flights\.skops"):
        project.gather()


def test_candidate_is_refused_when_a_param_changed_since_the_run(project):
    params = project.root / "params.yaml"
    params.write_text(params.read_text().replace("c: 1e-3", "c: 2"))

    with pytest.raises(ProjectError, match=r"param train.c was 0.001, is 2"):
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


@pytest.mark.parametrize("type_", ["model", "input-example"])
def test_candidate_is_refused_with_the_line_to_add_when_an_artifact_is_not_declared(project, type_):
    with pytest.raises(ProjectError, match=f"type: {type_}"):
        project.declare(type_, type="other").gather()


def test_candidate_lineage_has_the_data_window_of_the_artifact_meta(project):
    declared = project.declare("model", meta={"trusted_types": [], "data_window": "until 2013-06-01"})

    candidate = Candidate.gather(project.root, declared.graph, lineage={})

    assert candidate.lineage["data_window"] == "until 2013-06-01"


def test_candidate_without_a_reference_profile_is_accepted(project):
    assert project.declare("drift-reference", type="other").gather().reference is None


def test_candidate_is_refused_when_two_artifacts_have_the_type_model(project):
    with pytest.raises(ProjectError, match="Several artifacts"):
        project.declare("drift-reference", type="model").gather()


def test_candidate_is_refused_when_the_file_of_an_artifact_is_missing(project):
    (project.root / "models/flights.skops").unlink()

    with pytest.raises(ProjectError, match="does not exist"):
        project.gather()


def test_candidate_is_refused_when_a_stage_has_not_run(project):
    lock = project.root / "dvc.lock"
    lock.write_text(lock.read_text().replace("  validate_model:", "  renamed:"))

    with pytest.raises(ProjectError, match="have not run: validate_model"):
        project.gather()


@pytest.mark.parametrize("name", ["sub/flights", "flights' or name = 'x", "a:b", "50%"])
def test_candidate_is_refused_when_mlflow_does_not_accept_its_name(project, name):
    with pytest.raises(ProjectError, match="does not accept"):
        project.declare("model", name=name).gather()
