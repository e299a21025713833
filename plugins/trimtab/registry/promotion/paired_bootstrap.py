"""The paired bootstrap: metrics of candidates and champion on the same rows, and the bounds of their gains.

With several candidates, the bounds hold jointly: no more often than the confidence leaves open is any true
gain below its lower bound. All candidates share the resamples, so it is known how much their gains vary
together. The joint level is less strict than Bonferroni's. With one candidate it is the level of one bound.

Sources: Efron & Tibshirani, An Introduction to the Bootstrap (1993), chapters 13 and 16. Beran, Balanced
simultaneous confidence sets, JASA 83 (1988). White, A reality check for data snooping, Econometrica 68
(2000).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from numpy.typing import NDArray

from trimtab.learning import (
    BINARY,
    Blocks,
    Bootstrap,
    Floats,
    Metric,
    ProblemType,
    Sampled,
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
    row_weights: Floats | None = None,
) -> dict[str, PairedMetric]:
    """Compare a challenger with the champion by several metrics, all on the same resamples.

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
        row_weights: How much each row counts, of shape (n_rows,); None if all count the same.
    """
    (found,) = compare_all_scores(
        labels,
        scores[:1],
        scores[1],
        metrics,
        confidence=confidence,
        resamples=resamples,
        seed=seed,
        problem=problem,
        blocks=paired_blocks(problem, labels, scores[:1], scores[1], units, row_weights),
        row_weights=row_weights,
    )
    return found


def compare_all_scores(
    labels: NDArray[Any],
    candidates: Sequence[Floats],
    champion: Floats,
    metrics: Sequence[Metric],
    *,
    confidence: float,
    resamples: int,
    seed: int = 0,
    problem: ProblemType = BINARY,
    blocks: Sequence[Blocks] = (),
    row_weights: Floats | None = None,
) -> list[dict[str, PairedMetric]]:
    """Compare each candidate with the champion; the bounds of all candidates hold jointly, in each metric.

    Args:
        labels: The labels, of shape (n_rows,), as the problem type reads them.
        candidates: The predictions of each candidate, in the shape of the problem type's.
        champion: The champion's predictions.
        metrics: The metrics.
        confidence: Confidence that all lower bounds hold; the upper bounds have their level.
        resamples: See :func:`compare_scores`; at least :func:`required_resamples`.
        seed: See :func:`compare_scores`.
        problem: The problem type, with the classes of all models and the labels.
        blocks: See :func:`paired_blocks`; nothing if rows are independent.
        row_weights: See :func:`compare_scores`.

    Returns:
        The pairs of each candidate, by the name of the metric.
    """
    tail = _tail(confidence, resamples)
    bootstrap = Bootstrap(resamples, 1 - 2 * tail, seed, tuple(blocks), row_weights)
    models = [*candidates, champion]
    statistics = [[problem.statistic(metric, labels, model) for model in models] for metric in metrics]
    sampled = iter(
        bootstrap.sample(
            [statistic for of_metric in statistics for statistic in of_metric],
            len(labels),
            strata=problem.strata(labels),
        )
    )
    found: list[dict[str, PairedMetric]] = [{} for _ in candidates]
    for metric, (*own, of_champion) in zip(metrics, statistics, strict=True):
        *new, old = islice(sampled, len(models))
        gains = [each.minus(old).times(metric.sign) for each in new]
        jointly = replace(bootstrap, confidence=1 - 2 * _joint_tail(gains, tail))
        for pairs, each, gain, statistic in zip(found, new, gains, own, strict=True):
            of_gain = _gain(metric, statistic, of_champion)
            low, high = problem.gain_interval(jointly, gain, of_gain, len(labels))
            pairs[metric.name] = PairedMetric(each.value, old.value, gain.value, low, high)
    return found


def paired_blocks(
    problem: ProblemType,
    labels: NDArray[Any],
    candidates: Sequence[Floats],
    champion: Floats,
    units: Sequence[Units],
    row_weights: Floats | None = None,
) -> tuple[Blocks, ...]:
    """Return the blocks of a comparison: of stretches as long as the difference of the errors persists.

    Args:
        problem: The problem type.
        labels: The labels.
        candidates: The predictions of each candidate. The difference that persists longest decides.
        champion: The champion's predictions.
        units: The units of rows that depend on each other.
        row_weights: How much each row counts, of shape (n_rows,); None if all count the same.
    """
    import numpy as np

    if not units:
        return ()
    old = problem.row_errors(labels, champion)
    apart = np.hstack([problem.row_errors(labels, each) - old for each in candidates])
    return to_blocks(units, apart if row_weights is None else apart * row_weights[:, None])


def required_resamples(candidates: int, confidence: float) -> int:
    """Return how many resamples it takes that one is beyond each bound, however the candidates differ."""
    resamples = candidates
    while resamples * _tail(confidence, resamples) < candidates:
        resamples += candidates
    return resamples


def _gain(metric: Metric, challenger: Statistic, champion: Statistic) -> Statistic:
    return lambda weights: metric.sign * (challenger(weights) - champion(weights))


def _tail(confidence: float, resamples: int) -> float:
    """Return the share of resamples beyond a bound.

    It is one standard error smaller than 1 - confidence, because the number of resamples is finite.
    """
    tail = 1 - confidence
    return float(max(tail - (tail * confidence / resamples) ** 0.5, 1 / resamples))


def _joint_tail(gains: Sequence[Sampled], tail: float) -> float:
    """Return the share of resamples beyond each bound, for a share beyond any of them.

    Each gain is ranked among its own draws. So a gain that varies more has no more influence than the others.

    Args:
        gains: The gain of each candidate.
        tail: The share of resamples in which any gain is below its bound.
    """
    import numpy as np

    if len(gains) == 1:
        return tail
    ranks = [np.argsort(np.argsort(gain.draws, kind="stable"), kind="stable") for gain in gains]
    lowest = np.min(ranks, axis=0)
    return float(np.quantile(lowest, tail) / (len(lowest) - 1))
