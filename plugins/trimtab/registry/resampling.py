"""Metrics of two models on the same rows, and of the same rows drawn anew: the paired bootstrap.

A metric is a function of row weights: ones give the metric itself, the counts of rows drawn with replacement
that of one resample. With weights of one each is scikit-learn's metric of the same name; tests hold it so.

Source: Efron & Tibshirani, An Introduction to the Bootstrap (1993), chapters 13 and 16.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MetricName = Literal["roc_auc", "average_precision", "log_loss", "brier"]
METRICS: tuple[MetricName, ...] = get_args(MetricName)
LOSSES = ("log_loss", "brier")
SMALLEST = 2.0**-52  # scikit-learn's own clip of a probability
CELLS_AT_ONCE = 1_000_000  # weights held in memory, 8 bytes each

Statistic = Callable[[Any], Any]  # weights of shape (n_resamples, n_rows) -> (n_resamples,)


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
    labels: Floats,
    scores: tuple[Floats, Floats],
    metrics: Sequence[MetricName],
    *,
    confidence: float,
    resamples: int,
    seed: int = 0,
) -> dict[MetricName, Paired]:
    """Compare two models by several metrics, all on the same resamples.

    Args:
        labels: 0 or 1, of shape (n_rows,).
        scores: The challenger's and the champion's probabilities, each of shape (n_rows,).
        metrics: Which.
        confidence: Of each of the two bounds, one-sided, such as 0.95.
        resamples: How many; each draws positives and negatives in their numbers.
        seed: Equal seeds give equal bounds, on any machine.
    """
    import numpy as np

    both = {metric: [statistic(metric, labels, model) for model in scores] for metric in metrics}
    whole = {
        metric: [float(of(np.ones((1, len(labels))))[0]) for of in pair] for metric, pair in both.items()
    }
    draws: dict[MetricName, list[Any]] = {metric: [] for metric in metrics}
    for weights in _weights(labels, resamples, seed):
        for metric, (challenger, champion) in both.items():
            draws[metric].append(sign(metric) * (challenger(weights) - champion(weights)))
    found = {}
    tail = _tail(confidence, resamples)
    for metric, (new, old) in whole.items():
        low, high = np.quantile(np.concatenate(draws[metric]), [tail, 1 - tail])
        found[metric] = Paired(new, old, sign(metric) * (new - old), float(low), float(high))
    return found


def _tail(confidence: float, resamples: int) -> float:
    """Return the share of draws beyond a bound: a standard error of its own smaller, as draws are finite."""
    tail = 1 - confidence
    return float(max(tail - (tail * confidence / resamples) ** 0.5, 1 / resamples))


def sign(metric: MetricName) -> int:
    """Return 1 if more is better, -1 for a loss."""
    return -1 if metric in LOSSES else 1


def statistic(metric: MetricName, labels: Floats, scores: Floats) -> Statistic:
    """Return a metric as a function of row weights."""
    import numpy as np

    if metric == "roc_auc":
        return _roc_auc(labels, scores)
    if metric == "average_precision":
        return _average_precision(labels, scores)
    clipped = np.clip(scores, SMALLEST, 1 - SMALLEST)
    losses = (scores - labels) ** 2 if metric == "brier" else -np.log(np.where(labels, clipped, 1 - clipped))
    return lambda weights: (weights @ losses) / weights.sum(axis=1)


def _weights(labels: Floats, resamples: int, seed: int) -> Any:
    """Yield how often each row was drawn, a batch of resamples at a time; either class keeps its size."""
    import numpy as np

    random = np.random.default_rng(seed)
    batch = max(1, CELLS_AT_ONCE // len(labels))
    for start in range(0, resamples, batch):
        size = min(batch, resamples - start)
        weights = np.zeros((size, len(labels)))
        for rows in (np.flatnonzero(labels == 0), np.flatnonzero(labels == 1)):
            drawn = random.integers(0, len(rows), (size, len(rows))) + np.arange(size)[:, None] * len(rows)
            counts = np.bincount(drawn.ravel(), minlength=size * len(rows))
            weights[:, rows] = counts.reshape(size, len(rows))
        yield weights


def _by_score(labels: Floats, scores: Floats) -> Callable[[Floats], tuple[Floats, Floats]]:
    """Return a function from weights to those of positives and negatives per distinct score, lowest first."""
    import numpy as np

    order = np.argsort(scores, kind="stable")
    starts = np.flatnonzero(np.concatenate([[True], np.diff(scores[order]) > 0]))
    positive = labels[order]

    def count(weights: Floats) -> tuple[Floats, Floats]:
        drawn = weights[:, order]
        every = np.add.reduceat(drawn, starts, axis=1)
        found = np.add.reduceat(drawn * positive, starts, axis=1)
        return found, every - found

    return count


def _roc_auc(labels: Floats, scores: Floats) -> Statistic:
    """Return the probability that a positive scores above a negative, ties counted half (Mann-Whitney)."""
    count = _by_score(labels, scores)

    def of(weights: Floats) -> Floats:
        positives, negatives = count(weights)
        below = negatives.cumsum(axis=1) - negatives / 2
        auc: Floats = (positives * below).sum(axis=1) / (positives.sum(axis=1) * negatives.sum(axis=1))
        return auc

    return of


def _average_precision(labels: Floats, scores: Floats) -> Statistic:
    """Return precision at each distinct score, weighted by the recall gained there."""
    count = _by_score(labels, scores)

    def of(weights: Floats) -> Floats:
        positives, negatives = (side[:, ::-1] for side in count(weights))
        found = positives.cumsum(axis=1)
        called = (found + negatives.cumsum(axis=1)).clip(min=SMALLEST)
        precision: Floats = (positives * found / called).sum(axis=1) / found[:, -1]
        return precision

    return of
