"""How an objective is, in a sentence and as JSON."""

from __future__ import annotations

from tests.library.slo.evidences import ago, evidence, state, verdict
from trimtab.slo import ObjectiveState

QUALITY = {"objective": 0.9, "period_windows": 20, "max_drop": 0.1}


def test_sentence_of_an_objective_says_what_is_left_of_what():
    good = state(evidence(verdicts=[verdict("2024-01", ago(days=1))]), "quality", **QUALITY)
    assert good.sentence == "100% of the error budget is left: 0 of 20 windows were bad, and 2 may be."
    bad = [verdict(f"2024-0{month}", ago(days=9 - month), drop=1.0) for month in (1, 2)]
    spent = state(evidence(verdicts=bad), "quality", **QUALITY)
    assert spent.sentence.startswith("The error budget is spent: 2 of 20 windows")


def test_state_is_the_same_after_a_round_through_json():
    found = state(evidence(verdicts=[verdict("2024-01", ago(days=1), drop=1.0)]), "quality", **QUALITY)
    assert ObjectiveState.model_validate_json(found.model_dump_json()) == found
