"""What a drift check tells whoever is on call."""

from __future__ import annotations

from pathlib import Path

import pytest
from airflow.sdk import DAG

from trimtab.airflow import MeasureDriftOperator

VERDICT = {"window": "2013-06", "sentence": "Investigate: all outcomes are 0.", "decision": "investigate"}


def told(decision: str, *, failed: bool = False, **more: object):
    class Instance:
        dag_id, task_id = "drift_check", "measure"

        def xcom_pull(self, **which):
            return {**VERDICT, "decision": decision}

    with DAG("drift_check") as dag:
        task = MeasureDriftOperator(task_id="measure", project=Path("/"), windows="data", training="training")
    context = {"task": task, "dag": dag, "run_id": "manual__1", "ti": Instance(), **more}
    return task.alert(context, failed=failed)


def test_a_verdict_for_a_person_is_told_with_its_reason():
    alert = told("investigate")

    assert (alert.kind, alert.facts["found"]) == ("drift to look at", VERDICT["sentence"])
    assert "2013-06" in alert.title
    assert "--window 2013-06" in alert.text()


@pytest.mark.parametrize("decision", ["none", "watch", "retrain"])
def test_any_other_verdict_is_silent(decision):
    assert told(decision) is None


def test_a_check_that_fails_is_told_like_any_task():
    alert = told("none", failed=True, exception=ValueError("no champion"))

    assert (alert.kind, alert.facts["error"]) == ("task failed", "no champion")
