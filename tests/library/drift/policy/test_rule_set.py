"""All drift rules of a policy, in order of priority."""

from __future__ import annotations

import dataclasses

from trimtab.drift import DriftPolicy, measure
from trimtab.drift.policy.rule_set import apply_rules


def test_validity_rules_come_before_performance_and_distribution_rules(same_world):
    names = [rule.name for rule in apply_rules(same_world, DriftPolicy(), [])]

    assert names[:3] == ["min_rows", "labels_differ", "max_metric_drop"]
    assert names.index("max_metric_drop") < names.index("features")


def test_table_without_predictions_has_no_performance_rule(same_world):
    table = dataclasses.replace(same_world, predictions=None)

    names = {rule.name for rule in apply_rules(table, DriftPolicy(), [])}

    assert {"min_rows", "features"} <= names
    assert not names & {"labels_differ", "max_metric_drop"}


def test_exceeded_rule_waits_for_the_number_of_windows_that_the_policy_needs(draw, reference):
    features, scores, labels = draw(seed=2)
    summer = measure(reference, features.assign(temp=features["temp"] + 40), scores, labels)

    def features_rule(policy):
        return next(rule for rule in apply_rules(summer, policy, []) if rule.name == "features")

    assert features_rule(DriftPolicy(min_rows=1000)).fired
    waiting = features_rule(DriftPolicy(min_rows=1000, needed=2, of_last=2))
    assert (waiting.exceeded, waiting.fired) == (True, False)
