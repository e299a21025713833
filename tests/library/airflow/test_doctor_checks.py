"""The doctor's checks that only a task can make."""

from __future__ import annotations

import json

import pytest

from trimtab.airflow.doctor_checks import check_connections, check_project


@pytest.fixture(autouse=True)
def _alerts(monkeypatch):
    monkeypatch.setenv("TRIMTAB_ALERTS", "chat, absent")
    monkeypatch.setenv("TRIMTAB_DOCS_URL", "https://docs.example.com")
    value = {"conn_type": "http", "host": "chat.example.com", "password": "https://hook/with-secret"}
    monkeypatch.setenv("AIRFLOW_CONN_CHAT", json.dumps(value))


def test_connection_that_does_not_exist_is_an_error_and_one_that_does_shows_no_secret():
    found = list(check_connections())

    assert [each.status for each in found] == ["ok", "error"]
    assert found[0].seen == "'chat', http to chat.example.com"
    assert "AIRFLOW_CONN_ABSENT" in found[1].fix


def test_nobody_to_alert_is_a_warning(monkeypatch):
    monkeypatch.setenv("TRIMTAB_ALERTS", "")
    assert [each.status for each in check_connections()] == ["warning"]


def test_alerts_without_the_address_of_their_runbooks_are_a_warning(monkeypatch):
    monkeypatch.setenv("TRIMTAB_ALERTS", "chat")
    monkeypatch.delenv("TRIMTAB_DOCS_URL")
    found = list(check_connections())
    assert [each.status for each in found] == ["ok", "warning"]
    assert "TRIMTAB_DOCS_URL is not set" in found[1].seen


def test_worker_without_the_project_is_an_error(project, tmp_path):
    assert [each.status for each in check_project(project().root)] == ["ok"]
    assert [each.status for each in check_project(tmp_path / "absent")] == ["error"]
