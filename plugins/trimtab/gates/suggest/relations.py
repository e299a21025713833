"""Drafts relations of columns: their order and their association."""

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

CATEGORIES = 50  # values; a text with more tells too little by chance alone
ROWS_FOR_EACH = 4  # rows for each category, at least
LEAST_ROWS = 30
MOST_COLUMNS = 40  # whose pairs are tried
NEARLY_ALL = 0.999  # of the rows
ORDERS = 6  # of the strongest
TELLING = 0.05  # of the rows break an order once one column is shuffled, beyond those that may
CHANCE = 2  # deviations; an association beyond them would be noticed
SPREAD = 1.06  # variance of Fisher's z of ranks, times rows less 3 (Fieller, Hartley and Pearson 1957)
STRONG = 0.3  # an association, where few files are known of a series
CERTAIN = 0.9  # an association that half of is lost by no change of the world
WEAKER = 0.5  # of it, then
RARE = 0.95  # of the rows hold one value
LOST = 0.05  # of an association, however many rows there are


def draft_relations(good: Reference) -> Iterator[Draft]:
    """Draft the relations of columns."""
    yield from _orders(good)
    yield from _associations(good)


def _orders(good: Reference) -> Iterator[Draft]:
    """Draft which of two columns is larger, if shuffled or swapped columns would fail."""
    found: list[tuple[float, str, str, float]] = []
    frame = good.sample
    for kinds in ("iuf", "M"):
        names = [
            name for name in good.varying if frame[name].dtype.kind in kinds and not _of_date(frame, name)
        ]
        for one, other in combinations(names[:MOST_COLUMNS], 2):
            known = frame[[one, other]].dropna()
            if len(known) < LEAST_ROWS or (kinds == "M" and frame[one].dtype != frame[other].dtype):
                continue
            above = float((known[one] >= known[other]).mean())
            below = float((known[one] <= known[other]).mean())
            high, low, share = (one, other, above) if above >= below else (other, one, below)
            if _apart(known, one, other) or (share < NEARLY_ALL and not _alike(known, one, other)):
                continue
            shuffled = float(
                (known[high].to_numpy() >= known[low].sample(frac=1, random_state=0).to_numpy()).mean()
            )
            held = 1 - good.rare(round((1 - share) * len(known)), len(known))
            held -= 0.0 if good.few else good.room(partial(_share, high, low))
            told = held - (min(shuffled, share) if share >= NEARLY_ALL else min(above, below))
            if told > TELLING:
                found.append((told, high, low, held))
    found.sort(key=lambda one: -one[0])
    for _, high, low, held in _without_chains(found)[:ORDERS]:
        yield Draft(
            "expect_column_pair_values_a_to_be_greater_than_b",
            {
                "column_A": high,
                "column_B": low,
                "or_equal": True,
                "ignore_row_if": "either_value_is_missing",
                **mostly(held),
            },
            f"{high} is at least {low} in as many rows; margin: chance",
            severity=good.severity_between,
        )


def _apart(known: pd.DataFrame, one: str, other: str) -> bool:
    """Whether the columns have hardly a value in common: each one's own bounds say it then."""
    return bool(known[one].min() > known[other].quantile(0.95)) or bool(
        known[other].min() > known[one].quantile(0.95)
    )


def _alike(known: pd.DataFrame, one: str, other: str) -> bool:
    """Whether each column's median lies in the middle half of the other: exchanged, only this would show."""
    return all(
        known[b].quantile(0.25) <= known[a].median() <= known[b].quantile(0.75)
        for a, b in ((one, other), (other, one))
    )


def _share(high: str, low: str, part: pd.DataFrame) -> float:
    known = part[[high, low]].dropna()
    return float((known[high] >= known[low]).mean())


def _of_date(frame: pd.DataFrame, name: str) -> bool:
    """Whether a column is a part of a date or a flag, which is larger than another one by chance."""
    if frame[name].dtype.kind == "M":
        return False
    return limits(name, frame[name]) is not None or is_year(name, frame[name]) or frame[name].nunique() < 3


def _without_chains(found: list[tuple[float, str, str, float]]) -> list[tuple[float, str, str, float]]:
    pairs = {(high, low) for _, high, low, _ in found}
    names = {name for pair in pairs for name in pair}
    return [
        one
        for one in found
        if not any((one[1], between) in pairs and (between, one[2]) in pairs for between in names)
    ]


def _associations(good: Reference) -> Iterator[Draft]:
    """Draft for each column the association with its best partner: a shuffled column has none."""
    frame = good.sample
    names = [name for name in good.varying if _can_tell(frame[name])][:MOST_COLUMNS]
    found = []
    for one, other in combinations(names, 2):
        rows = int((frame[one].notna() & frame[other].notna()).sum())
        seen = association(frame[one], frame[other]) if rows >= LEAST_ROWS else math.nan
        if not math.isfinite(seen):
            continue
        chance = _by_chance(_freedom(frame, one, other), rows)
        if not good.few or abs(seen) >= STRONG:
            found.append((abs(seen) - chance, one, other, seen, rows))
    found.sort(key=lambda pair: -pair[0])
    covered: set[str] = set()
    for told, one, other, seen, rows in found:
        if {one, other} <= covered or told <= 0:
            continue
        low, high = _range(one, other, seen, rows, good)
        if (low if seen > 0 else -high) <= abs(seen) - told:  # as strong as by chance
            continue
        covered |= {one, other}
        signed = is_ordered(frame[one]) and is_ordered(frame[other])
        yield Draft(
            "expect_column_pair_association_to_be_between",
            {
                "column_A": one,
                "column_B": other,
                **({"min_value": floor(low, 3)} if seen > 0 else {}),
                **({"max_value": ceiling(high, 3)} if seen < 0 else {}),
            },
            f"{'rank correlation' if signed else 'association'} is {seen:.2f}; margin: chance, "
            "what differs by file or time",
            severity="critical" if min(abs(low), abs(high)) >= WEAKER * CERTAIN else good.severity_between,
            each_file=True,
        )


def _can_tell(column: pd.Series) -> bool:
    different = column.nunique()
    if different < 2 or float(column.value_counts().iloc[0]) > RARE * column.count():
        return False  # what nearly all rows have goes with nothing: a few rows would decide
    return bool(is_ordered(column) or different <= min(CATEGORIES, len(column) // ROWS_FOR_EACH))


def _freedom(frame: pd.DataFrame, one: str, other: str) -> tuple[int, int]:
    """Return the degrees of freedom of an association, and what they are divided by."""
    levels = [int(frame[name].nunique()) for name in (one, other) if not is_ordered(frame[name])]
    if not levels:
        return 1, 1
    if len(levels) == 1:
        return levels[0] - 1, 1
    return (levels[0] - 1) * (levels[1] - 1), min(levels) - 1


def _by_chance(freedom: tuple[int, int], rows: int) -> float:
    """Return how strong an association looks if there is none: its square is chi-squared over the rows."""
    degrees, least = freedom
    most = degrees + CHANCE * math.sqrt(2 * degrees)
    return math.sqrt(min(1.0, most / least / rows))


def _range(one: str, other: str, seen: float, rows: int, good: Reference) -> tuple[float, float]:
    if good.few:  # how far it moves from file to file is not known: half of it tells it from none
        weakest = WEAKER * min((association(part[one], part[other]) for part in good.parts), key=abs)
        return weakest, weakest
    z = math.atanh(max(-0.9999, min(0.9999, seen)))
    width = good.deviations * math.sqrt(SPREAD) * good.noise(max(4, rows - 3))
    apart = good.room(lambda part: association(part[one], part[other]))
    return min(math.tanh(z - width) - apart, seen - LOST), max(math.tanh(z + width) + apart, seen + LOST)
