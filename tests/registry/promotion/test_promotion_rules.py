"""The rules of promotion."""

from __future__ import annotations

import pytest

from trimtab.learning import BINARY
from trimtab.registry import PromotePolicy, Version
from trimtab.registry.promotion.comparison import Comparison, SliceComparison
from trimtab.registry.promotion.paired_bootstrap import PairedMetric
from trimtab.registry.promotion.promotion_rules import apply_rules


def version(number: int, **tags: str) -> Version:
    kept = {f"trimtab.{name}": value for name, value in tags.items()}
    return Version("flights", number, "run", created=True, key="", metrics={}, tags=kept)


def compared(low: float, gain: float = 0.01, metric: str = "roc_auc", **facts) -> Comparison:
    """A comparison of two figures."""
    old = 0.7 - BINARY.metrics[metric].sign * gain
    pair = PairedMetric(0.7, old, gain, low, 2 * gain - low)
    return Comparison(
        version(2), version(1), 10, BINARY.metrics[metric], {metric: 0.7}, {metric: pair}, **facts
    )


def first_version(auc):
    """The comparison of a version without a champion."""
    return Comparison(version(1), None, 10, BINARY.metrics["roc_auc"], {"roc_auc": auc})


@pytest.mark.parametrize(
    ("comparison", "policy", "verdict"),
    [
        (compared(0.001), {}, "better"),
        (compared(0.0), {}, "not better"),
        (compared(-0.001), {}, "not better"),
        (compared(0.001), {"min_gain": 0.005}, "not better"),
        (compared(0.006), {"min_gain": 0.005}, "better"),
        (compared(0.001, metric="brier"), {"metric": "brier"}, "better"),
        (compared(-0.001, metric="log_loss"), {"metric": "log_loss"}, "not better"),
        (compared(0.001), {"worst": 0.7}, "better"),
        (compared(0.001), {"worst": 0.71}, "not better"),
        (compared(0.001, metric="brier"), {"metric": "brier", "worst": 0.69}, "not better"),
        (compared(0.001, new_columns=("tailnum",)), {}, "a person decides"),
        (compared(-0.001, new_columns=("tailnum",)), {}, "not better"),
        (first_version(0.7), {}, "better"),
        (first_version(0.7), {"worst": 0.71}, "not better"),
        (first_version(float("nan")), {}, "not better"),
    ],
)
def test_promotion_verdict_follows_from_metrics_and_policy(comparison, policy, verdict):
    assert apply_rules(comparison, PromotePolicy(**policy), retired=False).verdict == verdict


@pytest.mark.parametrize(("high", "verdict"), [(-0.03, "not better"), (-0.01, "better"), (0.02, "better")])
def test_slice_rule_blocks_only_a_loss_that_is_surely_more_than_allowed(high, verdict):
    part = SliceComparison("origin = JFK", 900, PairedMetric(0.6, 0.65, -0.05, -0.09, high))

    judgement = apply_rules(compared(0.001, slices=(part,)), PromotePolicy(), retired=False)

    assert judgement.verdict == verdict
    if verdict == "not better":
        assert "origin = JFK (-0.0500)" in judgement.sentence


def test_challenger_whose_content_was_rolled_back_from_is_decided_on_by_a_person():
    verdict = apply_rules(compared(0.001), PromotePolicy(), retired=True)

    assert verdict.verdict == "a person decides"
    assert verdict.sentence.startswith(
        "A person decides on flights version 2: this content has been champion"
    )


def test_challenger_that_is_not_better_is_never_put_to_a_person():
    verdict = apply_rules(compared(-0.001, new_columns=("tailnum",)), PromotePolicy(), retired=True)

    assert verdict.verdict == "not better"
    assert {rule.name for rule in verdict.rules if not rule.holds} == {"min_gain", "columns", "retired"}
