"""The alerts of a drift check."""

from __future__ import annotations

from pathlib import Path

import pytest
from airflow.sdk import DAG

from trimtab.airflow import MeasureDriftOperator

VERDICT = {"window": "2013-06", "sentence": "Investigate: all outcomes are 0.", "decision": "investigate"}


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


@pytest.mark.parametrize("decision", ["none", "watch", "retrain"])
def test_any_other_verdict_sends_no_alert(decision):
    assert alert_of(decision) is None


def test_drift_check_that_fails_sends_the_alert_of_any_task():
    alert = alert_of("none", failed=True, exception=ValueError("no champion"))

    assert (alert.kind, alert.facts["error"]) == ("task failed", "no champion")
