from __future__ import annotations

import numpy as np
import pytest

from trimtab.learning import BINARY, PROBLEM_TYPES, Units
from trimtab.learning.problems.multiclass import Multiclass
from trimtab.learning.problems.quantile import Quantile
from trimtab.registry.promotion.paired_bootstrap import (
    compare_all_scores,
    compare_scores,
    paired_blocks,
    required_resamples,
)

COMPARED = [BINARY.metrics[name] for name in BINARY.comparison_metrics]


def drawn(rows: int, seed: int, *noise: float) -> tuple[np.ndarray, list[np.ndarray]]:
    """Labels, and the scores of models that see the same signal through noise of their own."""
    random = np.random.default_rng(seed)
    signal = random.normal(size=rows)
    labels = random.random(rows) < 1 / (1 + np.exp(-signal - 1))
    return labels, [1 / (1 + np.exp(-signal - size * random.normal(size=rows))) for size in noise]


@pytest.mark.parametrize("metric", BINARY.comparison_metrics)
def test_bootstrap_gain_is_positive_when_the_challenger_is_better(metric):
    labels, scores = drawn(2000, 3, 0.2, 3.0)

    found = compare_scores(labels, tuple(scores), [BINARY.metrics[metric]], confidence=0.95, resamples=200)[
        metric
    ]

    assert found.gain == pytest.approx(BINARY.metrics[metric].sign * (found.challenger - found.champion))
    assert 0 < found.low < found.gain < found.high


def test_bootstrap_gain_of_equal_models_is_zero():
    labels, (scores,) = drawn(300, 4, 1.0)

    found = compare_scores(labels, (scores, scores), COMPARED, confidence=0.95, resamples=50)

    assert {(pair.gain, pair.low, pair.high) for pair in found.values()} == {(0, 0, 0)}


@pytest.mark.parametrize("name", PROBLEM_TYPES)
def test_rows_of_weight_0_do_not_count_in_a_comparison(name):
    problem = {"multiclass": Multiclass(classes=("a", "b")), "quantile": Quantile(levels=(0.1, 0.9))}.get(
        name, PROBLEM_TYPES[name]
    )
    labels, first = problem.example(600, 0)
    second = problem.example(600, 1)[1]
    metrics = [problem.metrics[each] for each in problem.comparison_metrics]
    given = {"confidence": 0.9, "resamples": 200, "problem": problem}

    weighted = compare_scores(
        labels, (first, second), metrics, **given, row_weights=np.where(np.arange(600) < 300, 2.0, 0.0)
    )
    alone = compare_scores(labels[:300], (first[:300], second[:300]), metrics, **given)

    for metric, pair in alone.items():
        found = weighted[metric]
        assert (found.challenger, found.champion) == pytest.approx((pair.challenger, pair.champion))
        assert found.high - found.low == pytest.approx(pair.high - pair.low, rel=0.6)


def test_bootstrap_bounds_are_equal_for_equal_seeds():
    labels, scores = drawn(300, 5, 1.0, 1.0)

    first, again = (
        compare_scores(labels, tuple(scores), COMPARED, confidence=0.9, resamples=50) for _ in range(2)
    )

    assert first == again


def test_bootstrap_bounds_are_finite_when_one_label_is_rare():
    _, scores = drawn(50, 6, 1.0, 1.0)
    one_late = np.arange(50) == 7

    found = compare_scores(one_late, tuple(scores), COMPARED, confidence=0.95, resamples=100)

    assert np.isfinite([(pair.low, pair.high) for pair in found.values()]).all()


def test_bootstrap_promotes_equal_models_at_most_at_the_stated_rate():
    """Pairs whose true metrics are equal by construction; two points alone promote every second one."""
    pairs, confidence = 300, 0.95
    promoted = points = 0
    for seed in range(pairs):
        labels, scores = drawn(300, 100 + seed, 1.0, 1.0)
        found = compare_scores(
            labels, tuple(scores), [BINARY.metrics["roc_auc"]], confidence=confidence, resamples=200
        )
        promoted += found["roc_auc"].low > 0
        points += found["roc_auc"].gain > 0

    # three standard deviations of a binomial above the stated rate
    assert promoted / pairs <= 0.05 + 3 * (0.05 * 0.95 / pairs) ** 0.5
    assert 0.4 < points / pairs < 0.6


COPIES = 5


def copies(pair, rows):
    """Return labels and predictions of a pair, each row five times, and the units of the copies."""
    of_row = np.repeat(np.arange(rows), COPIES)
    labels, scores = pair
    return labels[of_row], tuple(each[of_row] for each in scores), Units("account", of_row, ordered=False)


@pytest.mark.parametrize("name", PROBLEM_TYPES)
def test_bootstrap_bounds_of_copied_rows_are_those_of_the_rows_if_groups_are_drawn(name):
    problem, rows = PROBLEM_TYPES[name], 300
    if name == "multiclass":
        problem = problem.with_classes("abc")
    if name == "quantile":
        problem = problem.with_levels((0.1, 0.9))
    labels, new = problem.example(rows, 1)
    other = problem.example(rows, 2)[1]
    scores = (0.9 * new + 0.1 * other, 0.7 * new + 0.3 * other)
    many, pair, units = copies((labels, scores), rows)
    asked = {"confidence": 0.95, "resamples": 300, "problem": problem}
    metrics = [problem.metrics[problem.default_metric]]

    (truth,) = compare_scores(labels, scores, metrics, **asked).values()
    (free,) = compare_scores(many, pair, metrics, **asked).values()
    (once,) = compare_scores(many, pair, metrics, **asked, units=[units]).values()

    assert once.gain == pytest.approx(truth.gain)
    assert once.high - once.low == pytest.approx(truth.high - truth.low, rel=0.3)
    assert free.high - free.low < 0.7 * (once.high - once.low)


def test_bootstrap_bounds_of_groups_are_finite_when_few_groups_have_a_label():
    _, scores = drawn(60, 6, 1.0, 1.0)
    one_late = np.arange(60) == 7
    units = [Units("account", np.arange(60) // 4, ordered=False)]

    found = compare_scores(one_late, tuple(scores), COMPARED, confidence=0.95, resamples=100, units=units)

    assert np.isfinite([(pair.low, pair.high) for pair in found.values()]).all()


def test_stretches_are_as_long_as_the_difference_of_two_models_persists():
    rows = 600
    labels, (scores,) = drawn(rows, 8, 1.0)
    times = [Units("hour", np.arange(rows), ordered=True)]
    wave = 0.2 * np.sin(np.arange(rows) / 30)  # one model is better for a while, then the other
    (waving,) = paired_blocks(BINARY, labels, [np.clip(scores + wave, 0, 1)], scores, times)
    (equal,) = paired_blocks(BINARY, labels, [scores], scores, times)
    (both,) = paired_blocks(BINARY, labels, [scores, np.clip(scores + wave, 0, 1)], scores, times)
    assert waving.length > 10 * equal.length
    assert equal.length == 1
    assert both.length == waving.length
    assert paired_blocks(BINARY, labels, [scores], scores, ()) == ()


def test_one_candidate_has_the_bounds_of_a_challenger():
    labels, scores = drawn(300, 7, 1.0, 1.1)

    (alone,) = compare_all_scores(labels, scores[:1], scores[1], COMPARED, confidence=0.95, resamples=100)

    assert alone == compare_scores(labels, tuple(scores), COMPARED, confidence=0.95, resamples=100)


def test_bounds_of_several_candidates_are_wider_and_not_wider_than_bonferronis():
    labels, (champion, *candidates) = drawn(300, 8, 1.0, 1.0, 1.0, 1.0)
    together = compare_all_scores(labels, candidates, champion, COMPARED, confidence=0.95, resamples=1000)

    for candidate, pairs in zip(candidates, together, strict=True):
        alone, strict = (
            compare_scores(labels, (candidate, champion), COMPARED, confidence=level, resamples=1000)
            for level in (0.95, 1 - 0.05 / 3)
        )
        for metric, pair in pairs.items():
            assert (pair.challenger, pair.champion, pair.gain) == (
                alone[metric].challenger,
                alone[metric].champion,
                alone[metric].gain,
            )
            assert strict[metric].low <= pair.low < alone[metric].low
            assert alone[metric].high < pair.high <= strict[metric].high


def test_candidates_with_equal_predictions_have_the_bounds_of_one():
    labels, (champion, candidate) = drawn(300, 9, 1.0, 0.9)

    twice = compare_all_scores(labels, [candidate] * 2, champion, COMPARED, confidence=0.95, resamples=100)

    alone = compare_scores(labels, (candidate, champion), COMPARED, confidence=0.95, resamples=100)
    for pairs in twice:
        for metric, pair in pairs.items():
            assert pair.bounds == pytest.approx(alone[metric].bounds)


def test_candidates_are_compared_when_one_of_them_equals_the_champion():
    regression, random = PROBLEM_TYPES["regression"], np.random.default_rng(10)
    labels = random.normal(100, 20, 200)
    champion, better = labels + random.normal(0, 9, 200), labels + random.normal(0, 1, 200)

    same, found = compare_all_scores(
        labels,
        [champion, better],
        champion,
        [regression.metrics["rmse"]],
        confidence=0.95,
        resamples=100,
        problem=regression,
    )

    assert (same["rmse"].low, same["rmse"].high) == (0, 0)
    assert found["rmse"].low > 0


def test_candidates_that_are_equal_to_the_champion_are_promoted_at_most_at_the_stated_rate():
    """Five candidates whose true metrics are equal by construction: one error rate for all of them."""
    rounds, confidence, resamples, metric = 300, 0.95, 200, BINARY.metrics["brier"]
    any_jointly = any_alone = 0
    for seed in range(rounds):
        labels, (champion, *candidates) = drawn(200, 500 + seed, *[1.0] * 6)
        together = compare_all_scores(
            labels, candidates, champion, [metric], confidence=confidence, resamples=resamples
        )
        any_jointly += any(pairs["brier"].low > 0 for pairs in together)
        any_alone += any(
            compare_scores(labels, (each, champion), [metric], confidence=confidence, resamples=resamples)[
                "brier"
            ].low
            > 0
            for each in candidates
        )

    # three standard deviations of a binomial above the stated rate
    assert any_jointly / rounds <= 0.05 + 3 * (0.05 * 0.95 / rounds) ** 0.5
    assert any_alone / rounds > 0.05 + 3 * (0.05 * 0.95 / rounds) ** 0.5, (
        "one bound for each does not hold it"
    )


def test_required_resamples_grow_with_the_candidates_and_the_confidence():
    assert required_resamples(1, 0.999) == 1
    assert 100 < required_resamples(4, 0.95) < 200
    assert 400 < required_resamples(20, 0.95) < 600 < required_resamples(4, 0.99) < 700
