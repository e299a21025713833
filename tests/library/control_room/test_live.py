"""The live part: the champion, and the retrain budget."""

from __future__ import annotations

from tests.library.control_room.states import NOW, entry, history, live, window
from tests.library.hostile_text import HOSTILE, assert_safe_page
from tests.library.slo.evidences import ago, evidence, measured, verdict
from trimtab.control_room import Frame, Links, live_page, model_items
from trimtab.params_sections import DriftPolicy


def test_champion_is_that_of_the_ledger_with_who_let_it_in_and_why():
    champion = live(window()).champion
    assert (champion.version, champion.since, champion.by) == (
        2,
        "2024-02-05T07:00:00+00:00",
        "training/drift__2",
    )
    assert (champion.reason, champion.trained_because) == ("it is better", "drift in 2024-05")
    assert live(window()).rollback_target == 1


def test_retrain_budget_counts_as_the_policy_will_for_the_next_window():
    asked = [window(f"2024-0{month}", decision="retrain", outcome="refused") for month in (1, 2, 3)]
    policy = DriftPolicy(budget=4, budget_windows=3)
    budget = live(*asked, policy=policy).budget
    assert (budget.spent, budget.left) == (2, 2), "the first is three windows ago"
    assert live(*asked, policy=DriftPolicy(budget=1, budget_windows=1)).budget.spent == 0
    assert live(*asked, policy=DriftPolicy(budget=1, budget_windows=12)).budget.left == 0


def test_retrain_budget_is_unknown_without_a_policy():
    assert live(window()).budget is None


def frozen_model(window_name: str = "2024-05"):
    bad = [verdict(window_name, ago(days=2), drop=0.5)]
    report = measured(
        evidence(verdicts=bad), quality={"objective": 0.9, "period_windows": 5, "max_drop": 0.1}
    )
    return live(window()).model_copy(update={"slo": report})


def page_of(model) -> str:
    frame = Frame("Trimtab", [("Overview", "/")], "Overview", Links("", ""), NOW)
    return live_page(frame, [model], model_items([model]), rooms={}, whole=True)


def test_page_shows_the_objectives_and_the_freeze_waits_for_a_person():
    page = page_of(frozen_model())
    for part in (
        "Objectives of rides",
        "quality",
        "-100 %, spent",
        "medium burn (page)",
        "2024-05: roc_auc is worse by 0.5, more than 0.1",
        "rides: automatic promotion is frozen",
        "trimtab slo unfreeze --model rides",
    ):
        assert part in page


def test_page_escapes_the_name_of_a_window_that_spent_a_budget():
    assert_safe_page(page_of(frozen_model(HOSTILE)))


def test_page_of_a_model_without_objectives_has_no_table_of_them():
    assert "Objectives of" not in page_of(live(window()))


def test_decision_to_keep_the_champion_is_not_how_it_became_champion():
    kept = entry(3, 2, 2, how="kept", by="alice", reason="we looked", at="2024-06-01T00:00:00+00:00")
    champion = live(window(), of=history(entry(1, 1), entry(2, 2, 1), kept)).champion
    assert (champion.version, champion.how, champion.by) == (2, "promoted", "training/drift__2")
