"""`trimtab report delivery` on a real MLflow and a real repository."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from trimtab.cli.main import cli


def call(*args: str):
    return CliRunner().invoke(cli, args, catch_exceptions=False)


def test_delivery_figures_of_a_new_model_are_honest_about_their_number(client, checkout):
    assert call("publish", "--promote").exit_code == 0
    shown = call("report", "delivery")
    assert shown.exit_code == 0
    assert "too few deployments (1) for a trend" in shown.stdout
    content = json.loads(call("report", "delivery", "--json").stdout)
    assert content["schema"] == "trimtab.report-delivery/1"
    assert (content["deployments"], content["failed"], content["lead_time"]["count"]) == (1, 0, 1)


@pytest.mark.parametrize("days", ["0", "-3", "nan", "1e9", "soon"])
def test_period_that_is_none_is_refused(days):
    assert call("report", "delivery", "--days", days).exit_code == 2
