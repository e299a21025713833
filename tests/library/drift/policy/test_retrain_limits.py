import pytest

from trimtab.config import parse_params
from trimtab.drift import DriftPolicy, PastWindow, decide, measure
from trimtab.errors import ConfigError

POLICY = DriftPolicy(min_rows=1000, max_metric_drop=0.03, back_off=2, cooldown=0, budget=2, budget_windows=6)


def past(window, decision="none", **more):
    return PastWindow(window=window, champion=more.pop("champion", "1"), decision=decision, **more)


def quiet(*numbers, **more):
    return [past(f"2013-{number:02}", **more) for number in numbers]


@pytest.fixture(scope="module")
def worse(draw, reference):
    """The measurement of a window with labels in which the ROC AUC dropped."""
    return measure(reference, *draw(seed=2, skill=0.5))


@pytest.fixture(scope="module")
def unlabelled_shift(draw, reference):
    features, scores, _ = draw(seed=2, shift=1.0)
    return measure(reference, features, scores)


def decide_and_fired(measurement, policy, history):
    verdict = decide(measurement, policy, history, champion="1")
    return verdict.decision, [rule.name for rule in verdict.rules if rule.fired]


def test_drop_of_roc_auc_retrains_in_one_window(worse):
    policy = POLICY.model_copy(update={"needed": 2, "of_last": 3})
    assert decide_and_fired(worse, policy, quiet(1, 2, 3))[0] == "retrain"


@pytest.mark.parametrize(
    ("outcome", "ago", "decision", "rule"),
    [
        ("promoted", 1, "retrain", None),
        ("refused", 1, "retrain", None),
        ("refused", 2, "retrain", None),
        ("failed", 1, "investigate", "back_off"),
        ("failed", 2, "investigate", "back_off"),
        ("refused", 3, "retrain", None),
        ("pending", 1, "investigate", "pending"),
        ("pending", 5, "investigate", "pending"),
    ],
)
def test_outcome_of_the_last_retrain_limits_the_next_one(worse, outcome, ago, decision, rule):
    history = [past("2013-01", "retrain", outcome=outcome), *quiet(*range(2, ago + 1))]

    decided, fired = decide_and_fired(worse, POLICY, history)

    assert decided == decision
    assert (rule in fired) if rule else fired[-1] not in {"back_off", "pending"}


@pytest.mark.parametrize(("ago", "decision"), [(1, "investigate"), (2, "investigate"), (3, "retrain")])
def test_back_off_begins_with_the_second_refusal_when_the_metric_dropped(worse, ago, decision):
    refused = [past(f"2013-{number:02}", "retrain", outcome="refused") for number in (1, 2)]
    policy = POLICY.model_copy(update={"budget": 6})

    verdict = decide(worse, policy, [*refused, *quiet(*range(3, 2 + ago))], champion="1")

    assert verdict.decision == decision
    if decision == "investigate":
        assert "a person decides during the back-off of 2 window(s)" in verdict.sentence


def test_retrain_after_one_refusal_says_that_the_first_could_not_learn_from_its_window(worse):
    verdict = decide(worse, POLICY, [past("2013-01", "retrain", outcome="refused")], champion="1")
    (back_off,) = (rule for rule in verdict.rules if rule.name == "back_off")
    assert "gave no better model, but could not learn from 2013-01; one more follows" in back_off.sentence


def test_refused_retrain_of_an_old_model_is_not_repeated_before_the_back_off_ends(same_world):
    policy = POLICY.model_copy(update={"max_age": 1})
    history = [past("2013-01", "retrain", outcome="refused")]
    assert decide_and_fired(same_world, policy, history) == ("investigate", ["max_age", "back_off"])


@pytest.mark.parametrize(("ago", "decision"), [(1, "watch"), (2, "watch"), (3, "retrain")])
def test_cooldown_replaces_a_retrain_by_watch(worse, ago, decision):
    policy = POLICY.model_copy(update={"cooldown": 2})
    history = [past("2013-01", "retrain", outcome="promoted"), *quiet(*range(2, ago + 1))]
    assert decide_and_fired(worse, policy, history)[0] == decision


@pytest.mark.parametrize(("gap", "decision"), [(3, "investigate"), (4, "retrain")])
def test_spent_retrain_budget_is_investigated_until_its_windows_are_over(worse, gap, decision):
    spent = [past(f"2013-{number:02}", "retrain", outcome="promoted") for number in (1, 2)]
    history = [*spent, *quiet(*range(3, 3 + gap))]
    assert decide_and_fired(worse, POLICY, history)[0] == decision


def test_sentence_of_a_limited_retrain_has_rule_and_limit(worse):
    history = [past("2013-01", "retrain", outcome="failed")]
    sentence = decide(worse, POLICY, history, champion="1").sentence
    assert sentence.startswith("Investigate: ROC AUC fell from")
    assert "the last retrain, for 2013-01, failed" in sentence


def test_rule_fires_when_k_of_n_windows_exceed_the_bound_the_newest_among_them(unlabelled_shift, same_world):
    policy = POLICY.model_copy(update={"needed": 2, "of_last": 3})
    shown = [past("2013-01", exceeded=("max_score_psi",)), *quiet(2)]

    assert decide_and_fired(unlabelled_shift, policy, quiet(1, 2))[0] == "none"
    assert decide_and_fired(unlabelled_shift, policy, shown)[0] == "watch"
    assert decide_and_fired(unlabelled_shift, policy, [*shown, *quiet(3)])[0] == "none", "too long ago"
    assert (
        decide_and_fired(same_world, policy, [past("2013-01", exceeded=("max_score_psi",))] * 2)[0] == "none"
    )


def test_windows_of_another_champion_do_not_count_for_k_of_n(unlabelled_shift):
    policy = POLICY.model_copy(update={"needed": 2, "of_last": 2})
    other = [past("2013-01", exceeded=("max_score_psi",), champion="0")]
    assert decide_and_fired(unlabelled_shift, policy, other)[0] == "none"


def test_model_older_than_max_age_retrains_without_drift(same_world):
    policy = POLICY.model_copy(update={"max_age": 3})
    assert decide_and_fired(same_world, policy, quiet(1)) == ("none", [])
    assert decide_and_fired(same_world, policy, quiet(1, 2)) == ("retrain", ["max_age"])
    assert decide_and_fired(same_world, policy, quiet(1, 2, 3, champion="0"))[0] == "none"


def test_policy_with_needed_over_of_last_is_refused():
    with pytest.raises(ConfigError, match="'needed' is 3, more than the 2 windows"):
        parse_params(DriftPolicy, {"needed": 3, "of_last": 2}, where="params.yaml: drift")
