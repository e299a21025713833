"""Gate reports and metrics of a version, compared with its lock entries."""

from __future__ import annotations

import json

import pytest

from tests.library.dossier.conftest import NAME
from trimtab.dossier.evidence import read_evidence
from trimtab.errors import RegistryError

FOLDER = "reports/validate_model"


def test_gate_has_the_hash_of_its_report_and_of_its_folder(evidence, checkout):
    gate = evidence.gates[-1]
    assert [source.kind for source in gate.sources] == ["gate report", "DVC hash"]
    assert gate.sources[1].hash.endswith(".dir")
    assert gate.sources[1].hash in (checkout.root / "dvc.lock").read_text()


def test_metrics_file_has_its_numbers_and_its_dvc_hash(evidence, checkout):
    (metrics,) = evidence.metrics
    assert metrics.values == {"model.roc_auc": 0.81, "model.rows": 300.0, "baseline.roc_auc": 0.7}
    assert metrics.sources[0].hash in (checkout.root / "dvc.lock").read_text()


def test_report_that_was_changed_in_mlflow_is_refused(checkout, client, tmp_path):
    run_id = client.get_model_version(NAME, "1").run_id
    original = (checkout.root / FOLDER / "report.json").read_text()
    changed = tmp_path / "report.json"
    changed.write_text(json.dumps({**json.loads(original), "verdict": "pass", "checks": []}))
    client.log_artifact(run_id, str(changed), FOLDER)
    try:
        with pytest.raises(RegistryError, match=f"{FOLDER} is missing or has changed"):
            read_evidence(checkout.root, NAME, 1)
    finally:
        changed.write_text(original)
        client.log_artifact(run_id, str(changed), FOLDER)


def test_file_that_was_added_to_a_report_in_mlflow_is_refused(checkout, client, database, tmp_path):
    run_id = client.get_model_version(NAME, "1").run_id
    (tmp_path / "more.txt").write_text("more")
    client.log_artifact(run_id, str(tmp_path / "more.txt"), "reports/validate_raw")
    try:
        with pytest.raises(RegistryError, match="reports/validate_raw is missing or has changed"):
            read_evidence(checkout.root, NAME, 1)
    finally:
        for file in (database.parent / "artifacts").rglob("more.txt"):
            file.unlink()
