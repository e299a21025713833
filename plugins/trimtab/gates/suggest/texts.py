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

CATEGORIES = 50  # values; a text with no more in all is taken for a category
CLOSED = 5  # values; of no more, few files of a series have all
SHARES = 20  # categories; of no more, how often each is, is drafted
UNSEEN = 0.01  # of the weight goes to categories not seen
LEAST_DIVERGENCE = 0.05  # of distributions, however many rows there are
TIMES = 2  # room of the number of different values: a multiple
USUAL = 0.9  # of the values are written so: then most of the next are
PATTERNS = (  # the first that every value fits; lengths are added
    r"[0-9]",
    r"[A-Z]",
    r"[A-Z0-9]",
    r"[a-z]",
    r"[A-Za-z0-9_.-]",
)
ONE_CASE = (r"[A-Z]", r"[a-z]")
TRIMMED = r"\S(?:[\s\S]*\S)?"
CASES = {"a lower-case letter": r"(?=[^a-z]*[a-z])", "a capital": r"(?=[^A-Z]*[A-Z])"}


def draft_texts(name: str, good: Reference) -> Iterator[Draft]:
    """Draft the expectations on a text column."""
    column = good.frame[name].dropna().astype(str)
    counts = column.value_counts()
    yield from _written(name, column, good)
    if len(counts) <= CATEGORIES:
        once = int((counts == 1).sum())  # the weight of what was not seen is theirs (Good 1953)
        yield Draft(
            "expect_column_values_to_be_in_set",
            {
                "column": name,
                "value_set": sorted(counts.index),
                **mostly(1 - good.rare(once, len(column))),
            },
            f"{len(counts)} values, {once} of them once; few may be others that were not seen",
            severity="warning" if good.few and len(counts) > CLOSED else "critical",
        )
        if 1 < len(counts) <= SHARES:
            yield _shares(name, column, counts, good)
    different = [int(file[name].nunique()) for file in good.files]
    yield Draft(
        "expect_column_unique_value_count_to_be_between",
        {"column": name, "min_value": -(-min(different) // TIMES), "max_value": max(different) * TIMES},
        f"files have {min(different):,} to {max(different):,} different values; margin: half and double",
        each_file=True,
    )


def _written(name: str, column: pd.Series, good: Reference) -> Iterator[Draft]:
    values = [str(value) for value in column.unique()]
    pattern = next((one for one in PATTERNS if all(re.fullmatch(f"{one}*", value) for value in values)), None)
    lengths = sorted({min(map(len, values)), max(map(len, values))})
    if pattern and (len(values) <= CATEGORIES or len(lengths) == 1):
        span = ",".join(map(str, lengths))
    else:  # the next name may be longer
        span = f"{max(1, lengths[0] // TIMES) if lengths[0] else 0},{lengths[-1] * TIMES}"
    shape = f"{pattern}{{{span}}}" if pattern else TRIMMED
    fits = column.str.fullmatch(shape)
    cases = {
        words: share
        for words, look in CASES.items()
        if pattern not in ONE_CASE and (share := float(column.str.match(look).mean())) >= USUAL
    }
    if not pattern and float(fits.mean()) < USUAL:
        shape = r"[\s\S]*"
    if shape == r"[\s\S]*" and not cases:
        return
    regex = "^" + "".join(CASES[words] for words in cases) + shape + "$"
    odd = int((~column.str.match(regex)).sum())
    words = ["written so" if pattern else "without blanks around it", *(f"with {words}" for words in cases)]
    yield Draft(
        "expect_column_values_to_match_regex",
        {"column": name, "regex": regex, **mostly(1 - good.rare(odd, len(column)))},
        f"all but {odd:,} values are {', '.join(words)}" if odd else f"every value is {', '.join(words)}",
    )


def _shares(name: str, column: pd.Series, counts: pd.Series, good: Reference) -> Draft:
    """Draft a bound of the divergence from the shares seen.

    Twice the divergence times the rows is chi-squared (Wilks 1938); where files or times differ
    by more than chance, it is as many times wider (quasi-likelihood, McCullagh and Nelder 1989).
    """
    shares = counts / len(column)
    freedom = len(counts) - 1
    chance = _chi_squared(freedom, good.deviations) / 2 * good.noise(len(column)) ** 2
    apart = good.room(lambda part: _divergence(part[name].dropna().astype(str), shares))
    most = max(LEAST_DIVERGENCE, chance + apart)
    return Draft(
        "expect_column_kl_divergence_to_be_less_than",
        {
            "column": name,
            "partition_object": {
                "values": list(counts.index),
                "weights": [float(share) for share in shares],
            },
            "tail_weight_holdout": UNSEEN,
            "threshold": ceiling(most, 4),
        },
        f"the most common value has {shares.iloc[0]:.1%} of the rows; margin: chance, files, times",
        each_file=True,
    )


def _divergence(part: pd.Series, shares: pd.Series) -> float:
    import numpy as np

    found = part.value_counts(normalize=True)
    return float((found * np.log(found / shares[found.index])).sum())


def _chi_squared(freedom: int, deviations: float) -> float:
    """Return the quantile a normal figure's so many deviations are at (Wilson and Hilferty 1931)."""
    narrow = 2 / (9 * freedom)
    return freedom * (1 - narrow + deviations * math.sqrt(narrow)) ** 3
