"""The rules of promotion."""

from __future__ import annotations

import pytest

from trimtab.learning import BINARY, PROBLEM_TYPES
from trimtab.registry import PromotePolicy, Version
from trimtab.registry.promotion.comparison import Comparison
from trimtab.registry.promotion.paired_bootstrap import PairedMetric
from trimtab.registry.promotion.promotion_rules import apply_rules
from trimtab.registry.promotion.slice_comparison import SliceComparison


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


def predicted(metric: str, challenger: float, champion: float, half: float, slices=()) -> Comparison:
    """A comparison of two regressors; the gain has bounds at a distance of ``half``."""
    regression = PROBLEM_TYPES["regression"]
    chosen = regression.metrics[metric]
    gain = chosen.sign * (challenger - champion)
    pair = PairedMetric(challenger, champion, gain, gain - half, gain + half)
    return Comparison(
        version(2), version(1), 900, chosen, {metric: challenger}, {metric: pair}, slices, problem=regression
    )


@pytest.mark.parametrize(
    ("metric", "challenger", "worst", "holds"),
    [
        ("mae", 120_000.0, 120_000, True),
        ("mae", 120_001.0, 120_000, False),
        ("rmse", 0.002, 0.003, True),
        ("rmse", 0.004, 0.003, False),
        ("r2", -0.2, -0.5, True),
        ("r2", -0.6, -0.5, False),
    ],
)
def test_worst_metric_of_a_regression_is_the_highest_loss_or_the_lowest_score(
    metric, challenger, worst, holds
):
    comparison = predicted(metric, challenger, challenger, 0.0)

    verdict = apply_rules(comparison, PromotePolicy(metric=metric, worst=worst), retired=False)

    rule = next(rule for rule in verdict.rules if rule.name == "worst")
    assert rule.holds is holds
    assert rule.sentence.endswith(f"{'no worse' if holds else 'worse'} than the {worst:g} allowed")


def test_sentence_on_a_price_has_the_digits_of_the_price():
    verdict = apply_rules(predicted("mae", 120_345.678, 130_345.678, 5_000.0), PromotePolicy(), retired=False)

    assert verdict.sentence == (
        "flights version 2 is better than version 1, the champion: its mae is 120,346 against 130,346 on 900"
        " rows, a gain of +10,000; with 95% confidence it is more than +5,000.0, and the policy requires more"
        " than 0"
    )


@pytest.mark.parametrize(
    ("min_gain", "verdict"), [("3 %", "better"), ("4 %", "not better"), (39.0, "not better")]
)
def test_gain_may_be_required_in_percent_of_the_champions_figure(min_gain, verdict):
    comparison = predicted("mae", 900.0, 1_000.0, 65.0)  # surely better by 35, which is 3.5 %

    found = apply_rules(comparison, PromotePolicy(min_gain=min_gain), retired=False)

    assert found.verdict == verdict
    if min_gain == "4 %":
        assert "requires more than 4 % of the champion's figure, which is 40.000" in found.sentence


@pytest.mark.parametrize(
    ("max_loss", "verdict"),
    [("5 %", "better"), ("2 %", "not better"), (None, "not better"), (40.0, "better")],
)
def test_loss_in_a_slice_may_be_allowed_in_percent_of_the_champions_figure(max_loss, verdict):
    part = SliceComparison(
        "route = JFK", 900, PairedMetric(1_050.0, 1_000.0, -50.0, -70.0, -30.0)
    )  # surely 3 %
    comparison = predicted("mae", 900.0, 1_000.0, 65.0, (part,))
    policy = PromotePolicy(slices={} if max_loss is None else {"max_loss": max_loss})

    found = apply_rules(comparison, policy, retired=False)

    assert found.verdict == verdict
    if max_loss is None:
        assert "worse by more than the 2 % of the champion's figure allowed in 1 slice(s)" in found.sentence
        assert "route = JFK (-50.000)" in found.sentence


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
