import pytest

from trimtab.drift import DriftPolicy, decide, measure
from trimtab.drift.policy import hold_repository_budget
from trimtab.repository_settings import DriftLimits

LIMITS = DriftLimits(retrains=3, retrain_days=7)


@pytest.fixture(scope="module")
def retrain(draw, reference):
    """A verdict that asks for a retrain, as the ROC AUC dropped."""
    return decide(measure(reference, *draw(seed=2, skill=0.5)), DriftPolicy(min_rows=1000))


def test_retrain_within_the_budget_follows_and_the_budget_is_among_the_rules(retrain):
    held = hold_repository_budget(retrain, LIMITS, 2)
    assert (held.decision, held.sentence) == ("retrain", retrain.sentence)
    assert (held.rules[-1].name, held.rules[-1].value, held.rules[-1].bound) == ("repository_budget", 2, 3)


def test_retrain_beyond_the_budget_is_left_to_a_person_with_both_reasons(retrain):
    held = hold_repository_budget(retrain, LIMITS, 3)
    assert held.decision == "investigate"
    assert held.sentence == (
        f"Investigate: {retrain.sentence.removeprefix('Retrain: ')}"
        " No retrain follows: 3 of 3 retrains of the repository in 7 days are spent."
    )
    assert [rule.name for rule in held.rules if rule.fired][-1] == "repository_budget"


def test_verdict_without_a_retrain_is_not_changed(draw, reference):
    quiet = decide(measure(reference, *draw(seed=3)), DriftPolicy(min_rows=1000))
    assert quiet.decision != "retrain"
    assert hold_repository_budget(quiet, LIMITS, 99) is quiet


def test_repository_without_a_budget_changes_no_verdict(retrain):
    assert hold_repository_budget(retrain, DriftLimits(), 99) is retrain
