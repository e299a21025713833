"""The order of candidates: which one goes on."""

from __future__ import annotations

import pytest

from trimtab.learning import BINARY
from trimtab.registry import Version
from trimtab.registry.promotion.candidate_ranking import rank
from trimtab.registry.promotion.comparison import Comparison
from trimtab.registry.promotion.promotion_rules import PromotionVerdict


def judged(number, verdict, figure, *, size=1000.0, metric="roc_auc"):
    version = Version("flights", number, "run", True, "", {"model_bytes": size} if size else {}, {})
    comparison = Comparison(version, None, 10, BINARY.metrics[metric], {metric: figure})
    return comparison, PromotionVerdict(verdict, "because", ())


def order(*candidates):
    return [comparison.challenger.version for comparison, _ in rank(candidates)]


@pytest.mark.parametrize(("metric", "best_first"), [("roc_auc", [2, 1, 3]), ("log_loss", [3, 1, 2])])
def test_better_candidate_with_the_best_metric_goes_on(metric, best_first):
    figures = {1: 0.7, 2: 0.8, 3: 0.6}
    assert order(
        *(judged(number, "better", figure, metric=metric) for number, figure in figures.items())
    ) == (best_first)


def test_verdict_comes_before_the_metric():
    assert order(
        judged(1, "not better", 0.9), judged(2, "a person decides", 0.8), judged(3, "better", 0.7)
    ) == [3, 2, 1]


def test_smaller_file_goes_on_only_when_the_metrics_are_equal():
    assert order(judged(1, "better", 0.7, size=9000), judged(2, "better", 0.7, size=10)) == [2, 1]
    assert order(judged(1, "better", 0.7001, size=9000), judged(2, "better", 0.7, size=10)) == [1, 2]


def test_version_that_was_registered_first_goes_on_when_nothing_else_differs():
    assert order(judged(2, "better", 0.7), judged(1, "better", 0.7), judged(0, "better", 0.7, size=None)) == [
        1,
        2,
        0,
    ]
