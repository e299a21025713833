"""Drafts relations between columns: which one is larger, and how strongly they are associated."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING

from trimtab.gates.rank_association import association, is_ordered
from trimtab.gates.suggest.calendar import is_year, limits
from trimtab.gates.suggest.draft import Draft, ceiling, floor, mostly
from trimtab.gates.suggest.reference import Reference

if TYPE_CHECKING:
    import pandas as pd

MAX_CATEGORIES = 50  # distinct values of a text column; with more, a high association is chance
MIN_CATEGORY_ROWS = 4  # rows for each category, on average
MIN_ROWS = 30
MAX_COLUMNS = 40  # of which all pairs are tried
STRICT_ORDER = 0.999  # of the rows are in order
MAX_ORDERS = 6  # drafted: those that detect shuffled rows best
MIN_DETECTABLE_SHARE = 0.05  # of the rows: a shuffled column must violate the order by this much more
CHANCE_DEVIATIONS = 2  # standard deviations; a stronger association is significant
RANK_VARIANCE = 1.06  # variance of Fisher's z of ranks, times rows less 3 (Fieller, Hartley and Pearson 1957)
MIN_SERIES_ASSOCIATION = 0.3  # association that is drafted for a short series
CERTAIN_ASSOCIATION = 0.9  # association so strong that only an error can halve it
SERIES_SHARE = 0.5  # of the weakest association in a file: the bound for a short series
MAX_SHARE_OF_VALUE = 0.95  # rows with the most common value
MIN_MARGIN = 0.05  # of an association, for any number of rows


def draft_relations(reference: Reference) -> Iterator[Draft]:
    """Draft the relations between columns."""
    yield from _orders(reference)
    yield from _associations(reference)


def _orders(reference: Reference) -> Iterator[Draft]:
    """Draft which of two columns is larger, for pairs where shuffled or swapped columns would fail."""
    found: list[tuple[float, str, str, float]] = []
    frame = reference.sample
    for kinds in ("iuf", "M"):
        names = [
            name
            for name in reference.varying_columns
            if frame[name].dtype.kind in kinds and not _is_date_part_or_flag(frame, name)
        ]
        for one, other in combinations(names[:MAX_COLUMNS], 2):
            known = frame[[one, other]].dropna()
            if len(known) < MIN_ROWS or (kinds == "M" and frame[one].dtype != frame[other].dtype):
                continue
            above = float((known[one] >= known[other]).mean())
            below = float((known[one] <= known[other]).mean())
            high, low, share = (one, other, above) if above >= below else (other, one, below)
            if _are_disjoint(known, one, other) or (
                share < STRICT_ORDER and not _have_similar_medians(known, one, other)
            ):
                continue
            shuffled = float(
                (known[high].to_numpy() >= known[low].sample(frac=1, random_state=0).to_numpy()).mean()
            )
            mostly_share = 1 - reference.upper_share(round((1 - share) * len(known)), len(known))
            mostly_share -= (
                0.0 if reference.is_short_series else reference.margin(partial(_share_in_order, high, low))
            )
            detectable = mostly_share - (min(shuffled, share) if share >= STRICT_ORDER else min(above, below))
            if detectable > MIN_DETECTABLE_SHARE:
                found.append((detectable, high, low, mostly_share))
    found.sort(key=lambda one: -one[0])
    for _, high, low, mostly_share in _without_implied(found)[:MAX_ORDERS]:
        yield Draft(
            "expect_column_pair_values_a_to_be_greater_than_b",
            {
                "column_A": high,
                "column_B": low,
                "or_equal": True,
                "ignore_row_if": "either_value_is_missing",
                **mostly(mostly_share),
            },
            f"{high} is at least {low} in the share `mostly` of the rows; margin: sampling error",
            severity=reference.relation_severity,
        )


def _are_disjoint(known: pd.DataFrame, one: str, other: str) -> bool:
    """Whether the ranges hardly overlap: then the range of each column already detects a swap."""
    return bool(known[one].min() > known[other].quantile(0.95)) or bool(
        known[other].min() > known[one].quantile(0.95)
    )


def _have_similar_medians(known: pd.DataFrame, one: str, other: str) -> bool:
    """Whether each median is within the other's quartiles: then only the order detects swapped columns."""
    return all(
        known[b].quantile(0.25) <= known[a].median() <= known[b].quantile(0.75)
        for a, b in ((one, other), (other, one))
    )


def _share_in_order(high: str, low: str, part: pd.DataFrame) -> float:
    known = part[[high, low]].dropna()
    return float((known[high] >= known[low]).mean())


def _is_date_part_or_flag(frame: pd.DataFrame, name: str) -> bool:
    """Whether a column is a part of a date or a flag: its order with another column has no meaning."""
    if frame[name].dtype.kind == "M":
        return False
    return limits(name, frame[name]) is not None or is_year(name, frame[name]) or frame[name].nunique() < 3


def _without_implied(found: list[tuple[float, str, str, float]]) -> list[tuple[float, str, str, float]]:
    pairs = {(high, low) for _, high, low, _ in found}
    names = {name for pair in pairs for name in pair}
    return [
        one
        for one in found
        if not any((one[1], between) in pairs and (between, one[2]) in pairs for between in names)
    ]


def _associations(reference: Reference) -> Iterator[Draft]:
    """Draft for each column its strongest association: shuffling the column would remove it."""
    frame = reference.sample
    names = [name for name in reference.varying_columns if _has_enough_rows(frame[name])][:MAX_COLUMNS]
    found = []
    for one, other in combinations(names, 2):
        rows = int((frame[one].notna() & frame[other].notna()).sum())
        observed = association(frame[one], frame[other]) if rows >= MIN_ROWS else math.nan
        if not math.isfinite(observed):
            continue
        chance = _chance_association(_degrees_of_freedom(frame, one, other), rows)
        if not reference.is_short_series or abs(observed) >= MIN_SERIES_ASSOCIATION:
            found.append((abs(observed) - chance, one, other, observed, rows))
    found.sort(key=lambda pair: -pair[0])
    covered: set[str] = set()
    for detectable, one, other, observed, rows in found:
        if {one, other} <= covered or detectable <= 0:
            continue
        low, high = _association_range(one, other, observed, rows, reference)
        chance = abs(observed) - detectable
        if (low if observed > 0 else -high) <= chance:  # an unrelated column would pass
            continue
        covered |= {one, other}
        signed = is_ordered(frame[one]) and is_ordered(frame[other])
        yield Draft(
            "expect_column_pair_association_to_be_between",
            {
                "column_A": one,
                "column_B": other,
                **({"min_value": floor(low, 3)} if observed > 0 else {}),
                **({"max_value": ceiling(high, 3)} if observed < 0 else {}),
            },
            f"{'rank correlation' if signed else 'association'} is {observed:.2f}; margin: sampling error, "
            "differences between files or times",
            severity="critical"
            if min(abs(low), abs(high)) >= SERIES_SHARE * CERTAIN_ASSOCIATION
            else reference.relation_severity,
            each_file=True,
        )


def _has_enough_rows(column: pd.Series) -> bool:
    different = column.nunique()
    if different < 2 or float(column.value_counts().iloc[0]) > MAX_SHARE_OF_VALUE * column.count():
        return False  # the few rows with other values would decide the association
    return bool(is_ordered(column) or different <= min(MAX_CATEGORIES, len(column) // MIN_CATEGORY_ROWS))


def _degrees_of_freedom(frame: pd.DataFrame, one: str, other: str) -> tuple[int, int]:
    """Return the degrees of freedom of an association, and the divisor of its chi-squared statistic."""
    levels = [int(frame[name].nunique()) for name in (one, other) if not is_ordered(frame[name])]
    if not levels:
        return 1, 1
    if len(levels) == 1:
        return levels[0] - 1, 1
    return (levels[0] - 1) * (levels[1] - 1), min(levels) - 1


def _chance_association(freedom: tuple[int, int], rows: int) -> float:
    """Return the association of unrelated columns by chance: its square is chi-squared over the rows."""
    degrees, least = freedom
    most = degrees + CHANCE_DEVIATIONS * math.sqrt(2 * degrees)
    return math.sqrt(min(1.0, most / least / rows))


def _association_range(
    one: str, other: str, observed: float, rows: int, reference: Reference
) -> tuple[float, float]:
    if reference.is_short_series:  # its variation between files is unknown, so the bound is half of it
        weakest = SERIES_SHARE * min(
            (association(part[one], part[other]) for part in reference.file_samples), key=abs
        )
        return weakest, weakest
    z = math.atanh(max(-0.9999, min(0.9999, observed)))
    width = (
        reference.critical_value
        * math.sqrt(RANK_VARIANCE)
        * reference.relative_standard_error(max(4, rows - 3))
    )
    differences = reference.margin(lambda part: association(part[one], part[other]))
    return min(math.tanh(z - width) - differences, observed - MIN_MARGIN), max(
        math.tanh(z + width) + differences, observed + MIN_MARGIN
    )
