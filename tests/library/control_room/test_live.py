"""The live part: the champion, and the retrain budget."""

from __future__ import annotations

from tests.library.control_room.states import live, window
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
