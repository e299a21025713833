"""Blocks: rows that a resample draws together, because they depend on each other.

Rows of one group are drawn whole (the cluster bootstrap: Davison & Hinkley, Bootstrap Methods and their
Application (1997), section 3.8). Of rows in time, stretches of equally many consecutive times are drawn, and
the last time is followed by the first (the circular block bootstrap: Politis & Romano 1992). If rows have
both, the counts of both draws are multiplied, which makes an interval rather too wide than too narrow (Owen,
"The Pigeonhole Bootstrap", Annals of Applied Statistics 2007).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from trimtab.learning.resampling.bootstrap import Floats

MOST_REDRAWS = 100  # of a resample in which a stratum has no row
BATCHES_KEPT = 64


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """The rows of a table in units, which are never split: groups, or the rows of one time.

    Attributes:
        column: The column that has the groups or the times.
        of_row: The number of each row's unit, from 0, of shape (n_rows,).
        ordered: Whether the units are times in their order, so that each depends on the next ones.
    """

    column: str
    of_row: NDArray[np.intp]
    ordered: bool

    @property
    def number(self) -> int:
        """The number of units."""
        return int(self.of_row.max(initial=-1)) + 1

    def blocks(self, series: Floats) -> Blocks:
        """Return blocks of units: of a group alone, or of as many times as the series asks for.

        Args:
            series: What each row contributes to the figures, of shape (n_rows, n_series). The series with the
                longest memory decides.
        """
        if not self.ordered:
            return Blocks(self, 1)
        sums = [np.bincount(self.of_row, each - each.mean()).astype(np.float64) for each in series.T]
        return Blocks(self, max(map(block_length, sums)))


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """Units, and how many consecutive ones are drawn together.

    Attributes:
        units: The units.
        length: How many units a block has.
    """

    units: Units
    length: int

    def __str__(self) -> str:
        """Return what is drawn, for a sentence."""
        units = self.units
        if units.ordered:
            return f"stretches of {self.length:,} time(s) ({units.number:,} values of '{units.column}')"
        return f"whole groups ({units.number:,} values of '{units.column}')"

    def folds(self, most: int) -> NDArray[np.intp]:
        """Return the fold of each row: a jackknife leaves out one at a time, and no fold splits a block.

        Args:
            most: The largest number of folds.
        """
        block = self.units.of_row // self.length
        return block % min(most, int(block.max()) + 1)


def select_units(units: Sequence[Units], chosen: NDArray[Any]) -> tuple[Units, ...]:
    """Return the units of some rows.

    Args:
        units: The units of a table.
        chosen: The positions of the rows, or whether a row is one of them.
    """
    numbered = (np.unique(each.of_row[chosen], return_inverse=True)[1] for each in units)
    return tuple(replace(each, of_row=of_row) for each, of_row in zip(units, numbered, strict=True))


def to_blocks(units: Sequence[Units], series: Floats) -> tuple[Blocks, ...]:
    """Return the blocks of a table; see :meth:`Units.blocks`."""
    return tuple(each.blocks(series) for each in units)


def describe_blocks(blocks: Sequence[Blocks]) -> str:
    """Return what a resample draws, for a sentence."""
    return " and ".join(map(str, blocks)) or "the rows"


def draw_weights(
    blocks: Sequence[Blocks], seed: int, stream: int, numbers: range, strata: NDArray[Any] | None = None
) -> Floats:
    """Return how often each row is drawn in some resamples, of shape (n_resamples, n_rows).

    Args:
        blocks: The blocks, at least one.
        seed: The same seed draws the same rows, on any machine.
        stream: Another stream draws other, independent resamples.
        numbers: The numbers of the resamples.
        strata: The stratum of each row, of shape (n_rows,). Blocks cut across strata, so a resample cannot
            keep their sizes. One in which a stratum has no row is drawn again.
    """
    weights = np.ones((len(numbers), len(blocks[0].units.of_row)))
    for place, each in enumerate(blocks):
        drawn = _drawn((seed, stream, place), numbers.start, numbers.stop, each.units.number, each.length)
        weights *= drawn[:, each.units.of_row]
    if strata is None:
        return weights
    order = np.argsort(strata, kind="stable")
    starts = np.flatnonzero(np.r_[True, strata[order][1:] != strata[order][:-1]])
    for attempt in range(1, MOST_REDRAWS):
        sizes = np.add.reduceat(weights[:, order], starts, axis=1)
        lacking = np.flatnonzero((sizes == 0).any(axis=1))
        if not len(lacking):
            break
        weights[lacking] = 1.0
        for place, each in enumerate(blocks):
            again = [
                _count_units((seed, stream, place, numbers[number], attempt), each.units.number, each.length)
                for number in lacking
            ]
            weights[lacking] *= np.array(again)[:, each.units.of_row]
    return weights


def block_length(series: Floats) -> int:
    """Return how many consecutive values of a series a block should have.

    Source: Politis & White, "Automatic Block-Length Selection for the Dependent Bootstrap", Econometric
    Reviews 2004, with the correction of Patton, Politis & White, Econometric Reviews 2009: the length with
    the least mean squared error of the variance of the mean, for the circular block bootstrap.

    Args:
        series: The values in order, of shape (n_values,).
    """
    number = len(series)
    flat = max(5, math.ceil(math.sqrt(math.log10(number))))  # so many small autocorrelations end the memory
    lags = min(math.ceil(math.sqrt(number)) + flat, number - 1)
    apart = series - series.mean()
    covariance = np.array([apart[: number - lag] @ apart[lag:] / number for lag in range(lags + 1)])
    if not covariance[0] > 0:
        return 1
    small = np.abs(covariance[1:]) < 2 * math.sqrt(math.log10(number) / number) * covariance[0]
    memory = next((lag for lag in range(lags - flat + 1) if small[lag : lag + flat].all()), lags)
    lag = np.arange(1, min(2 * max(memory, 1), lags) + 1)
    flat_top = np.minimum(1.0, 2 * (1 - lag / lag[-1])) * covariance[lag]
    spectrum, slope = covariance[0] + 2 * flat_top.sum(), 2 * (lag * flat_top).sum()
    most = min(3 * math.sqrt(number), number / 3)
    if spectrum == 0:
        return math.ceil(most)
    best = float(1.5 * (slope / spectrum) ** 2 * number) ** (1 / 3)
    return max(1, math.ceil(round(float(min(best, most)), 6)))


@lru_cache(maxsize=BATCHES_KEPT)
def _drawn(seed: tuple[int, int, int], start: int, stop: int, units: int, length: int) -> NDArray[np.uint8]:
    """Draw blocks of units with replacement, and count the units; each resample has its own seed."""
    drawn = np.empty((stop - start, units), dtype=np.uint8)  # no unit is drawn 256 times
    for number in range(start, stop):
        drawn[number - start] = _count_units((*seed, number), units, length)
    return drawn


def _count_units(seed: tuple[int, ...], units: int, length: int) -> NDArray[np.intp]:
    """Draw as many units as there are, in blocks whose last one may be shorter, and count each."""
    blocks = -(-units // length)
    begins = np.random.default_rng(seed).integers(0, units, blocks)
    if length == 1:
        return np.bincount(begins, minlength=units)
    ends = begins + length
    ends[-1] -= blocks * length - units
    changes = np.bincount(begins, minlength=2 * units + 1) - np.bincount(ends, minlength=2 * units + 1)
    counts: NDArray[np.intp] = changes.cumsum()
    return np.asarray(counts[:units] + counts[units : 2 * units])
