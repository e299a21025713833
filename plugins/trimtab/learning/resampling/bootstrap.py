"""The percentile bootstrap: statistics with confidence intervals.

A statistic is a function of row weights. Weights of 1 give the statistic of all rows. The counts of rows
drawn with replacement give the statistic of one resample. Statistics that are computed together share the
resamples, so that their difference is a paired comparison. Rows that depend on each other are drawn in
blocks: only the weights differ then. If rows have weights of their own, the counts are multiplied by them.

Source: Efron & Tibshirani, An Introduction to the Bootstrap (1993), chapter 13.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from statistics import NormalDist
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from trimtab.learning.resampling.blocks import Blocks, draw_weights

DIGITS = 6  # further digits depend on the order of summation
CELLS_AT_ONCE = 1_000_000  # weights in use, 8 bytes each
JACKKNIFE_FOLDS = 100
BATCHES_KEPT = 64  # of a million bytes at most: for a table of 30,000 rows, all of two streams

Floats: TypeAlias = NDArray[np.float64]
Statistic: TypeAlias = Callable[[Floats], Floats]  # weights of shape (n_resamples, n_rows) -> (n_resamples,)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and its confidence interval; the interval is NaN if the figure of a resample is undefined."""

    value: float
    low: float
    high: float

    @property
    def interval(self) -> tuple[float, float] | None:
        """The interval; None if it is undefined."""
        return (self.low, self.high) if np.isfinite([self.low, self.high]).all() else None


@dataclass(frozen=True, slots=True)
class Sampled:
    """A figure and its values in all resamples.

    Attributes:
        value: The figure of all rows.
        draws: The figure of each resample, of shape (n_resamples,).
    """

    value: float
    draws: Floats

    def minus(self, other: Sampled) -> Sampled:
        """Return the difference; it is paired if both share the resamples."""
        return Sampled(self.value - other.value, self.draws - other.draws)

    def times(self, factor: float) -> Sampled:
        """Return the figure times a number."""
        return Sampled(self.value * factor, self.draws * factor)


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """A bootstrap and its settings.

    Attributes:
        resamples: Number of resamples.
        confidence: Confidence level of the interval, such as 0.95.
        seed: The same seed draws the same rows, on any machine.
        blocks: The blocks that are drawn instead of rows; nothing if rows are independent.
        row_weights: How much each row counts, of shape (n_rows,); None if all count the same.
    """

    resamples: int
    confidence: float
    seed: int
    blocks: tuple[Blocks, ...] = field(default=(), compare=False)
    row_weights: Floats | None = field(default=None, compare=False)

    def sample(
        self,
        statistics: Sequence[Statistic],
        rows: int,
        *,
        stream: int = 0,
        strata: NDArray[Any] | None = None,
    ) -> list[Sampled]:
        """Compute statistics of all rows and of every resample.

        Args:
            statistics: The statistics; they share the resamples.
            rows: Number of rows.
            stream: Another stream draws other, independent resamples.
            strata: Stratum of each row, of shape (n_rows,). Every resample keeps the size of each stratum; if
                blocks are drawn, it has rows of each.
        """
        with np.errstate(
            divide="ignore", invalid="ignore"
        ):  # an undefined figure is NaN, and is reported as undefined
            whole = [float(of(self._weighted(np.ones((1, rows))))[0]) for of in statistics]
            parts = [[of(weights) for of in statistics] for weights in self._weights(rows, stream, strata)]
        return [
            Sampled(value, np.concatenate(draws))
            for value, draws in zip(whole, zip(*parts, strict=True), strict=True)
        ]

    def interval(self, sampled: Sampled) -> tuple[float, float]:
        """Return the percentile interval of a figure."""
        tail = (1 - self.confidence) / 2
        low, high = np.quantile(sampled.draws, [tail, 1 - tail])
        return float(low), float(high)

    def wide_interval(self, sampled: Sampled, statistic: Statistic, rows: int) -> tuple[float, float]:
        """Return the percentile interval, or the normal one by the jackknife where that is wider.

        If a few rows with large errors dominate a figure, the percentile interval is too narrow. The
        jackknife leaves these rows out, and shows how much the figure depends on them.

        Args:
            sampled: The figure.
            statistic: The figure as a function of row weights.
            rows: Number of rows.
        """
        low, high = self.interval(sampled)
        error = jackknife_error(lambda counts: statistic(self._weighted(counts)), rows, self.blocks)
        reach = -NormalDist().inv_cdf((1 - self.confidence) / 2) * error
        return min(low, sampled.value - reach), max(high, sampled.value + reach)

    def estimate(self, sampled: Sampled) -> Estimate:
        """Return a figure with its interval, rounded."""
        return Estimate(*(round(value, DIGITS) for value in (sampled.value, *self.interval(sampled))))

    def estimates(self, statistics: Sequence[Statistic], rows: int) -> list[Estimate]:
        """Return statistics with their intervals, all from the same resamples."""
        return [self.estimate(sampled) for sampled in self.sample(statistics, rows)]

    def cells(self, cell: NDArray[np.intp]) -> Floats:
        """Resample the weights of cells: the same distribution as resampling their rows, but cheap.

        Args:
            cell: The cell of each row, numbered from 0, of shape (n_rows,).

        Returns:
            Of shape (n_resamples, n_cells).
        """
        counts = np.bincount(cell)
        if not self.blocks and self.row_weights is None:
            random = np.random.default_rng(self.seed)
            return random.multinomial(len(cell), counts / len(cell), self.resamples).astype(np.float64)
        order, starts = np.argsort(cell, kind="stable"), counts.cumsum() - counts
        parts = [
            np.add.reduceat(weights[:, order], starts, axis=1)
            for weights in self._weights(len(cell), 0, None)
        ]
        return np.concatenate(parts)

    def _weights(self, rows: int, stream: int, strata: NDArray[Any] | None) -> Iterator[Floats]:
        """Yield how often each row is drawn, times its weight, one batch of resamples at a time."""
        sizes, place = ((rows,), slice(None)) if strata is None else _laid_out(strata)
        batch = max(1, CELLS_AT_ONCE // rows)
        for start in range(0, self.resamples, batch):
            stop = min(start + batch, self.resamples)
            if self.blocks:
                yield self._weighted(draw_weights(self.blocks, self.seed, stream, range(start, stop), strata))
                continue
            yield self._weighted(_drawn(self.seed, stream, start, stop, sizes)[:, place].astype(np.float64))

    def _weighted(self, counts: Floats) -> Floats:
        """Return counts of rows, of shape (n_resamples, n_rows), times the weights of the rows."""
        return counts if self.row_weights is None else counts * self.row_weights


def jackknife_error(statistic: Statistic, rows: int, blocks: Sequence[Blocks] = ()) -> float:
    """Return the standard error of a figure by the jackknife that leaves out one fold of rows at a time.

    Source: Efron & Tibshirani, An Introduction to the Bootstrap (1993), chapter 11.

    Args:
        statistic: The figure as a function of row weights.
        rows: Number of rows.
        blocks: The blocks that are left out whole; nothing if rows are independent.
    """
    folds = [each.folds(JACKKNIFE_FOLDS) for each in blocks] or [np.arange(rows) % min(JACKKNIFE_FOLDS, rows)]
    return math.hypot(*(_error_of_folds(statistic, fold) for fold in folds))


def _error_of_folds(statistic: Statistic, fold: NDArray[np.intp]) -> float:
    folds = int(fold.max()) + 1
    batch = max(1, CELLS_AT_ONCE // len(fold))
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = [
            statistic((fold != left_out[:, None]).astype(np.float64))
            for left_out in np.split(np.arange(folds), range(batch, folds, batch))
        ]
    figures = np.concatenate(parts)
    return float(np.sqrt((folds - 1) / folds * ((figures - figures.mean()) ** 2).sum()))


def _laid_out(strata: NDArray[Any]) -> tuple[tuple[int, ...], NDArray[np.intp]]:
    """Return the size of each stratum, and the position of each row once rows are sorted by stratum."""
    sizes = np.unique(strata, return_counts=True)[1]
    return tuple(sizes.tolist()), np.argsort(np.argsort(strata, kind="stable"))


@lru_cache(maxsize=BATCHES_KEPT)
def _drawn(seed: int, stream: int, start: int, stop: int, sizes: tuple[int, ...]) -> NDArray[np.uint8]:
    """Draw the rows of each stratum with replacement and count them; each resample has its own seed."""
    drawn = np.empty((stop - start, sum(sizes)), dtype=np.uint8)  # no row is drawn 256 times
    for number in range(start, stop):
        random = np.random.default_rng([seed, stream, number])
        counts = [np.bincount(random.integers(0, size, size), minlength=size) for size in sizes]
        drawn[number - start] = np.concatenate(counts)
    return drawn


def within(statistic: Statistic, chosen: NDArray[np.intp]) -> Statistic:
    """Return a statistic of some rows only.

    Args:
        statistic: The statistic of these rows.
        chosen: Positions of the rows in the whole table.
    """
    return lambda weights: statistic(weights[:, chosen])


def share(holds: NDArray[np.bool_], among: NDArray[np.bool_] | None = None) -> Statistic:
    """Return the share of rows with a property; NaN if no row counts.

    Args:
        holds: Whether a row has the property, of shape (n_rows,).
        among: Whether a row counts, of shape (n_rows,); all rows by default.
    """
    if among is None:
        return mean(holds.astype(np.float64))
    counted = among.astype(np.float64)
    both = holds * counted
    return lambda weights: (weights @ both) / (weights @ counted)


@dataclass(frozen=True, slots=True, eq=False)
class Mean:
    """The mean of a value of each row: a statistic whose standard error needs no resamples.

    Attributes:
        values: The values, of shape (n_rows,).
    """

    values: Floats

    def __call__(self, weights: Floats) -> Floats:
        """Return the mean of each resample, of shape (n_resamples,)."""
        average: Floats = (weights @ self.values) / weights.sum(axis=1)
        return average

    @property
    def error(self) -> float:
        """The standard error of the mean of independent rows, which that of many resamples tends to."""
        return float(np.std(self.values)) / math.sqrt(len(self.values))


def mean(values: Floats) -> Mean:
    """Return the mean of a value of each row, of shape (n_rows,)."""
    return Mean(values)
