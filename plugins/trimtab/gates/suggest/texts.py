"""Drafts expectations on text columns: patterns, sets of values and their shares."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from trimtab.gates.suggest.draft import Draft, ceiling, mostly
from trimtab.gates.suggest.reference import Reference

if TYPE_CHECKING:
    import pandas as pd

MAX_CATEGORIES = 50  # distinct values of a categorical column
MAX_CLOSED_SET = 5  # distinct values; a short series shows a set of this size completely
MAX_SHARES = 20  # distinct values; up to this number their shares are drafted
UNSEEN_WEIGHT = 0.01  # weight of the values that did not occur
MIN_DIVERGENCE = 0.05  # lower limit of the bound, for any number of rows
RANGE_FACTOR = 2  # margin of the number of distinct values and of lengths
MIN_USUAL_SHARE = 0.9  # of the values; a format as common as this is drafted
PATTERNS = (  # the first one that every value matches is drafted, with its lengths
    r"[0-9]",
    r"[A-Z]",
    r"[A-Z0-9]",
    r"[a-z]",
    r"[A-Za-z0-9_.-]",
)
ONE_CASE = (r"[A-Z]", r"[a-z]")
ANY_TEXT = r"[\s\S]*"
TRIMMED = r"\S(?:[\s\S]*\S)?"
CASES = {"a lower-case letter": r"(?=[^a-z]*[a-z])", "a capital letter": r"(?=[^A-Z]*[A-Z])"}


def draft_texts(name: str, reference: Reference) -> Iterator[Draft]:
    """Draft the expectations on a text column."""
    column = reference.frame[name].dropna().astype(str)
    counts = column.value_counts()
    yield from _pattern(name, column, reference)
    if len(counts) <= MAX_CATEGORIES:
        singletons = int((counts == 1).sum())  # estimate the weight of unseen values (Good 1953)
        yield Draft(
            "expect_column_values_to_be_in_set",
            {
                "column": name,
                "value_set": sorted(counts.index),
                **mostly(1 - reference.upper_share(singletons, len(column))),
            },
            f"{len(counts)} values, {singletons} of them occur once; margin: values that did not occur",
            severity="warning" if reference.is_short_series and len(counts) > MAX_CLOSED_SET else "critical",
        )
        if 1 < len(counts) <= MAX_SHARES:
            yield _value_shares(name, column, counts, reference)
    distinct_counts = [int(file[name].nunique()) for file in reference.files]
    yield Draft(
        "expect_column_unique_value_count_to_be_between",
        {
            "column": name,
            "min_value": -(-min(distinct_counts) // RANGE_FACTOR),
            "max_value": max(distinct_counts) * RANGE_FACTOR,
        },
        f"files have {min(distinct_counts):,} to {max(distinct_counts):,} distinct values; "
        "margin: half and double",
        each_file=True,
    )


def _pattern(name: str, column: pd.Series, reference: Reference) -> Iterator[Draft]:
    values = [str(value) for value in column.unique()]
    pattern = next((one for one in PATTERNS if all(re.fullmatch(f"{one}*", value) for value in values)), None)
    lengths = sorted({min(map(len, values)), max(map(len, values))})
    if pattern and (len(values) <= MAX_CATEGORIES or len(lengths) == 1):
        span = ",".join(map(str, lengths))
    else:  # the next value may be longer
        span = f"{max(1, lengths[0] // RANGE_FACTOR) if lengths[0] else 0},{lengths[-1] * RANGE_FACTOR}"
    shape = f"{pattern}{{{span}}}" if pattern else TRIMMED
    fits = column.str.fullmatch(shape)
    cases = {
        words: share
        for words, look in CASES.items()
        if pattern not in ONE_CASE and (share := float(column.str.match(look).mean())) >= MIN_USUAL_SHARE
    }
    if not pattern and float(fits.mean()) < MIN_USUAL_SHARE:
        shape = ANY_TEXT
    if shape == ANY_TEXT and not cases:
        return
    regex = "^" + "".join(CASES[words] for words in cases) + shape + "$"
    mismatches = int((~column.str.match(regex)).sum())
    features = [*cases]
    if shape != ANY_TEXT:
        features.insert(
            0, "the characters and the length of the pattern" if pattern else "no blanks around it"
        )
    yield Draft(
        "expect_column_values_to_match_regex",
        {"column": name, "regex": regex, **mostly(1 - reference.upper_share(mismatches, len(column)))},
        f"all but {mismatches:,} values have {', '.join(features)}"
        if mismatches
        else f"every value has {', '.join(features)}",
    )


def _value_shares(name: str, column: pd.Series, counts: pd.Series, reference: Reference) -> Draft:
    """Draft an upper bound of the Kullback-Leibler divergence from the observed shares.

    Twice the divergence times the number of rows is chi-squared (Wilks 1938). What files or times differ by
    beyond sampling error is added (overdispersion, McCullagh and Nelder 1989).
    """
    shares = counts / len(column)
    degrees = len(counts) - 1
    sampling_error = (
        _chi_squared(degrees, reference.critical_value)
        / 2
        * reference.relative_standard_error(len(column)) ** 2
    )
    differences = reference.margin(lambda part: _divergence(part[name].dropna().astype(str), shares))
    bound = max(MIN_DIVERGENCE, sampling_error + differences)
    return Draft(
        "expect_column_kl_divergence_to_be_less_than",
        {
            "column": name,
            "partition_object": {
                "values": list(counts.index),
                "weights": [float(share) for share in shares],
            },
            "tail_weight_holdout": UNSEEN_WEIGHT,
            "threshold": ceiling(bound, 4),
        },
        f"the most common value has {shares.iloc[0]:.1%} of the rows; "
        "margin: sampling error, differences between files or times",
        each_file=True,
    )


def _divergence(part: pd.Series, shares: pd.Series) -> float:
    import numpy as np

    found = part.value_counts(normalize=True)
    return float((found * np.log(found / shares[found.index])).sum())


def _chi_squared(degrees: int, normal_quantile: float) -> float:
    """Return the chi-squared quantile for a quantile of the normal one (Wilson and Hilferty 1931)."""
    variance = 2 / (9 * degrees)
    return degrees * (1 - variance + normal_quantile * math.sqrt(variance)) ** 3
