"""The commands `trimtab otel rules`, `dashboard` and `metrics`, on the example."""

from __future__ import annotations

import json

import yaml
from click.testing import CliRunner

from trimtab.cli.main import cli


def test_rules_and_dashboard_have_the_bounds_of_params_yaml():
    shown = CliRunner().invoke(cli, ["otel", "rules", "--docs", "https://d"], catch_exceptions=False)
    rules = yaml.safe_load(shown.output)["groups"][0]["rules"]
    assert [rule["expr"][-4:] for rule in rules if rule["labels"].get("rule") == "max_score_psi"] == [" 0.5"]

    shown = CliRunner().invoke(cli, ["otel", "dashboard", "--pipeline", "nightly"], catch_exceptions=False)
    assert json.loads(shown.output)["panels"]
    assert 'trimtab_pipeline=\\"nightly\\"' in shown.output


def test_metrics_are_a_table():
    shown = CliRunner().invoke(cli, ["otel", "metrics"], catch_exceptions=False)
    assert "| `trimtab.run.duration` | histogram | `s` |" in shown.output
