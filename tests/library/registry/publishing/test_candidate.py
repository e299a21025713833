from __future__ import annotations

import json
import shutil

import pytest

from trimtab.errors import ProjectError
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


def test_candidate_lineage_has_the_data_window_of_the_artifact_meta(project):
    declared = project.declare("model", meta={"trusted_types": [], "data_window": "until 2013-06-01"})

    candidate = Candidate.gather(project.root, declared.graph, lineage={})

    assert candidate.lineage["data_window"] == "until 2013-06-01"


def test_candidate_without_a_reference_profile_is_accepted(project):
    assert project.declare("drift-reference", type="other").gather().reference is None


def test_candidate_is_refused_when_the_file_of_an_artifact_is_missing(project):
    (project.root / "models/flights.skops").unlink()

    with pytest.raises(ProjectError, match="does not exist"):
        project.gather()


def test_candidate_is_refused_when_a_stage_has_not_run(project):
    lock = project.root / "dvc.lock"
    lock.write_text(lock.read_text().replace("  validate_model:", "  renamed:"))

    with pytest.raises(ProjectError, match="have not run: validate_model"):
        project.gather()
