"""Whether the live model is all right, and what to do if it is not."""

from __future__ import annotations

import pytest

from tests.library.control_room.states import NOW, TWO, entry, history, window
from trimtab.control_room.assessment import assess
from trimtab.registry.isolation import IsolationEntry, Taint


def test_model_that_did_as_expected_is_all_right_and_needs_nothing():
    found = assess(TWO, [window()], NOW)
    assert (found.health, found.advice) == ("ok", "")
    assert found.sentence.startswith("Version 2 did as expected on 2024-06.")


@pytest.mark.parametrize(
    ("changes", "health", "told"),
    [
        ({"decision": "watch"}, "watch", "the next window decides"),
        ({"decision": "investigate"}, "act", "A person has to decide"),
        ({"decision": "retrain", "outcome": "pending"}, "watch", "the training DAG"),
        ({"decision": "retrain", "outcome": "refused"}, "act", "A person has to decide"),
        ({"decision": "retrain", "outcome": "failed"}, "act", "clear it"),
        ({"decision": "retrain", "outcome": "promoted"}, "act", "Read the report"),
        ({"decision": "retrain"}, "watch", "Read the report"),
        ({"champion": "1", "decision": "investigate"}, "watch", "next drift check"),
        ({"checked": "2024-04-01T05:00:00+00:00"}, "watch", "paused or fails"),
    ],
    ids=str,
)
def test_verdict_on_the_newest_window_decides(changes, health, told):
    found = assess(TWO, [window("2024-05", decision="investigate"), window(**changes)], NOW)
    assert found.health == health
    assert told in found.advice


def test_better_model_that_was_rolled_back_from_does_not_make_the_live_one_all_right():
    back = history(entry(1, 1), entry(2, 2, 1), entry(3, 1, 2, how="rolled back"))
    found = assess(back, [window(champion="1", decision="retrain", outcome="promoted")], NOW)
    assert found.health == "act"
    assert "version 1 is live again" in found.sentence


def test_advice_has_the_command_that_goes_back_only_if_there_is_a_version_to_go_back_to():
    bad = window(decision="investigate")
    assert "`trimtab rollback --model rides --reason '…'`" in assess(TWO, [bad], NOW).advice
    first = history(entry(1, 2))
    assert "no earlier champion" in assess(first, [bad], NOW).advice
    assert "trimtab rollback" not in assess(first, [bad], NOW).advice


def test_model_without_champion_windows_or_intact_ledger_is_not_all_right():
    assert assess(history(), [], NOW).health == "act"
    assert assess(history(entry(1, 1), entry(2, None, 1)), [window()], NOW).health == "act"
    assert assess(TWO, [], NOW).health == "watch"
    broken = history(entry(1, 1), problems=("entry 000001 belongs to another model",))
    assert assess(broken, [window(champion="1")], NOW).health == "act"


def test_window_whose_name_has_no_length_is_never_stale():
    assert assess(TWO, [window("all", checked="2020-01-01T00:00:00+00:00")], NOW).health == "ok"


def test_hostile_name_of_a_window_stays_one_argument_of_the_command():
    advice = assess(TWO, [window("2024; rm -rf /", decision="investigate")], NOW).advice
    assert "--window '2024; rm -rf /'`" in advice


def test_champion_made_from_isolated_data_needs_a_person_before_any_verdict():
    isolated = IsolationEntry(
        number=1, hash="a" * 32, how="isolated", by="alice", reason="wrong", at="2024-07-01"
    )
    found = assess(TWO, [window()], NOW, taint=Taint("rides version 2", isolated))

    assert found.health == "act"
    assert "alice isolated on 2024-07-01: wrong" in found.sentence
    assert "Roll back" in found.advice


def test_doubt_about_the_recovery_is_watched_and_hides_nothing_worse():
    doubts = ["The last good recovery drill is 50 days old"]

    found = assess(TWO, [window()], NOW, doubts=doubts)
    assert (found.health, "50 days old." in found.sentence, "trimtab drill" in found.advice) == (
        "watch",
        True,
        True,
    )
    bad = window(decision="investigate")
    assert assess(TWO, [bad], NOW, doubts=doubts) == assess(TWO, [bad], NOW)
