"""The paired bootstrap: metrics of two models on the same rows, and the bounds of the gain.

Source: Efron & Tibshirani, An Introduction to the Bootstrap (1993), chapters 13 and 16.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from trimtab.learning import (
    BINARY,
    Blocks,
    Bootstrap,
    Floats,
    Metric,
    ProblemType,
    Statistic,
    Units,
    to_blocks,
)


@dataclass(frozen=True)
class PairedMetric:
    """A metric of challenger and champion on the same rows.

    Attributes:
        challenger: The challenger's metric.
        champion: The champion's metric.
        gain: By how much the challenger is better; for a loss, by how much it is lower.
        low: Lower bound of the gain: with the given confidence the true gain is above it.
        high: Upper bound of the gain: with the given confidence the true gain is below it.
    """

    challenger: float
    champion: float
    gain: float
    low: float
    high: float

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """The champion's metric, the gain and its bounds."""
        return self.champion, self.gain, self.low, self.high


def compare_scores(
    labels: NDArray[Any],
    scores: tuple[Floats, Floats],
    metrics: Sequence[Metric],
    *,
    confidence: float,
    resamples: int,
    seed: int = 0,
    problem: ProblemType = BINARY,
    units: Sequence[Units] = (),
) -> dict[str, PairedMetric]:
    """Compare two models by several metrics, all on the same resamples.

    Args:
        labels: The labels, of shape (n_rows,), as the problem type reads them.
        scores: The challenger's and the champion's predictions, in the shape of the problem type's.
        metrics: The metrics.
        confidence: Confidence of each bound, one-sided, such as 0.95.
        resamples: Number of resamples; each has as many rows of each class as the window, or, if there are
            units, rows of each class.
        seed: Equal seeds give equal bounds on every machine.
        problem: The problem type, with the classes of both models and the labels.
        units: The units of rows that depend on each other; nothing if rows are independent.
    """
    blocks = paired_blocks(problem, labels, scores, units)
    bootstrap = Bootstrap(resamples, 1 - 2 * _tail(confidence, resamples), seed, blocks)
    pairs = [tuple(problem.statistic(metric, labels, model) for model in scores) for metric in metrics]
    statistics = [statistic for pair in pairs for statistic in pair]
    sampled = bootstrap.sample(statistics, len(labels), strata=problem.strata(labels))
    found = {}
    for metric, pair, new, old in zip(metrics, pairs, sampled[::2], sampled[1::2], strict=True):
        gain = new.minus(old).times(metric.sign)
        low, high = problem.gain_interval(bootstrap, gain, _gain(metric, *pair), len(labels))
        found[metric.name] = PairedMetric(new.value, old.value, gain.value, low, high)
    return found


def paired_blocks(
    problem: ProblemType, labels: NDArray[Any], scores: tuple[Floats, Floats], units: Sequence[Units]
) -> tuple[Blocks, ...]:
    """Return the blocks of a comparison: of stretches as long as the difference of the errors persists.

    Args:
        problem: The problem type.
        labels: The labels.
        scores: The predictions of both models.
        units: The units of rows that depend on each other.
    """
    if not units:
        return ()
    new, old = (problem.row_errors(labels, model) for model in scores)
    return to_blocks(units, new - old)


def _gain(metric: Metric, challenger: Statistic, champion: Statistic) -> Statistic:
    return lambda weights: metric.sign * (challenger(weights) - champion(weights))


def _tail(confidence: float, resamples: int) -> float:
    """Return the share of resamples beyond a bound.

    It is one standard error smaller than 1 - confidence, because the number of resamples is finite.
    """
    tail = 1 - confidence
    return float(max(tail - (tail * confidence / resamples) ** 0.5, 1 / resamples))
