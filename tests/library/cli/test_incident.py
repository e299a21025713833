"""`trimtab incident` and `trimtab postmortem`, as a user calls them."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from tests.library.incidents.conftest import *  # noqa: F403  fixtures
from tests.library.incidents.conftest import CAUSE, alert, passed
from trimtab.cli.main import cli
from trimtab.errors import RegistryError
from trimtab.incidents import join_incident, read_incident, record_pass


def call(*words: str) -> str:
    answer = CliRunner().invoke(cli, words, catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    return answer.output


@pytest.fixture
def opened(store, monkeypatch):
    """An open incident of a gate."""
    monkeypatch.delenv("TRIMTAB_AIRFLOW_URL", raising=False)
    return join_incident(CAUSE, alert())


def test_list_names_open_incidents_and_says_if_there_is_none(opened):
    assert opened.id in call("incident", "list")
    call("incident", "resolve", opened.id, "--override", "a test")
    assert "No incident is open" in call("incident", "list")
    assert opened.id in call("incident", "list", "--all")


def test_incident_from_the_alert_to_its_postmortem(opened, tmp_path):
    assert (
        "lead" in json.loads(call("incident", "note", CAUSE.key, "mine", "--role", "lead", "--json"))["roles"]
    )
    with pytest.raises(RegistryError, match="have not passed"):
        call("incident", "resolve", CAUSE.key)
    record_pass("training", "validate_raw", passed(), {"between of b", "not_null of a"})
    shown = json.loads(call("incident", "show", CAUSE.key, "--json"))
    assert shown["schema"] == "trimtab.incident/1"
    assert shown["recovery"]["run"] == "training/r2"
    assert "resolved" in call("incident", "resolve", CAUSE.key)
    assert "runbook: " in call("incident", "show", CAUSE.key)
    files = call("postmortem", CAUSE.key).split()
    assert files[0] == f"incidents/{opened.id}/incident.json"
    assert (tmp_path / files[1]).read_text().startswith("# Postmortem of ")


def test_role_that_does_not_exist_is_refused_before_anything_is_recorded(opened):
    answer = CliRunner().invoke(cli, ["incident", "note", opened.id, "x", "--role", "boss"])
    assert answer.exit_code == 2
    assert len(read_incident(opened.id).events) == 1


def test_command_without_a_server_says_what_to_set(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    with pytest.raises(RegistryError, match="address of the MLflow server is not set"):
        call("incident", "list")
