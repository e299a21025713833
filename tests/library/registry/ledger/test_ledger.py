from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

from tests.library.registry.ledger.histories import history
from tests.library.registry.switching import FACTS, aliases, set_champion
from trimtab.registry.ledger.ledger import Ledger
from trimtab.registry.promotion.aliases import read_champion_number
from trimtab.registry.promotion.champion_switch import switch_champion


def test_ledger_entry_in_force_is_found_by_clock_and_by_data_date():
    ledger = history(1, 2)

    def champion(entry):
        return entry and entry.champion

    assert champion(ledger.entry_at(datetime.fromisoformat("2025-12-31T23:59:59+00:00"))) is None
    assert champion(ledger.entry_at(datetime.fromisoformat("2026-01-01T00:00:00+00:00"))) == 1
    assert champion(ledger.entry_at(datetime.fromisoformat("2026-03-01T00:00:00+01:00"))) == 2
    assert champion(ledger.entry_at_data_date("2012-12-31")) is None
    assert champion(ledger.entry_at_data_date("2013-01-31")) == 1
    assert champion(ledger.entry_at_data_date("2013-02-01")) == 2


def test_ledger_has_the_switches_in_order_and_the_aliases_follow(client, model):
    for version in (1, 2, 3):
        set_champion(client, model, version)

    ledger = Ledger.read(client, model)
    assert [(entry.number, entry.was, entry.champion) for entry in ledger.entries] == [
        (1, None, 1),
        (2, 1, 2),
        (3, 2, 3),
    ]
    assert ledger.problems == ()
    assert aliases(client, model) == {"champion": 3, "previous": 2}


def test_ledger_order_is_intact_after_many_switches_at_once(client, model):
    """There is no ledger at first, so they race to create it too."""
    start = Barrier(4)

    def race(number: int) -> bool:
        start.wait()
        ledger = Ledger.read(client, model)
        return bool(
            switch_champion(client, ledger, champion=number % 3 + 1, **{**FACTS, "by": f"racer {number}"})
        )

    with ThreadPoolExecutor(4) as pool:
        won = list(pool.map(race, range(4)))

    ledger = Ledger.read(client, model)
    assert 1 <= sum(won) == len(ledger.entries)
    assert ledger.problems == ()
    assert read_champion_number(client, model) == ledger.champion
    assert aliases(client, model).get("previous") == ledger.rollback_target


def test_ledger_with_a_param_that_is_no_entry_has_a_problem(client, model):
    set_champion(client, model, 1)
    client.log_param(Ledger.read(client, model).run_id, "000002", "{}")

    assert "cannot be read" in Ledger.read(client, model).problems[0]


def test_ledger_keeps_any_characters_of_a_reason(client, model):
    reason = '"It\'s" 50 % <b>bold</b> \N{SNOWMAN} \\ {{ x }}; DROP TABLE params --\nsecond line'

    set_champion(client, model, 1, reason=reason)

    assert Ledger.read(client, model).last.reason == reason
    assert Ledger.read(client, model).problems == ()
