"""The decision of a person that the champion stays, in a real ledger."""

from __future__ import annotations

import pytest

from tests.library.registry.promotion.conftest import NAME
from tests.library.registry.switching import aliases as aliases_of
from tests.library.registry.switching import set_champion
from trimtab.errors import RegistryError
from trimtab.registry import promote_manually
from trimtab.registry.ledger import Ledger
from trimtab.registry.promotion import keep_champion, roll_back
from trimtab.registry.promotion.champion_history import read_history

WEAK, STRONG = 1, 2


def test_decision_is_in_the_ledger_with_who_when_and_why_and_changes_no_alias(client, model):
    for version in (1, 2):
        set_champion(client, model, version, seal=f"seal {version}", data_until="2024-01-01")
    before = aliases_of(client, model)

    entry = keep_champion(model, by="alice", reason="the source sends data again")

    assert (entry.how, entry.by, entry.person) == ("kept", "alice", True)
    assert (entry.reason, entry.champion, entry.was) == ("the source sends data again", 2, 2)
    assert (entry.seal, entry.data_until) == ("seal 2", "2024-01-01"), "as the champion was switched"
    ledger = Ledger.read(client, model)
    assert (ledger.last, ledger.problems) == (entry, ())
    assert (ledger.last_switch.number, ledger.rollback_target) == (2, 1)
    assert aliases_of(client, model) == before
    assert read_history(model).problems == ()


def test_decision_brings_no_retired_version_back(client, model):
    for version in (1, 2):
        set_champion(client, model, version)
    set_champion(client, model, 1, how="rolled back", person=True)
    client.set_registered_model_alias(model, "champion", "2")  # somebody moves the alias to the retired one

    keep_champion(model, by="alice", reason="r")

    assert Ledger.read(client, model).retired == {2}


@pytest.mark.parametrize("reason", ["", "  ", "x" * 1001], ids=["none", "blank", "long"])
def test_decision_without_a_reason_is_refused_and_not_recorded(client, model, reason):
    set_champion(client, model, 1)
    with pytest.raises(RegistryError, match="The reason has"):
        keep_champion(model, by="alice", reason=reason)
    assert len(Ledger.read(client, model).entries) == 1


def test_decision_about_a_model_without_a_champion_is_refused(client, model):
    with pytest.raises(RegistryError, match="has no champion that could stay"):
        keep_champion(model, by="alice", reason="r")
    assert Ledger.read(client, model).entries == ()


def test_promotion_and_rollback_go_on_after_a_decision(client, contenders, live):
    keep_champion(NAME, by="alice", reason="r")
    assert roll_back(NAME, by="alice", reason="r").champion == WEAK
    keep_champion(NAME, by="alice", reason="r")
    assert promote_manually(contenders[STRONG], by="alice", reason="r").champion == STRONG
    assert Ledger.read(client, NAME).problems == ()


def test_retry_of_a_promotion_after_a_decision_gives_the_same_answer(contest, crown):
    crown(WEAK)
    decision = contest(STRONG, by="training/2")
    keep_champion(NAME, by="alice", reason="r")
    assert contest(STRONG, by="training/2") == decision
