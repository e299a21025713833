"""The texts of the alerts."""

from __future__ import annotations

import pytest
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG

from tests.library.airflow.notifications.conftest import context, task
from trimtab.airflow.notifications.alert_texts import (
    blocked_tasks,
    drift_alert,
    gate_alert,
    promotion_alert,
    task_failed_alert,
)


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


def promoted(**more):
    decision = {
        "promoted": True,
        "sentence": "Surely better",
        "model": "rides",
        "version": 3,
        "was": 2,
        "challenger_figures": {"roc_auc": 0.71},
        "champion_figures": {"roc_auc": 0.7},
        **more,
    }
    return promotion_alert(context(task()), decision, {"url": "", "reason": "schedule"}).facts


def test_alert_of_a_promotion_names_the_version_of_each_figure():
    facts = promoted()
    assert facts["metrics of version 3"] == "roc_auc 0.7100"
    assert facts["metrics of version 2"] == "roc_auc 0.7000"
    assert (facts["champion"], facts["champion before"]) == ("version 3", "version 2")


def test_alert_of_a_refusal_has_the_figures_of_the_version_that_stays_champion():
    facts = promoted(promoted=False)
    assert facts["champion"] == "version 2"
    assert facts["metrics of version 2"] == "roc_auc 0.7000"


def test_alert_of_the_first_promotion_has_no_figures_of_a_champion_before():
    facts = promoted(was=None, champion_figures={})
    assert not [label for label in facts if "None" in label]
    assert facts["metrics of version 3"] == "roc_auc 0.7100"


def test_alert_of_drift_has_the_figures_of_the_champion_that_scored_the_window():
    verdict = {
        "window": "2013-08",
        "champion": 4,
        "metric": "roc_auc",
        "window_figure": 0.61,
        "reference_figure": 0.72,
        "sentence": "Investigate: too few rows",
        "model": "rides",
    }
    alert = drift_alert(context(task()), verdict)
    assert alert.facts["champion"] == "version 4 of rides"
    assert alert.facts["its metric"] == "roc_auc in 2013-08: 0.6100; in its reference: 0.7200"
    assert "trimtab drift report --model rides --window 2013-08" in alert.facts["to do"]
    assert alert.subject == "rides"
    late = drift_alert(context(task()), {**verdict, "window_figure": None})
    assert "labels are delayed" in late.facts["its metric"]
