"""The commands `trimtab models` and `trimtab models at`."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from trimtab.cli.main import cli


def models(*args: str) -> Result:
    return CliRunner().invoke(cli, ["models", "--model", "contenders", *args], catch_exceptions=False)


@pytest.fixture
def promoted(client, contenders, aliases):
    """Version 1 was promoted, then version 2."""
    for version, reason in (("1", "the first"), ("2", "it is better")):
        command = ["promote", version, "--model", "contenders", "--reason", reason]
        assert CliRunner().invoke(cli, command, catch_exceptions=False).exit_code == 0


def test_models_shows_the_versions_and_who_promoted_them_and_why(promoted):
    shown = models()
    assert shown.exit_code == 0
    assert "Versions of contenders" in shown.output
    assert "champion" in shown.output


def test_models_as_json_has_versions_ledger_and_problems(promoted):
    content = json.loads(models("--json").stdout)
    assert (content["model"], content["champion"], content["problems"]) == ("contenders", 2, [])
    assert [version["version"] for version in content["versions"]] == [3, 2, 1]
    assert [entry["reason"] for entry in content["ledger"]] == ["the first", "it is better"]


def test_models_exits_with_1_where_the_alias_differs_from_the_ledger(promoted, client):
    client.set_registered_model_alias("contenders", "champion", "3")
    shown = models("--json")
    assert shown.exit_code == 1
    problems = json.loads(shown.stdout)["problems"]
    assert any("the alias 'champion' points to version 3" in problem for problem in problems)


def test_models_at_a_date_before_the_first_promotion_names_no_version(promoted):
    shown = models("at", "2000-01-01")
    assert shown.stdout.splitlines()[0] == "by the clock: no model was live, by the ledger"


def test_models_at_a_date_as_json_has_the_ledger_entry_with_its_hash(promoted):
    found = json.loads(models("at", "2100-01-01", "--json").stdout)
    assert found["clock"]["champion"] == 2
    assert len(found["clock"]["hash"]) == 64


def test_models_at_what_is_no_date_is_refused():
    assert models("at", "yesterday").exit_code == 2
