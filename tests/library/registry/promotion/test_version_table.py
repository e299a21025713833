"""The versions and the ledger of a model on a terminal."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from trimtab.registry.ledger.ledger import Ledger
from trimtab.registry.ledger.ledger_entry import LedgerEntry
from trimtab.registry.promotion.champion_history import ChampionHistory, RegisteredVersion
from trimtab.registry.promotion.version_table import describe_entry, show_history
from trimtab.terminal import Console

FIRST = LedgerEntry(
    number=1,
    model="m",
    champion=1,
    was=None,
    how="promoted",
    by="alice",
    reason="it is the first",
    at="2026-01-01T08:30:15+00:00",
    data_until="2013-06-01",
)


def shown(*entries: LedgerEntry, problems: tuple[str, ...] = (), **facts: str) -> str:
    facts = {"reason": "schedule. A long explanation", **facts}
    version = RegisteredVersion(1, "2026-01-01T08:00:00+00:00", "run", facts, ("champion",), retired=True)
    console = Console(file=io.StringIO(), width=200)
    show_history(ChampionHistory("m", (version,), Ledger("m", entries=entries), problems), console)
    return console.file.getvalue()


def test_history_is_shown_with_states_switches_and_the_hash_of_the_ledger():
    text = shown(FIRST)

    assert "champion, retired" in text
    assert "binary" in text, "the problem type of a version of an earlier release"
    assert "schedule" in text
    assert "A long explanation" not in text
    assert "█" in text
    assert f"ledger {FIRST.hash}" in text


def test_history_names_candidates_only_if_a_version_is_one():
    assert "candidate" not in shown(FIRST)

    text = shown(FIRST, candidate="rolling")

    assert "candidate" in text
    assert "rolling" in text


def test_history_with_long_names_fits_80_columns_and_has_the_champion_first():
    facts = {
        "problem_type": "multiclass",
        "candidate": "gradient_boosting_with_monotone_constraints",
        "data_window": "before 2013-06-01T00:00:00 of the region north-north-west",
        "reason": "drift of departure_delay_minutes_of_the_previous_leg. More",
        "decision": "not better than version 2: the gain in log loss is 0.001 (-0.002 to 0.004)",
    }
    versions = tuple(
        RegisteredVersion(number, "2026-01-01T08:00:00+00:00", "run", facts, aliases, retired=False)
        for number, aliases in ((12, ("challenger", "previous")), (11, ("champion",)))
    )
    entry = replace(FIRST, champion=11, by="a_service_account_of_the_platform_team", reason="because " * 30)
    console = Console(file=io.StringIO(), width=80)

    show_history(ChampionHistory("m" * 50, versions, Ledger("m", entries=(entry, entry)), ()), console)

    lines = console.file.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    numbers = [line.split()[0] for line in lines if line.split() and line.split()[0] in ("11", "12")]
    assert numbers[:2] == ["11", "12"]


def test_history_without_an_entry_has_no_timeline():
    text = shown()

    assert "Versions of m" in text
    assert "Champions, newest first" not in text


def test_history_problems_are_shown_last():
    assert shown(FIRST, problems=("the alias points to nothing",)).endswith(
        "problem the alias points to nothing\n"
    )


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        (None, "no model was live, by the ledger"),
        (
            FIRST,
            "m version 1, promoted 2026-01-01 08:30 UTC by alice, data until 2013-06-01: it is the first",
        ),
    ],
)
def test_ledger_entry_is_described_as_a_sentence(entry, sentence):
    assert describe_entry(entry) == sentence


def test_entry_of_another_environment_names_its_registry_version_commit_and_approver():
    source = {"registry": "https://dev.example.com", "version": 3, "commit": "4" * 40, "approver": "carol"}

    sentence = describe_entry(replace(FIRST, source=source))

    assert (
        "promoted from https://dev.example.com (version 3, commit 444444444444, approved by carol)"
        in sentence
    )
    assert " from " not in describe_entry(FIRST)
