"""The command `trimtab compare`."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from tests.library.registry.candidate_projects import with_candidates
from trimtab.cli.main import cli
from trimtab.errors import RegistryError
from trimtab.registry import find_champion


def trimtab(*args: str) -> str:
    done = CliRunner().invoke(cli, args, catch_exceptions=False, env={"COLUMNS": "200"})
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture
def several(checkout, weak, strong_again):
    return with_candidates(checkout, weak, strong_again)


@pytest.mark.slow
def test_candidates_of_a_checkout_are_registered_compared_and_the_best_is_promoted(client, several):
    with pytest.raises(RegistryError, match=r"is not registered[\s\S]*trimtab publish"):
        trimtab("compare")

    registered = trimtab("publish")

    assert f"{several.name} version 1 is registered\n" in registered
    assert "version 2, the candidate rolling, is registered\n" in registered
    assert "version 3, the candidate recent, is registered\n" in registered
    assert client.get_model_version(several.name, "2").tags["trimtab.candidate"] == "rolling"
    assert "trimtab.candidate" not in client.get_model_version(several.name, "1").tags
    rows = json.loads(trimtab("compare", "--json"))["candidates"]
    assert [(row["name"], row["version"]) for row in rows][-1] == ("rolling", 2)
    assert find_champion(several.name) is None, "nothing is promoted"

    promoted = trimtab("publish", "--promote")

    assert "was registered already" in promoted
    champion = find_champion(several.name).version
    assert champion in (1, 3)
    shown = trimtab("compare")
    assert "Candidates of" in shown
    assert "not better" in shown
    assert f"version {champion} is the champion already" in shown
    assert "rolling" in trimtab("models")


def test_comparison_of_a_checkout_whose_only_model_is_champion_says_so(client, checkout):
    trimtab("publish", "--promote")

    assert trimtab("compare") == f"{checkout.name} version 1 is the champion already\n"
    content = json.loads(trimtab("compare", "--json"))
    assert content["candidates"] == []
    assert [verdict["champion"] for verdict in content["verdicts"]] == [1]
