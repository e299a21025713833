"""The command `trimtab drift report`: verdicts from MLflow."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from tests.library.registry.drifting import arrive, check, declare
from trimtab.cli.main import cli
from trimtab.errors import RegistryError


@pytest.fixture(scope="module")
def checked(server, published):
    """Check two windows, and return the result of the newest."""
    project = published("judged")
    declare(project, max_age=2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", server)
        for month in ("2013-05", "2013-06"):
            arrive(project, month)
            newest = check(project)
    return newest


def report(*args, folder):
    with CliRunner().isolated_filesystem(folder):
        return CliRunner().invoke(
            cli, ["drift", "report", "--model", "judged", *args], catch_exceptions=False
        )


def test_report_command_lists_verdicts_as_a_table(client, checked, tmp_path):
    lines = report(folder=tmp_path).stdout.splitlines()

    assert lines[0].startswith("window   version")
    assert [line.split()[:3] for line in lines[1:3]] == [
        ["2013-05", "1", "none"],
        ["2013-06", "1", "retrain"],
    ]
    assert "pending" in lines[2]
    assert "max_age" in lines[2]


def test_report_command_saves_the_report_on_a_window(client, checked, tmp_path):
    done = report("--window", "2013-06", "--out", str(tmp_path / "again"), folder=tmp_path)

    assert done.stdout.splitlines() == [checked.sentence, str(tmp_path / "again" / "report.html")]
    assert json.loads((tmp_path / "again" / "verdict.json").read_text())["decision"] == "retrain"
    assert "2013-06" in (tmp_path / "again" / "report.html").read_text()


def test_report_command_refuses_a_window_without_verdict(client, checked, tmp_path):
    with pytest.raises(RegistryError, match="no verdict on '2013-6'; did you mean '2013-06'"):
        report("--window", "2013-6", folder=tmp_path)
