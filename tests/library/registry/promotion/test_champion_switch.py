"""Switches of the champion: the ledger first, then the aliases."""

from __future__ import annotations

import sqlite3

import pytest

from tests.library.registry.switching import FACTS, aliases, set_champion
from trimtab.errors import RegistryError
from trimtab.registry.ledger.ledger import Ledger
from trimtab.registry.promotion.aliases import read_champion_number
from trimtab.registry.promotion.champion_switch import reconcile, switch_champion


def test_switch_writes_nothing_when_another_switch_was_first(client, model):
    seen = set_champion(client, model, 1)
    set_champion(client, model, 2)

    assert switch_champion(client, seen, champion=3, **FACTS) is None
    assert Ledger.read(client, model).champion == read_champion_number(client, model) == 2


def test_reconcile_completes_a_switch_that_died_before_its_aliases(client, model):
    set_champion(client, model, 1)
    reconcile(client, model).append(client, champion=2, **FACTS)
    assert read_champion_number(client, model) == 1

    ledger = reconcile(client, model)

    assert len(ledger.entries) == 2
    assert aliases(client, model) == {"champion": 2, "previous": 1}


@pytest.mark.parametrize("known", [True, False])
def test_reconcile_appends_an_entry_when_the_alias_was_moved_without_the_ledger(client, model, known):
    if known:
        set_champion(client, model, 1)
    client.set_registered_model_alias(model, "champion", "3")

    ledger = reconcile(client, model)

    assert (ledger.last.how, ledger.last.champion, ledger.last.by) == ("found", 3, "unknown")
    assert reconcile(client, model).last == ledger.last, "it is found once"


def test_reconcile_appends_an_entry_when_the_alias_was_deleted_without_the_ledger(client, model):
    set_champion(client, model, 1)
    client.delete_registered_model_alias(model, "champion")

    assert reconcile(client, model).last.champion is None


def test_switch_sets_no_alias_previous_on_a_deleted_version(client, model):
    set_champion(client, model, 1)
    client.delete_model_version(model, "1")
    assert read_champion_number(client, model) is None

    set_champion(client, model, 2)

    assert aliases(client, model) == {"champion": 2}


@pytest.mark.parametrize(
    "sql",
    ["UPDATE params SET value = replace(value, 'training', 'nobody')", "DELETE FROM params"],
    ids=["changed", "deleted"],
)
def test_reconcile_refuses_a_ledger_that_was_tampered_with(client, model, database, sql):
    for version in (1, 2, 3):
        set_champion(client, model, version)
    run, params = ledger_run(client, model)
    assert Ledger.read(client, model).problems == ()

    for key in params:
        with sqlite3.connect(database) as db:
            assert db.execute(f"{sql} WHERE run_uuid = ? AND key = ?", (run, key)).rowcount == 1
        with pytest.raises(RegistryError, match=rf"tampered with: .*{key}"):
            reconcile(client, model)
        with sqlite3.connect(database) as db:
            db.execute("REPLACE INTO params (run_uuid, key, value) VALUES (?, ?, ?)", (run, key, params[key]))

    assert reconcile(client, model).champion == 3


def ledger_run(client, model) -> tuple[str, dict[str, str]]:
    run_id = Ledger.read(client, model).run_id
    return run_id, dict(client.get_run(run_id).data.params)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 1001])
def test_switch_with_an_empty_or_too_long_reason_is_refused(client, model, reason):
    with pytest.raises(RegistryError, match="the champion has not changed"):
        set_champion(client, model, 1, reason=reason)

    assert read_champion_number(client, model) is None


def test_switch_with_an_entry_longer_than_a_param_is_refused(client, model):
    with pytest.raises(RegistryError, match="MLflow stores 6,000"):
        set_champion(client, model, 1, comparison={"slices": ["x"] * 2000})

    assert read_champion_number(client, model) is None
