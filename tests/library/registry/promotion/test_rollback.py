from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from click.testing import CliRunner

from tests.library.registry.artifact_files import stored
from tests.library.registry.one_challenger import compare_with_champion
from trimtab.cli.main import cli
from trimtab.errors import ModelError, RegistryError
from trimtab.learning import BINARY
from trimtab.registry import PromotePolicy, find_champion, promote, roll_back
from trimtab.registry.ledger.ledger import Ledger
from trimtab.registry.promotion.champion_switch import reconcile, switch_champion

NAME = "contenders"
WEAK, STRONG, STRONG_AGAIN = 1, 2, 3


def test_rollback_makes_the_champion_before_champion_again_and_is_in_the_ledger(client, live):
    entry = roll_back(NAME, by="alice", reason="complaints from the airport")

    assert live() == {"champion": WEAK}
    assert find_champion(NAME).version == WEAK
    assert entry == Ledger.read(client, NAME).last
    assert (entry.how, entry.champion, entry.was, entry.by) == ("rolled back", WEAK, STRONG, "alice")
    assert Ledger.read(client, NAME).retired == {STRONG}


def test_second_rollback_does_not_go_forward(client, live):
    roll_back(NAME, by="alice", reason="r")

    with pytest.raises(RegistryError, match="'contenders' has no version to roll back to"):
        roll_back(NAME, by="alice", reason="r")

    assert live() == {"champion": WEAK}


def test_rollback_by_the_same_run_is_done_once(client, live):
    first = roll_back(NAME, by="rollback/1", reason="r", once=True)

    assert roll_back(NAME, by="rollback/1", reason="r", once=True) == first


def test_rollback_to_a_version_that_was_never_champion_is_refused(live):
    with pytest.raises(RegistryError, match=r"never been champion[\s\S]*champions 1, 2"):
        roll_back(NAME, to=STRONG_AGAIN, by="alice", reason="r")
    with pytest.raises(RegistryError, match="champion already"):
        roll_back(NAME, to=STRONG, by="alice", reason="r")


def damage(file: Path, how: str) -> None:
    file.unlink() if how == "missing" else file.write_bytes(b"\x80\x04K\x01.")


@pytest.mark.parametrize(("file", "how"), [("model.skops", "missing"), ("model.skops", "other")])
def test_rollback_to_a_version_that_fails_the_smoke_test_changes_nothing(
    client, live, contenders, database, file, how
):
    (path,) = stored(client, contenders[WEAK], database, file)
    held = path.read_bytes()
    damage(path, how)

    try:
        with pytest.raises((ModelError, RegistryError)):
            roll_back(NAME, by="alice", reason="r")
    finally:
        path.write_bytes(held)

    assert live() == {"champion": STRONG, "previous": WEAK}
    assert Ledger.read(client, NAME).last.how == "promoted"


def test_rollback_is_refused_when_another_switch_was_first(client, live, monkeypatch):
    # given that another switch happens while the version is tried out
    def meanwhile(version, trusted, problem):
        switch_champion(
            client, reconcile(client, NAME), champion=STRONG_AGAIN, how="promoted", by="bob", reason="r"
        )

    monkeypatch.setattr("trimtab.registry.promotion.rollback.smoke_test", meanwhile)

    with pytest.raises(RegistryError, match="was first: bob made version 3 champion"):
        roll_back(NAME, by="alice", reason="r")

    assert live()["champion"] == STRONG_AGAIN


@pytest.mark.slow
def test_two_promotions_and_a_rollback_at_once_leave_one_champion_and_an_intact_ledger(
    client, aliases, contenders, template
):
    # given a weak champion behind a strong one, and two challengers that are better
    for number in (STRONG, WEAK):
        switch_champion(
            client, reconcile(client, NAME), champion=number, how="promoted", by="before", reason="r"
        )
    policy, start = PromotePolicy(resamples=100), Barrier(3)

    def challenge(number: int) -> bool:
        start.wait()
        while True:
            examined = compare_with_champion(
                contenders[number],
                policy,
                test=template.test,
                label="late",
                metric=BINARY.metrics[policy.metric_name(BINARY)],
            )
            decision = promote(contenders[number], examined, policy, by=f"training/{number}")
            if decision:
                return decision.promoted

    def go_back() -> bool:
        start.wait()
        try:
            roll_back(NAME, by="rollback/1", reason="r")
        except RegistryError:  # who came first is in its message
            return False
        return True

    # when
    with ThreadPoolExecutor(3) as pool:
        racers = {f"training/{number}": pool.submit(challenge, number) for number in (STRONG, STRONG_AGAIN)}
        racers["rollback/1"] = pool.submit(go_back)

    # then who says it has switched has, once, and nobody else
    ledger = Ledger.read(client, NAME)
    assert ledger.problems == ()
    switched = sorted(entry.by for entry in ledger.entries[2:])
    assert switched == sorted(by for by, racer in racers.items() if racer.result())
    assert len(switched) >= 1
    assert aliases()["champion"] == ledger.champion
    assert aliases().get("previous") == ledger.rollback_target


def test_rollback_command_is_shown_by_the_models_command(client, live):
    def run(*args: str) -> str:
        done = CliRunner().invoke(cli, args, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    assert "contenders version 1, rolled back" in run(
        "rollback", "--model", NAME, "--reason", "late [bold] again"
    )

    shown = json.loads(run("models", "--model", NAME, "--json"))
    assert shown["champion"] == WEAK
    assert [(entry["champion"], entry["how"]) for entry in shown["ledger"]] == [
        (WEAK, "promoted"),
        (STRONG, "promoted"),
        (WEAK, "rolled back"),
    ]
    assert shown["ledger"][0]["until"] == shown["ledger"][1]["at"]
    assert [(version["version"], version["withdrawn"]) for version in shown["versions"]] == [
        (STRONG_AGAIN, False),
        (STRONG, True),
        (WEAK, False),
    ]
    table = run("models", "--model", NAME)
    assert "retired" in table
    assert "[bold]" in table
    assert "version 1, rolled back" in run("models", "--model", NAME, "at", "2100-01-01")
    at = json.loads(run("models", "--model", NAME, "at", "2013-07-03", "--json"))
    assert at == {"schema": "trimtab.models-at/1", "clock": None, "calendar": None}
