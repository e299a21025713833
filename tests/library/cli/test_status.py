"""`trimtab status`; the tests of `trimtab.control_room` have what it shows."""

from __future__ import annotations

from click.testing import CliRunner

from trimtab.cli.main import cli


def test_status_without_a_server_says_what_to_set(monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    answer = CliRunner().invoke(cli, ["status", "--model", "rides"])
    assert answer.exit_code != 0
    assert "MLFLOW_TRACKING_URI" in f"{answer.exception} {answer.output}"
