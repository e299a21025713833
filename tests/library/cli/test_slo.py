"""`trimtab slo` on a real MLflow."""

from __future__ import annotations

import json
import time

import pytest
from click.testing import CliRunner

from trimtab.cli.main import cli
from trimtab.registry import find_champion
from trimtab.registry.ledger import Ledger

SLO = "slo:\n  quality: {objective: 0.5, period_windows: 2, max_drop: 0.1}\n"
DAY = 86_400_000


def call(*args: str, **settings):
    return CliRunner().invoke(cli, args, catch_exceptions=False, **settings)


def declare(checkout, text: str = SLO) -> None:
    with (checkout.root / "params.yaml").open("a") as params:
        params.write(text)


def log_drop(client, name: str, window: str, drop: float) -> None:
    """Log what a drift check logs."""
    found = client.get_experiment_by_name(f"{name}-drift")
    experiment = found.experiment_id if found else client.create_experiment(f"{name}-drift")
    tags = {"window": window, "champion": "1", "decision": "none", "metric": "roc_auc"}
    run = client.create_run(experiment, tags={f"trimtab.{key}": value for key, value in tags.items()})
    client.log_metric(run.info.run_id, "metric_drop", drop)
    client.set_terminated(run.info.run_id)


@pytest.fixture
def live(client, checkout):
    """A project with an objective, whose first version is champion."""
    declare(checkout)
    assert call("publish", "--promote").exit_code == 0
    return checkout


def test_spent_budget_freezes_until_a_person_unfreezes(client, live, weak, strong_again):
    log_drop(client, live.name, "2024-01", 0.5)
    time.sleep(1.1)  # the ledger and the drift log have seconds

    shown = call("slo")
    assert shown.exit_code == 2
    assert "Act now" in shown.stdout
    assert f"Automatic promotion of '{live.name}' is frozen" in shown.stdout
    assert "2024-01: roc_auc is worse by 0.5, more than 0.1" in shown.stdout

    live.put(weak)
    live.repro()
    answered = call("publish", "--promote", "--reason", "again")
    assert "not promoted" in answered.stdout
    assert find_champion(live.name).version == 1

    kept = call("slo", "unfreeze", "--reason", "the source sends data again")
    assert kept.exit_code == 0
    assert "kept" in kept.stdout
    assert "by alice: the source sends data again" in kept.stdout
    last = Ledger.read(client, live.name).last
    assert (last.how, last.by, last.person) == ("kept", "alice", True)
    after = json.loads(call("slo", "--json").stdout)["models"][0]
    assert (after["frozen"], after["objectives"][0]["spent"]) == ("", True)

    time.sleep(1.1)  # as above
    log_drop(client, live.name, "2024-02", 0.5)
    assert json.loads(call("slo", "--json").stdout)["models"][0]["frozen"]


def test_objectives_that_are_met_exit_with_0_and_have_a_schema(client, live):
    log_drop(client, live.name, "2024-01", 0.0)
    shown = call("slo", "--json")
    content = json.loads(shown.stdout)
    (model,) = content["models"]
    assert (shown.exit_code, content["schema"], model["health"]) == (0, "trimtab.slo/1", "ok")
    assert model["objectives"][0]["remaining"] == 1.0
    assert "All objectives are met" in call("slo").stdout
    assert json.loads(call("status", "--json").stdout)["models"][0]["slo"] == {
        key: value for key, value in model.items() if key != "health"
    }


def test_objectives_that_were_never_measured_exit_with_1(live):
    shown = call("slo")
    assert shown.exit_code == 1
    assert "The quality was not measured yet." in shown.stdout


def test_project_without_objectives_says_so(client, checkout):
    assert call("publish", "--promote").exit_code == 0
    shown = call("slo")
    assert (shown.exit_code, "declares no objective" in shown.stdout) == (0, True)


def test_unfreeze_acts_on_the_model_that_the_group_names(client, live):
    refused = CliRunner().invoke(cli, ["slo", "--model", "nosuch", "unfreeze", "--reason", "r"])
    assert "nosuch" in str(refused.exception)
    assert Ledger.read(client, live.name).last.how == "promoted"


def test_unfreeze_without_a_reason_is_refused(live):
    assert call("slo", "unfreeze").exit_code == 2
