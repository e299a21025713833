"""The task that rolls back: its alerts."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from airflow.sdk import DAG

from tests.library.airflow.operators.promotions import ENTRY, end
from trimtab.airflow import RollBackOperator
from trimtab.errors import RegistryError


def test_alert_of_a_rollback_names_the_user_the_reason_and_the_version_before(posted, dag):
    end(dag, "roll_back", {"roll_back": ENTRY})
    (message,) = posted
    assert message["text"].startswith("flights is rolled back to version 1\nchampion before: version 3")
    for part in ("reason: complaints", "by: alice in rollback/r", "docs/alerts.md#model-rolled-back"):
        assert part in message["text"]


def test_rollback_without_an_earlier_champion_fails_and_switches_nothing(client, checkout):
    version = checkout.publish()
    client.set_registered_model_alias(checkout.name, "champion", str(version.version))
    with DAG("rollback"):
        task = RollBackOperator(task_id="roll_back", project=checkout.root)
    run = SimpleNamespace(triggering_user_name="alice")

    with pytest.raises(RegistryError):
        task.execute({"dag_run": run, "params": {"to": None, "reason": "complaints"}, "run_id": "r"})

    assert client.get_model_version_by_alias(checkout.name, "champion").version == str(version.version)
