"""Drafts expectations on number columns: range, distribution and precision."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from trimtab.gates.suggest.calendar import is_whole, is_year, limits
from trimtab.gates.suggest.draft import Draft, bounds, ceiling, floor, mostly
from trimtab.gates.suggest.reference import Reference

if TYPE_CHECKING:
    import pandas as pd

ROOM = 0.5  # of the range seen, on either side of it
CONSTANT_ROOM = 0.05  # of the value, where all are the same
YEARS_TO_COME = 20
RARE = 0.95  # of the rows hold one value
STRAY = 0.0003  # of the rows; large tables have a few values that nobody meant
MEAN_STDEVS = 0.5  # room of a mean of few files, of the values' deviation; of one file twice that
MEAN_SPREADS = 2  # and of the difference between files
TIMES = 2  # room of a deviation of few files, a multiple; of one file twice that
CODES = 100  # values; more are a quantity, whose ends are chance
FEW = 12  # values; a column of no more may be a set of codes
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
LEAST_SHIFT = 0.05  # room of a quantile: as many of a hundred rows, however many rows there are
TAIL = 0.05  # of the rows are its tail, by which it is told how far it goes on
FINENESS = 2  # room of the number of different values: a multiple
COARSE = 0.5  # of the values; fewer that look rounded are chance


def draft_numbers(name: str, good: Reference) -> Iterator[Draft]:
    """Draft the expectations on a number column."""
    column = good.frame[name].dropna()
    low, high = float(column.min()), float(column.max())
    if not math.isfinite(high - low):  # no good data, and no bound to draw from them
        return
    yield from _values(name, column, good)
    if low == high:
        return
    if name not in good.order[:1]:  # time goes on
        yield from _moments(name, good) if good.few else _quantiles(name, column, good)
    if not good.few:
        yield from _fineness(name, column, good)


def _fineness(name: str, column: pd.Series, good: Reference) -> Iterator[Draft]:
    """Draft the precision of numbers: rounding removes decimals, a constant has one value."""
    for digits in (1, 0) if column.dtype.kind == "f" else ():
        coarse = int((column.round(digits) == column).sum())
        if coarse <= COARSE * len(column):
            yield Draft(
                "expect_column_values_to_satisfy_condition",
                {
                    "column": name,
                    "condition": f"value != value.round({digits})",
                    **mostly(1 - good.rare(coarse, len(column))),
                },
                f"{1 - coarse / len(column):.1%} have more than {digits} decimals; rounded ones have not",
            )
            return
    counts = [int(file[name].nunique()) for file in good.files]
    if min(counts) > 2 and limits(name, column) is None:
        yield Draft(
            "expect_column_unique_value_count_to_be_between",
            {"column": name, "min_value": -(-min(counts) // FINENESS), "max_value": max(counts) * FINENESS},
            f"files have {min(counts):,} to {max(counts):,} different values, rounded ones have fewer; "
            "margin: half and double",
            each_file=True,
        )


def _values(name: str, column: pd.Series, good: Reference) -> Iterator[Draft]:
    """Draft the set of values, if it is one, and bounds: of those that may be others, none is far away."""
    low, high = float(column.min()), float(column.max())
    counts = column.value_counts().sort_index()
    ruled = limits(name, column) is not None or is_year(name, column)
    gaps = high - low + 1 > len(counts) > 1
    is_set = is_whole(column) and not ruled and gaps and len(counts) <= FEW
    if is_set and int(counts.min()) >= good.surprise:
        yield Draft(
            "expect_column_values_to_be_in_set",
            {
                "column": name,
                "value_set": [int(value) for value in counts.index],
                **mostly(1 - good.rare(0, len(column))),
            },
            f"{len(counts)} values, none of them rare; few may be others that were not seen",
        )
    yield _between(name, column, good)


def _between(name: str, column: pd.Series, good: Reference) -> Draft:
    low, high, digits = column.min(), column.max(), 0 if is_whole(column) else 4
    seen, set_by = f"{low:g} to {high:g}", limits(name, column)
    if set_by:
        return _bounded(name, *set_by, 0, f"{seen}; the calendar or the globe sets the bounds")
    if is_year(name, column):
        room = max(ROOM * (high - low), YEARS_TO_COME)
        return _bounded(
            name, low - room, high + room, 0, f"{seen}; margin: half the range, 20 years at least"
        )
    counts = column.value_counts().sort_index()
    closed = not digits and high - low + 1 == len(counts) > 1 and len(counts) <= CODES
    ends = closed and _is_end(counts, good), closed and _is_end(counts[::-1], good)
    least = low if ends[0] else low - _room(-column, good, name)
    most = high if ends[1] else high + _room(column, good, name)
    if low >= 0:
        least = max(least, 0.0)  # what never was negative is no quantity that can be
    how = "half the range, or as far as the tail goes; none where the end itself is common"
    evidence = f"{seen}; margin: {how}, not below 0 where nothing was"
    rare = RARE < float((column == column.median()).mean()) < 1  # how far the others go is not known
    odd = {} if all(ends) or good.few else mostly(1 - STRAY)
    return _bounded(name, least, most, digits, evidence, "warning" if rare else "critical", **odd)


def _bounded(
    name: str, low: float, high: float, digits: int, evidence: str, severity: str = "critical", **more: float
) -> Draft:
    return Draft(
        "expect_column_values_to_be_between",
        {"column": name, **bounds(low, high, digits), **more},
        evidence,
        severity,
    )


def _is_end(counts: pd.Series, good: Reference) -> bool:
    """Whether nothing lies beyond the first value: as counts fall there, it would have been seen."""
    last, before = float(counts.iloc[0]), float(counts.iloc[1])
    return last * min(1.0, last / before) >= 2 * good.surprise


def _room(column: pd.Series, good: Reference, name: str) -> float:
    """Return how far beyond the highest value another may lie.

    Half the range; or, where the tail is heavy, up to what the next rows exceed with the chance of one,
    by the tail's index (Hill 1975) and the quantile drawn from it (Weissman 1978).
    """
    import numpy as np

    values = np.sort(column.to_numpy(dtype=float))
    of_range = ROOM * (2 if good.moves(name) else 1)
    room = of_range * (values[-1] - values[0]) or CONSTANT_ROOM * abs(values[-1]) or 1.0
    rows = len(values)
    tail = max(5, min(int(TAIL * rows), int(math.sqrt(rows) * 2)))
    if rows <= 2 * tail:
        return float(room)
    distances = values[-tail - 1 :] - np.median(values)
    if distances[0] <= 0:
        return float(room)
    index = float(np.log(distances[1:] / distances[0]).mean())
    exponent = index * math.log(tail / good.level)
    far = distances[0] * math.exp(min(exponent, 50.0)) - distances[-1]
    return float(max(room, far))


def _moments(name: str, good: Reference) -> Iterator[Draft]:
    """Draft the mean and the standard deviation, coarsely: few files of a series say no more of the next.

    If one file's own parts differ, it is known that the next does, and not how far: then they warn.
    """
    columns = [file[name].dropna() for file in good.files]
    means, deviations = [float(one.mean()) for one in columns], [float(one.std()) for one in columns]
    if not min(deviations) > 0:  # nor is it a number: a constant, or one row
        return
    rare = any(float((one == one.median()).mean()) > RARE for one in columns)
    moves, wider = good.moves(name), 2 if len(columns) == 1 else 1
    stdevs, times = MEAN_STDEVS * wider, TIMES * wider
    margin = stdevs * max(deviations) + MEAN_SPREADS * (max(means) - min(means))
    yield Draft(
        "expect_column_mean_to_be_between",
        {"column": name, **bounds(min(means) - margin, max(means) + margin, 4)},
        f"means of files are {min(means):.4g} to {max(means):.4g}; margin: {stdevs:g} standard "
        f"deviations, and {MEAN_SPREADS} times the difference between files",
        severity="warning" if moves else "critical",
        each_file=True,
    )
    yield Draft(
        "expect_column_stdev_to_be_between",
        {"column": name, **bounds(min(deviations) / times, max(deviations) * times, 4)},
        f"standard deviations are {min(deviations):.4g} to {max(deviations):.4g}; margin: {times} times",
        severity="warning" if moves or rare else "critical",
        each_file=True,
    )


def _quantile(name: str, share: float, part: pd.DataFrame) -> float:
    return float(part[name].quantile(share))


def _quantiles(name: str, column: pd.Series, good: Reference) -> Iterator[Draft]:
    """Draft ranges of quantiles.

    The quantile of a sample lies between those of the reference a few deviations of its share away, whatever
    the distribution is (David and Nagaraja 2003, 7.1).
    """
    noise, found, ranges = good.noise(len(column)), [], []
    for share in QUANTILES:
        shift = good.deviations * math.sqrt(share * (1 - share)) * noise
        pooled = share + math.copysign(min(shift, abs(1 - 2 * share)) / 2, 0.5 - share)  # of both files
        shift = max(LEAST_SHIFT, good.deviations * math.sqrt(pooled * (1 - pooled)) * noise)
        room = good.room(partial(_quantile, name, share))
        low = column.quantile(share - shift, interpolation="lower") if share > shift else None
        high = column.quantile(share + shift, interpolation="higher") if share + shift < 1 else None
        ends = [
            None if low is None else floor(float(low) - room, 4),
            None if high is None else ceiling(float(high) + room, 4),
        ]
        if ends != [None, None]:
            found.append(share)
            ranges.append(ends)
    if found:
        yield Draft(
            "expect_column_quantile_values_to_be_between",
            {"column": name, "quantile_ranges": {"quantiles": found, "value_ranges": ranges}},
            "5 to 95 % of the rows lie below these; margin: chance, 5 % of the rows, files, times",
            each_file=True,
        )
