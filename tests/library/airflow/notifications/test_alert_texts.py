"""The texts of the alerts."""

from __future__ import annotations

import pytest
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG

from tests.library.airflow.notifications.conftest import context, task
from trimtab.airflow.notifications.alert_texts import blocked_tasks, gate_alert, task_failed_alert


def test_alert_of_a_killed_task_has_no_error_and_a_long_error_is_cut():
    assert "killed" in task_failed_alert(context(task(EmptyOperator))).facts["error"]
    long = task_failed_alert(context(task(EmptyOperator), exception=ValueError("x" * 10_000)))
    assert len(long.text()) < 3000


@pytest.mark.parametrize(
    ("verdict", "kind", "blocks", "fix"),
    [
        ("warn", "gate warned", "nothing, the pipeline goes on", "`dvc repro validate`"),
        ("fail", "gate failed", "train", "`dvc repro validate`"),
        ("error", "gate error", "train", "says nothing about the data or the model"),
    ],
)
def test_alert_of_a_gate_says_what_is_blocked_and_what_to_do(verdict, kind, blocks, fix):
    alert = gate_alert(context(task()), gate="data", stage="validate", verdict=verdict, report={}, since="")
    assert (alert.kind, alert.facts["blocks"]) == (kind, blocks)
    assert alert.title.startswith("flights: data gate 'validate' ")
    assert fix in alert.facts["to do"]


def test_alert_of_a_gate_links_its_report_only_if_there_is_one():
    about = {"gate": "model", "stage": "validate", "verdict": "fail", "since": ""}
    report = {"verdict": "fail", "declared": 1, "failed": 1, "checks": []}
    assert "report" not in gate_alert(context(task()), report={}, **about).links
    assert (
        gate_alert(context(task()), report=report, **about)
        .links["report"]
        .endswith("/trimtab/reports/flights/manual__2026-11-24/judge")
    )


def test_alert_of_a_failed_stage_names_the_command_for_a_laptop():
    alert = task_failed_alert(context(task(stage="train@a"), exception=ValueError("no rows")))
    assert alert.title == "flights: 'train@a' failed"
    assert alert.facts["error"] == "no rows"
    assert "`dvc repro train@a`" in alert.facts["to do"]


def test_blocked_tasks_are_the_first_ten_and_the_number_of_the_others():
    with DAG("wide") as dag:
        first = EmptyOperator(task_id="first")
        first >> [EmptyOperator(task_id=f"t{number:02}") for number in range(13)]
    blocked = blocked_tasks({"task": first, "dag": dag})
    assert blocked.startswith("t00, t01, ")
    assert blocked.endswith("t09 and 3 more")


def test_no_task_is_blocked_by_the_last_one():
    with DAG("short") as dag:
        last = EmptyOperator(task_id="last")
    assert blocked_tasks({"task": last, "dag": dag}) == "nothing"
