"""Drift rules of the project: what they may return, and how they take part in the decision."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from trimtab.drift import DriftExtensions, DriftPolicy, DriftRule, PastWindow, decide
from trimtab.drift.policy.drift_rule import BUILT_IN_RULES
from trimtab.errors import DriftError

NAME = "shop.drift:returns"


def watch(name="returns", *, p_value=0.0, exceeded=True, leads_to="watch"):
    return DriftRule.tested(
        name, 2.0, 1.0, p_value=p_value, exceeded=exceeded, leads_to=leads_to, sentence="2 of 1."
    )


def decided(measurement, *made, history=(), **params):
    """Decide with a rule of the project for each given result."""
    names = [f"{NAME}_{i}" for i in range(len(made))]
    policy = DriftPolicy(rules=[{"rule": name} for name in names], **params)
    functions = {name: (lambda *_, one=one: one) for name, one in zip(names, made, strict=True)}
    extensions = DriftExtensions.bind(policy, functions)
    return decide(measurement, policy, history, champion="1", extensions=extensions)


def find(verdict, name="returns"):
    (rule,) = (rule for rule in verdict.rules if rule.name == name)
    return rule


def test_rule_gets_measurement_policy_and_the_windows_of_the_champion(same_world):
    got, policy = [], DriftPolicy(rules=[{"rule": NAME}])
    history = [
        PastWindow(window=f"w{i}", champion=champion, decision="none") for i, champion in [(1, "0"), (2, "1")]
    ]
    extensions = DriftExtensions.bind(policy, {NAME: lambda *args: got.append(args)})
    decide(same_world, policy, history, champion="1", extensions=extensions)
    ((measurement, declared, own),) = got
    assert (measurement, declared) == (same_world, policy)
    assert [past.window for past in own] == ["w2"]


@pytest.mark.parametrize("decision", ["watch", "retrain", "investigate"])
def test_rule_that_fired_decides(same_world, decision):
    verdict = decided(same_world, watch(leads_to=decision))
    assert (verdict.decision, verdict.sentence) == (decision, f"{decision.capitalize()}: 2 of 1.")


def test_rule_that_does_not_apply_is_left_out(same_world):
    assert {rule.name for rule in decided(same_world, None).rules} <= BUILT_IN_RULES


def test_rules_follow_the_built_in_rules_of_the_same_decision(same_world):
    made = [
        watch("late", leads_to="watch"),
        watch("wrong", leads_to="investigate"),
        watch("old", leads_to="retrain"),
    ]
    names = [rule.name for rule in decided(same_world, *made).rules]
    assert names[:4] == ["min_rows", "labels_differ", "wrong", "max_metric_drop"]
    assert names[names.index("max_age") + 1] == "old"
    assert "late" in (names[-5:])


def test_rule_with_a_high_p_value_does_not_exceed_its_bound(same_world):
    rule = find(decided(same_world, watch(p_value=0.02)))
    assert (rule.exceeded, rule.fired) == (False, False)
    assert "not significant (p = 0.02, over 0.0042)" in rule.sentence


def test_rule_fires_in_as_many_windows_as_needed(same_world):
    before = PastWindow(window="w1", champion="1", decision="none", exceeded=("returns",))
    assert not find(decided(same_world, watch(), needed=2, of_last=2)).fired
    assert find(decided(same_world, watch(), history=[before], needed=2, of_last=2)).fired


def test_retrain_of_a_rule_is_held_back_by_the_retrain_limits(same_world):
    pending = PastWindow(window="w1", champion="1", decision="retrain", outcome="pending")
    assert decided(same_world, watch(leads_to="retrain"), history=[pending]).decision == "investigate"


def test_numpy_values_of_a_rule_become_plain(same_world):
    made = dataclasses.replace(watch(), value=np.float32(2), bound=np.int64(1), exceeded=np.True_)
    rule = find(decided(same_world, made))
    assert [type(value) for value in (rule.value, rule.bound, rule.exceeded)] == [float, float, bool]


@pytest.mark.parametrize(
    ("made", "problem"),
    [
        (True, "it is True"),
        ("watch", "it is 'watch'"),
        (watch("max_age"), "another rule has its name: max_age"),
        (watch("budget"), "another rule has its name: budget"),
        (watch("two words"), "its name is no identifier"),
        (watch(leads_to="none"), "it leads to 'none'"),
        (watch(p_value=float("nan")), "its p_value is no finite number"),
        (dataclasses.replace(watch(), value=float("inf")), "its value is no finite number"),
        (dataclasses.replace(watch(), bound=None), "its bound is no finite number"),
        (dataclasses.replace(watch(), fired=True), "it has a p-value and has fired"),
    ],
)
def test_nonsense_of_a_rule_is_refused_with_its_name(same_world, made, problem):
    with pytest.raises(DriftError, match=f"'{NAME}_0' returns no valid rule: {problem}"):
        decided(same_world, made)


def test_two_rules_of_one_name_are_refused(same_world):
    with pytest.raises(
        DriftError, match=f"'{NAME}_1' returns no valid rule: another rule has its name: returns"
    ):
        decided(same_world, watch(), watch())


def test_rule_that_raises_is_refused_with_its_name(same_world):
    policy = DriftPolicy(rules=[{"rule": NAME}])
    extensions = DriftExtensions.bind(policy, {NAME: lambda *_: {}["a"]})
    with pytest.raises(DriftError, match=f"'{NAME}' fails: KeyError"):
        decide(same_world, policy, extensions=extensions)


def test_policy_with_a_rule_that_was_not_given_is_refused(same_world):
    with pytest.raises(DriftError, match=f"'{NAME}' was not given"):
        decide(same_world, DriftPolicy(rules=[{"rule": NAME}]))


def test_built_in_rules_are_those_of_a_verdict_with_retrain_limits(same_world):
    verdict = decided(same_world, max_age=1)
    limits_of_a_repository = {"repository_budget"}
    assert {rule.name for rule in verdict.rules} | limits_of_a_repository == BUILT_IN_RULES
