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

RANGE_MARGIN = 0.5  # of the observed range, on either side
CONSTANT_MARGIN = 0.05  # of the value of a constant column
FUTURE_YEARS = 20
MAX_SHARE_OF_VALUE = 0.95  # rows with the most common value
STRAY_SHARE = 0.0003  # of the rows; large tables have a few erroneous values
MEAN_MARGIN_STDEVS = 0.5  # margin of the mean of a short series, in standard deviations; doubled for one file
MEAN_MARGIN_SPREADS = 2  # further margin of the mean, in differences between files
STDEV_FACTOR = 2  # margin of the standard deviation of a short series; doubled for one file
MAX_CODES = 100  # distinct values; a column with more is a quantity, whose minimum and maximum vary by chance
MAX_SET_VALUES = 12  # distinct values of a set of codes
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
MIN_QUANTILE_SHIFT = 0.05  # minimal margin of a quantile, as a share of the rows
TAIL_SHARE = 0.05  # of the rows, from which the tail is extrapolated
DISTINCT_FACTOR = 2  # margin of the number of distinct values
MAX_ROUNDED_SHARE = 0.5  # of the values; up to this share, values look rounded by chance


def draft_numbers(name: str, reference: Reference) -> Iterator[Draft]:
    """Draft the expectations on a number column."""
    column = reference.frame[name].dropna()
    low, high = float(column.min()), float(column.max())
    if not math.isfinite(high - low):  # infinite values give no bound
        return
    yield from _set_and_range(name, column, reference)
    if low == high:
        return
    if name not in reference.time_order[:1]:  # the distribution of times moves with time
        yield from (
            _mean_and_stdev(name, reference)
            if reference.is_short_series
            else _quantiles(name, column, reference)
        )
    if not reference.is_short_series:
        yield from _precision(name, column, reference)


def _precision(name: str, column: pd.Series, reference: Reference) -> Iterator[Draft]:
    """Draft the precision of numbers: rounding would remove decimals or distinct values."""
    for digits in (1, 0) if column.dtype.kind == "f" else ():
        rounded = int((column.round(digits) == column).sum())
        if rounded <= MAX_ROUNDED_SHARE * len(column):
            yield Draft(
                "expect_column_values_to_satisfy_condition",
                {
                    "column": name,
                    "condition": f"value != value.round({digits})",
                    **mostly(1 - reference.upper_share(rounded, len(column))),
                },
                f"{1 - rounded / len(column):.1%} of the values have more than {digits} decimals; "
                "rounded values do not",
            )
            return
    counts = [int(file[name].nunique()) for file in reference.files]
    if min(counts) > 2 and limits(name, column) is None:
        yield Draft(
            "expect_column_unique_value_count_to_be_between",
            {
                "column": name,
                "min_value": -(-min(counts) // DISTINCT_FACTOR),
                "max_value": max(counts) * DISTINCT_FACTOR,
            },
            f"files have {min(counts):,} to {max(counts):,} distinct values; rounded values have fewer; "
            "margin: half and double",
            each_file=True,
        )


def _set_and_range(name: str, column: pd.Series, reference: Reference) -> Iterator[Draft]:
    """Draft the set of values if the column has codes, and the range of the values."""
    low, high = float(column.min()), float(column.max())
    counts = column.value_counts().sort_index()
    has_known_bounds = limits(name, column) is not None or is_year(name, column)
    gaps = high - low + 1 > len(counts) > 1
    is_set = is_whole(column) and not has_known_bounds and gaps and len(counts) <= MAX_SET_VALUES
    if is_set and int(counts.min()) >= reference.max_unseen_events:
        yield Draft(
            "expect_column_values_to_be_in_set",
            {
                "column": name,
                "value_set": [int(value) for value in counts.index],
                **mostly(1 - reference.upper_share(0, len(column))),
            },
            f"{len(counts)} values, none of them rare; margin: values that did not occur",
        )
    yield _range(name, column, reference)


def _range(name: str, column: pd.Series, reference: Reference) -> Draft:
    low, high, digits = column.min(), column.max(), 0 if is_whole(column) else 4
    observed, known_bounds = f"{low:g} to {high:g}", limits(name, column)
    if known_bounds:
        return _range_draft(
            name, *known_bounds, 0, f"{observed}; bounds of the calendar or of geographic coordinates"
        )
    if is_year(name, column):
        margin = max(RANGE_MARGIN * (high - low), FUTURE_YEARS)
        return _range_draft(
            name, low - margin, high + margin, 0, f"{observed}; margin: half the range, at least 20 years"
        )
    counts = column.value_counts().sort_index()
    closed = not digits and high - low + 1 == len(counts) > 1 and len(counts) <= MAX_CODES
    ends = closed and _is_natural_end(counts, reference), closed and _is_natural_end(counts[::-1], reference)
    least = low if ends[0] else low - _tail_margin(-column, reference, name)
    most = high if ends[1] else high + _tail_margin(column, reference, name)
    if low >= 0:
        least = max(least, 0.0)  # a quantity without negative values probably cannot be negative
    how = "half the range, or the extrapolated tail; none beyond a common minimum or maximum"
    evidence = f"{observed}; margin: {how}; not below 0 if no value is"
    # The range of the few other values is not known.
    is_mostly_one_value = MAX_SHARE_OF_VALUE < float((column == column.median()).mean()) < 1
    tolerated = {} if all(ends) or reference.is_short_series else mostly(1 - STRAY_SHARE)
    return _range_draft(
        name, least, most, digits, evidence, "warning" if is_mostly_one_value else "critical", **tolerated
    )


def _range_draft(
    name: str, low: float, high: float, digits: int, evidence: str, severity: str = "critical", **more: float
) -> Draft:
    return Draft(
        "expect_column_values_to_be_between",
        {"column": name, **bounds(low, high, digits), **more},
        evidence,
        severity,
    )


def _is_natural_end(counts: pd.Series, reference: Reference) -> bool:
    """Whether the first value is a natural end: by its counts, a value beyond it would occur."""
    last, before = float(counts.iloc[0]), float(counts.iloc[1])
    return last * min(1.0, last / before) >= 2 * reference.max_unseen_events


def _tail_margin(column: pd.Series, reference: Reference, name: str) -> float:
    """Return how far the next values may exceed the maximum.

    It is half the range. For a heavy tail it is the extreme quantile of the significance level, which is
    extrapolated (Weissman 1978) with the index of the tail (Hill 1975).
    """
    import numpy as np

    values = np.sort(column.to_numpy(dtype=float))
    range_share = RANGE_MARGIN * (2 if reference.has_trend(name) else 1)
    margin = range_share * (values[-1] - values[0]) or CONSTANT_MARGIN * abs(values[-1]) or 1.0
    rows = len(values)
    tail = max(5, min(int(TAIL_SHARE * rows), int(math.sqrt(rows) * 2)))
    if rows <= 2 * tail:
        return float(margin)
    distances = values[-tail - 1 :] - np.median(values)
    if distances[0] <= 0:
        return float(margin)
    index = float(np.log(distances[1:] / distances[0]).mean())
    exponent = index * math.log(tail / reference.significance_level)
    tail_distance = distances[0] * math.exp(min(exponent, 50.0)) - distances[-1]
    return float(max(margin, tail_distance))


def _mean_and_stdev(name: str, reference: Reference) -> Iterator[Draft]:
    """Draft coarse ranges of the mean and the standard deviation, for a short series.

    If a single file has a trend, the next file will differ by an unknown amount. Then both are warnings.
    """
    columns = [file[name].dropna() for file in reference.files]
    means, deviations = [float(one.mean()) for one in columns], [float(one.std()) for one in columns]
    if not min(deviations) > 0:  # a constant column has 0, a file with one row has NaN
        return
    is_mostly_one_value = any(float((one == one.median()).mean()) > MAX_SHARE_OF_VALUE for one in columns)
    has_trend, factor = reference.has_trend(name), 2 if len(columns) == 1 else 1
    mean_stdevs, stdev_factor = MEAN_MARGIN_STDEVS * factor, STDEV_FACTOR * factor
    margin = mean_stdevs * max(deviations) + MEAN_MARGIN_SPREADS * (max(means) - min(means))
    yield Draft(
        "expect_column_mean_to_be_between",
        {"column": name, **bounds(min(means) - margin, max(means) + margin, 4)},
        f"means of files are {min(means):.4g} to {max(means):.4g}; margin: {mean_stdevs:g} standard "
        f"deviations, and {MEAN_MARGIN_SPREADS} times the difference between files",
        severity="warning" if has_trend else "critical",
        each_file=True,
    )
    yield Draft(
        "expect_column_stdev_to_be_between",
        {"column": name, **bounds(min(deviations) / stdev_factor, max(deviations) * stdev_factor, 4)},
        f"standard deviations are {min(deviations):.4g} to {max(deviations):.4g}; "
        f"margin: a factor of {stdev_factor}",
        severity="warning" if has_trend or is_mostly_one_value else "critical",
        each_file=True,
    )


def _quantile(name: str, share: float, part: pd.DataFrame) -> float:
    return float(part[name].quantile(share))


def _quantiles(name: str, column: pd.Series, reference: Reference) -> Iterator[Draft]:
    """Draft ranges of quantiles.

    For any distribution, the quantile of the next sample lies between two quantiles of the reference, whose
    shares are a few standard errors lower and higher (David and Nagaraja 2003, 7.1).
    """
    noise, found, ranges = reference.relative_standard_error(len(column)), [], []
    for share in QUANTILES:
        shift = reference.critical_value * math.sqrt(share * (1 - share)) * noise
        # The share in this file and the next together.
        pooled = share + math.copysign(min(shift, abs(1 - 2 * share)) / 2, 0.5 - share)
        shift = max(MIN_QUANTILE_SHIFT, reference.critical_value * math.sqrt(pooled * (1 - pooled)) * noise)
        margin = reference.margin(partial(_quantile, name, share))
        low = column.quantile(share - shift, interpolation="lower") if share > shift else None
        high = column.quantile(share + shift, interpolation="higher") if share + shift < 1 else None
        ends = [
            None if low is None else floor(float(low) - margin, 4),
            None if high is None else ceiling(float(high) + margin, 4),
        ]
        if ends != [None, None]:
            found.append(share)
            ranges.append(ends)
    if found:
        yield Draft(
            "expect_column_quantile_values_to_be_between",
            {"column": name, "quantile_ranges": {"quantiles": found, "value_ranges": ranges}},
            "quantiles from 5 to 95 %; margin: sampling error, at least 5 % of the rows, "
            "and differences between files or times",
            each_file=True,
        )
