"""The versions of a model and the history of its champions."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from tests.library.registry.fixtures import STRONG, STRONG_AGAIN, WEAK
from trimtab.cli.main import cli
from trimtab.errors import RegistryError
from trimtab.registry.promotion.champion_history import read_history

NAME = "contenders"


def test_models_command_exit_code_is_one_when_the_alias_differs_from_the_ledger(client, live):
    client.set_registered_model_alias(NAME, "champion", str(STRONG_AGAIN))

    done = CliRunner().invoke(cli, ["models", "--model", NAME])

    assert done.exit_code == 1
    assert "points to version 3, the ledger's last entry to version 2" in done.output.replace("\n", " ")


def test_history_of_an_unknown_model_names_the_closest_match(live):
    with pytest.raises(RegistryError, match="did you mean 'contenders'"):
        CliRunner().invoke(cli, ["models", "--model", "contender"], catch_exceptions=False)


def test_history_has_the_versions_newest_first_and_each_span_of_the_ledger(live):
    history = read_history(NAME)

    assert [version.version for version in history.versions] == [STRONG_AGAIN, STRONG, WEAK]
    assert history.versions[1].aliases == ("champion",)
    first, second = history.spans
    assert (first[0].champion, first[1]) == (WEAK, second[0].at)
    assert (second[0].champion, second[1]) == (STRONG, None)
    assert history.problems == ()


def test_history_as_dict_is_json_that_names_the_champion(live):
    content = json.loads(json.dumps(read_history(NAME).to_dict()))

    assert (content["schema"], content["model"], content["champion"]) == ("trimtab.models/1", NAME, STRONG)
    assert [entry["until"] for entry in content["ledger"]] == [content["ledger"][1]["at"], None]


def test_history_of_a_model_without_a_champion_has_no_span(aliases, contenders):
    history = read_history(NAME)

    assert list(history.spans) == []
    assert history.to_dict()["champion"] is None
