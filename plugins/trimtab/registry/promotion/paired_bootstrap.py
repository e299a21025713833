"""Metrics of two models on the same rows, and by how much one is surely better: the paired bootstrap.

Source: Efron & Tibshirani, An Introduction to the Bootstrap (1993), chapters 13 and 16.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trimtab.metrics import Labels, sign, statistic
from trimtab.registry.promotion.promote_policy import ComparisonMetric
from trimtab.resampling import Bootstrap, Floats


@dataclass(frozen=True)
class Paired:
    """One metric of challenger and champion.

    Attributes:
        challenger: The challenger's.
        champion: The champion's.
        gain: By how much the challenger is better; of a loss, by how much it is lower.
        low: The gain's lower bound: the true one is above it with the stated confidence.
        high: Its upper bound, likewise.
    """

    challenger: float
    champion: float
    gain: float
    low: float
    high: float


def compare_scores(
    labels: Labels,
    scores: tuple[Floats, Floats],
    metrics: Sequence[ComparisonMetric],
    *,
    confidence: float,
    resamples: int,
    seed: int = 0,
) -> dict[ComparisonMetric, Paired]:
    """Compare two models by several metrics, all on the same resamples.

    Args:
        labels: Whether a row is positive, of shape (n_rows,); both occur.
        scores: The challenger's and the champion's probabilities, each of shape (n_rows,).
        metrics: Which.
        confidence: Of each of the two bounds, one-sided, such as 0.95.
        resamples: How many; each draws positives and negatives in their numbers.
        seed: Equal seeds give equal bounds, on any machine.
    """
    bootstrap = Bootstrap(resamples, 1 - 2 * _tail(confidence, resamples), seed)
    statistics = [statistic(metric, labels, model) for metric in metrics for model in scores]
    sampled = bootstrap.sample(statistics, len(labels), strata=labels)
    found = {}
    for metric, new, old in zip(metrics, sampled[::2], sampled[1::2], strict=True):
        gain = new.minus(old).times(sign(metric))
        found[metric] = Paired(new.value, old.value, gain.value, *bootstrap.interval(gain))
    return found


def _tail(confidence: float, resamples: int) -> float:
    """Return the share of draws beyond a bound: a standard error of its own smaller, as draws are finite."""
    tail = 1 - confidence
    return float(max(tail - (tail * confidence / resamples) ** 0.5, 1 / resamples))
