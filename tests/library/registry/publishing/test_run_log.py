"""The MLflow run of a candidate."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import platform
import re
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd

from trimtab.registry import publish
from trimtab.registry.provenance.content_hashes import content_hasher
from trimtab.registry.publishing.run_log import LONGEST_TEXT, tags_of


def test_version_has_tags_description_metrics_and_data_sets(client, published, template):
    version = published

    assert (version.name, version.version, version.created) == ("published", 1, True)
    held = client.get_model_version("published", "1")
    assert held.tags == version.tags
    assert held.tags["trimtab.git_revision"] == "4f1c2d3"
    assert held.tags["trimtab.data_window"] == "2013-01-01..2013-04-01"
    assert json.loads(held.tags["trimtab.gates"]) == {"validate_raw": "pass", "validate_model": "pass"}
    assert held.tags["trimtab.problem_type"] == "binary"
    assert len(held.tags["trimtab.lock_hash"]) == 64
    assert "Late or not?" in held.description
    assert "- data window: 2013-01-01..2013-04-01" in held.description
    run = client.get_run(version.run_id)
    assert run.info.status == "FINISHED"
    assert run.data.params["train.c"] == "0.001"
    assert run.data.params["train.weights.w100"] == "100"
    assert run.data.metrics == version.metrics
    assert run.data.metrics["model.roc_auc"] == 0.81
    assert run.data.tags["trimtab.key"] == version.key
    assert run.data.metrics["model_bytes"] == (template.root / "models/flights.skops").stat().st_size
    assert f"- model: {run.data.metrics['model_bytes']:,.0f} bytes" in held.description
    read = [
        (held.dataset.name, held.dataset.digest, held.dataset.source_type)
        for held in run.inputs.dataset_inputs
    ]
    with content_hasher(template.root) as hasher:
        assert read == [("reports/validate_raw", hasher.hash("reports/validate_raw"), "dvc")]


def test_run_has_the_files_under_their_paths_in_the_project(client, published, template):

    for path in [
        "dvc.lock",
        "params.yaml",
        "models/reference.json",
        "reports/plots/roc.csv",
        "reports/validate_raw/report.html",
        "reports/validate_model/report.json",
    ]:
        held = mlflow.artifacts.download_artifacts(run_id=published.run_id, artifact_path=path)
        assert Path(held).read_bytes() == (template.root / path).read_bytes()


def test_run_has_each_step_of_the_training_history(client, published):
    def history(metric):
        found = client.get_metric_history(published.run_id, f"learning_curve.{metric}")
        return [(point.step, point.value) for point in found]

    assert history("loss") == [(1, 0.6), (2, 0.5), (3, 0.4)]
    assert history("test_loss") == [(1, 0.61), (3, 0.55)]


def test_run_has_all_steps_of_a_training_history_longer_than_one_request(client, project):
    rows = "".join(f"{step},{1 / step}\n" for step in range(1, 1102))
    (project.root / "made/plots/learning_curve.csv").write_text(f"step,loss\n{rows}")
    project.repro()

    version = publish(project.gather())

    history = client.get_metric_history(version.run_id, "learning_curve.loss")
    assert [point.step for point in history] == list(range(1, 1102))


def test_run_has_the_installed_packages(client, published):

    held = mlflow.artifacts.load_text(f"runs:/{published.run_id}/environment.txt")

    assert hashlib.sha256(held.encode()).hexdigest() == published.tags["trimtab.environment_sha256"]
    first, *packages = held.splitlines()
    assert first.startswith(f"# Python {platform.python_version()}")
    assert f"mlflow=={mlflow.__version__}" in packages
    assert packages == sorted(packages, key=lambda line: line.partition("==")[0])
    assert all(re.fullmatch(r"[a-z0-9-]+==[^\s/]+", package) for package in packages), (
        "no place, no credential"
    )


def test_registered_model_gives_the_scores_of_the_model_file(client, published, template, strong):
    window = pd.read_parquet(template.test)
    expected = strong.predict_proba(window.drop(columns="late"))

    held = mlflow.pyfunc.load_model("models:/published/1")
    plain = mlflow.sklearn.load_model("models:/published/1")

    assert np.array_equal(held.predict(window.drop(columns="late")), expected)
    assert np.array_equal(plain.predict_proba(window), expected)
    assert held.metadata.get_input_schema().input_names() == ["carrier", "distance", "hour"]


def test_tags_of_a_candidate_have_the_prefix_and_are_cut_off_at_the_longest_text(template):
    candidate = dataclasses.replace(template.gather(), lineage={"reason": "x" * (LONGEST_TEXT + 1)})

    tags = tags_of(candidate)

    assert all(name.startswith("trimtab.") for name in tags)
    assert len(tags["trimtab.reason"]) == LONGEST_TEXT
    assert tags["trimtab.reference"] == "models/reference.json"
    assert "trimtab.reference" not in tags_of(dataclasses.replace(candidate, reference=None))


def test_tag_of_more_gates_than_fit_names_those_that_did_not_pass(template):
    verdicts = {f"validate_{number:04}": "pass" for number in range(1000)} | {"validate_model": "warn"}

    tag = tags_of(dataclasses.replace(template.gather(), verdicts=verdicts))["trimtab.gates"]

    assert json.loads(tag) == {"(1000 others)": "pass", "validate_model": "warn"}
