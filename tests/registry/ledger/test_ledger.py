from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest

from trimtab.errors import RegistryError
from trimtab.registry.ledger.ledger import Ledger
from trimtab.registry.ledger.ledger_entry import LedgerEntry
from trimtab.registry.ledger.ledger_storage import ledger_name
from trimtab.registry.promotion.aliases import read_champion_number
from trimtab.registry.promotion.champion_switch import reconcile, switch_champion

FACTS = {"how": "promoted", "by": "training/1", "reason": "it is better"}


def history(*champions: int | str) -> Ledger:
    """Return a ledger in memory; ``"2!"`` is a rollback to version 2."""
    entries: list[LedgerEntry] = []
    for number, step in enumerate(champions, start=1):
        champion, rolled = int(str(step).rstrip("!")), str(step).endswith("!")
        entries.append(
            LedgerEntry(
                number=number,
                model="m",
                champion=champion,
                was=entries[-1].champion if entries else None,
                how="rolled back" if rolled else "promoted",
                by="t",
                reason="r",
                at=f"2026-01-{number:02d}T00:00:00+00:00",
                data_until=f"2013-{number:02d}-01",
                person=rolled,
                previous=entries[-1].hash if entries else "",
            )
        )
    return Ledger("m", "run", tuple(entries))


@pytest.mark.parametrize(
    ("champions", "target", "retired"),
    [
        ([], None, set()),
        ([1], None, set()),
        ([1, 2], 1, set()),
        ([1, 2, 3], 2, set()),
        ([1, 2, 3, "2!"], 1, {3}),
        ([1, 2, 3, "2!", "1!"], None, {2, 3}),
        ([1, 2, 3, "1!"], None, {3}),
        ([1, 2, "1!", 3], 1, {2}),
        ([1, 2, 1], 2, set()),
        ([1, 2, "1!", "2!"], 1, {1}),
    ],
)
def test_ledger_rollback_target_is_never_a_retired_version(champions, target, retired):
    ledger = history(*champions)

    assert ledger.rollback_target == target
    assert ledger.retired == retired


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


@pytest.fixture
def model(client, request) -> str:
    """A registered model of three versions without content."""
    name = request.node.name.translate(str.maketrans("_[", "--", "]"))
    client.create_registered_model(name)
    run = client.create_run("0")
    for _ in range(3):
        client.create_model_version(name, source=run.info.artifact_uri, run_id=run.info.run_id)
    return name


def set_champion(client, model: str, version: int, **facts) -> Ledger | None:
    return switch_champion(client, reconcile(client, model), champion=version, **{**FACTS, **facts})


def aliases(client, model) -> dict[str, int]:
    return {name: int(number) for name, number in client.get_registered_model(model).aliases.items()}


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


def experiment(client, model) -> str:
    return client.get_experiment_by_name(ledger_name(model)).experiment_id


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


def test_ledger_with_a_param_that_is_no_entry_has_a_problem(client, model):
    set_champion(client, model, 1)
    client.log_param(Ledger.read(client, model).run_id, "000002", "{}")

    assert "cannot be read" in Ledger.read(client, model).problems[0]


def test_reconcile_refuses_a_ledger_that_was_deleted(client, model):
    set_champion(client, model, 1)
    client.delete_experiment(experiment(client, model))

    with pytest.raises(RegistryError, match=r"was deleted[\s\S]*mlflow experiments restore"):
        reconcile(client, model)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 1001])
def test_switch_with_an_empty_or_too_long_reason_is_refused(client, model, reason):
    with pytest.raises(RegistryError, match="the champion has not changed"):
        set_champion(client, model, 1, reason=reason)

    assert read_champion_number(client, model) is None


def test_switch_with_an_entry_longer_than_a_param_is_refused(client, model):
    with pytest.raises(RegistryError, match="MLflow stores 6,000"):
        set_champion(client, model, 1, comparison={"slices": ["x"] * 2000})

    assert read_champion_number(client, model) is None


def test_ledger_keeps_any_characters_of_a_reason(client, model):
    reason = '"It\'s" 50 % <b>bold</b> \N{SNOWMAN} \\ {{ x }}; DROP TABLE params --\nsecond line'

    set_champion(client, model, 1, reason=reason)

    assert Ledger.read(client, model).last.reason == reason
    assert Ledger.read(client, model).problems == ()
