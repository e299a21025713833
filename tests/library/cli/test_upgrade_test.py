"""`trimtab upgrade-test` wants at least one version; what a trial does is tested with the template."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from trimtab.cli import upgrade_test
from trimtab.cli.main import cli
from trimtab.template import TRIAL_PACKAGES


def test_call_without_a_version_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    result = CliRunner().invoke(cli, ["upgrade-test"])

    assert result.exit_code == 2
    assert "give --airflow, --dvc or --mlflow" in result.output


def test_each_option_names_a_package() -> None:
    options = {option.name for option in upgrade_test.upgrade_test.params}
    assert options == {*TRIAL_PACKAGES, "as_json"}
