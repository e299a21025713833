"""Drift checks as tasks of Airflow: their alerts, and the code that they execute."""

from __future__ import annotations

from pathlib import Path

import pytest
from airflow.sdk import DAG

from trimtab.airflow import DvcDag, MeasureDriftOperator
from trimtab.errors import ConfigError
from trimtab.params_file import load_yaml
from trimtab.pipeline.git.revision import pin_revision
from trimtab.pipeline.graph.project import Project
from trimtab.pipeline.record.record import record_run

VERDICT = {
    "champion": 4,
    "metric": "roc_auc",
    "window_figure": None,
    "reference_figure": 0.72,
    "model": "rides",
    "window": "2013-06",
    "sentence": "Investigate: all outcomes are 0.",
    "decision": "investigate",
}


def alert_of(decision: str, *, failed: bool = False, **more: object):
    class Instance:
        dag_id, task_id = "drift_check", "measure"

        def xcom_pull(self, **which):
            return {**VERDICT, "decision": decision}

    with DAG("drift_check") as dag:
        task = MeasureDriftOperator(task_id="measure", project=Path("/"), windows="data", training="training")
    context = {"task": task, "dag": dag, "run_id": "manual__1", "ti": Instance(), **more}
    return task.alert(context, failed=failed)


def test_verdict_investigate_sends_an_alert_with_its_reason():
    alert = alert_of("investigate")

    assert (alert.kind, alert.facts["found"]) == ("drift to look at", VERDICT["sentence"])
    assert "2013-06" in alert.title
    assert "--window 2013-06" in alert.text()
    assert alert.facts["champion"] == "version 4 of rides"


@pytest.mark.parametrize("decision", ["none", "watch", "retrain"])
def test_any_other_verdict_sends_no_alert(decision):
    assert alert_of(decision) is None


def test_drift_check_that_fails_sends_the_alert_of_any_task():
    alert = alert_of("none", failed=True, exception=ValueError("no champion"))

    assert (alert.kind, alert.facts["error"]) == ("task failed", "no champion")


def test_rule_that_only_the_record_names_is_refused_and_not_executed(client, checkout):
    # given a record whose params.yaml names code that the checkout does not
    root, params = checkout.root, checkout.root / "params.yaml"
    ran, declared = root.parent / "ran", params.read_text()
    (root / "shop_drift.py").write_text(f"open({str(ran)!r}, 'w')\ndef stock(*_): ...\n")
    params.write_text(declared.replace("drift: {", "drift: {rules: [{rule: 'shop_drift:stock'}], "))
    revision, graph = pin_revision(root), Project(root).graph()
    record = record_run(root, revision, graph, load_yaml(root / "dvc.lock")["stages"], name="drift-r/1")
    params.write_text(declared)
    with DvcDag("drift_check", project=root) as dag:
        task = MeasureDriftOperator(
            task_id="measure", project=root, windows="reports/plots", training="training"
        )
        dag.record >> task

    class Instance:
        dag_id = "drift_check"

        def xcom_pull(self, *, task_ids):
            return record.to_dict()

    with pytest.raises(ConfigError, match="'shop_drift:stock', which is not declared in the checkout"):
        task.execute({"ti": Instance(), "run_id": "r/1"})
    assert not ran.exists()
