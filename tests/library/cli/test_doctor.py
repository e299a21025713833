"""The command `trimtab doctor`."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from trimtab.cli.main import cli
from trimtab.doctor import Finding


@pytest.fixture
def findings(project, monkeypatch):
    """Replace the checks of the machine by findings."""
    monkeypatch.chdir(project().root)
    monkeypatch.setattr("trimtab.local.doctor_checks.check_airflow", lambda root: [])
    monkeypatch.setattr("trimtab.local.doctor_checks.check_ports", lambda root: [])
    found: list[Finding] = []
    monkeypatch.setattr("trimtab.doctor.machine_checks", lambda root: {"all": lambda: found})
    return found


def test_exit_code_is_that_of_the_worst_finding(findings):
    findings.append(Finding("git", "ok", "2.40"))
    assert CliRunner().invoke(cli, ["doctor"]).exit_code == 0
    findings.append(Finding("disk", "error", "full", "free space"))
    shown = CliRunner().invoke(cli, ["doctor"])

    assert shown.exit_code == 2
    assert "to do: free space" in shown.output


def test_json_is_for_a_monitor(findings):
    findings.append(Finding("disk", "warning", "low", "free space"))

    shown = CliRunner().invoke(cli, ["doctor", "--json"])

    assert shown.exit_code == 1
    assert json.loads(shown.output)["status"] == "warning"
    assert json.loads(shown.output)["findings"][0]["fix"] == "free space"


def test_worker_without_an_airflow_is_refused_with_what_to_set(findings, monkeypatch):
    monkeypatch.delenv("TRIMTAB_AIRFLOW_URL", raising=False)

    shown = CliRunner().invoke(cli, ["doctor", "--from-worker"])

    assert shown.exit_code == 2
    assert "export TRIMTAB_AIRFLOW_URL=https://HOST" in " ".join(shown.output.split())
