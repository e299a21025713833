"""Drafts formulas of number columns (sum, product, multiple) and sets of text pairs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING

from trimtab.gates.suggest.calendar import is_year
from trimtab.gates.suggest.draft import Draft, mostly
from trimtab.gates.suggest.reference import Reference

if TYPE_CHECKING:
    import pandas as pd

LEAST_ROWS = 30
MOST_COLUMNS = 15  # of numbers: 15 make 1,365 threes
TRIED = 1_000  # rows
HELD = 0.99  # of them
MOST_OF_FEW = 0.95  # of the first rows, to go on with it
NEAR = 0.005  # of a standard deviation: rounding
PLAIN = r"[\w .%/()-]+"  # names that can be quoted in a condition
FORMULAS = 4  # the first found; each column is made of others once
LEAST_VALUES = 6  # of a column, so that a formula of it is no chance
CATEGORIES = 50  # values of a text
FEWER_PAIRS = 0.5  # of those that are possible
MOST_PAIRS = 60  # that a person reads
RARE = 0.95  # of the rows have one text
PAIRS = 2  # of columns, those where fewest are


def draft_formulas(good: Reference) -> Iterator[Draft]:
    """Draft formulas and pairs of columns."""
    yield from _made_of(good)
    yield from _pairs(good)


def _made_of(good: Reference) -> Iterator[Draft]:
    frame = good.sample
    names = [
        name
        for name in good.varying
        if _is_quantity(frame[name]) and not is_year(name, frame[name]) and re.fullmatch(PLAIN, name)
    ]
    tried = frame[names[:MOST_COLUMNS]].dropna().iloc[:TRIED].astype(float)
    made: set[str] = set()
    if len(tried) < LEAST_ROWS:
        return
    for columns, condition in _candidates(tried):
        if len(made) == FORMULAS or columns[0] in made or _broken(tried, condition) > 1 - HELD:
            continue
        known = frame[columns].dropna()
        broken = round(_broken(known, condition) * len(known))
        held = 1 - good.rare(broken, len(known))
        if broken > (1 - HELD) * len(known):
            continue
        made.add(columns[0])
        yield Draft(
            "expect_rows_to_satisfy_condition",
            {"column_list": columns, "condition": condition, **mostly(held)},
            f"so it is in {1 - broken / len(known):.2%} of the rows, but for rounding; margin: chance",
            severity=good.severity_between,
        )


def _broken(frame: pd.DataFrame, condition: str) -> float:
    import numpy as np

    return 1 - float(np.asarray(frame.eval(condition)).mean())


def _candidates(tried: pd.DataFrame) -> Iterator[tuple[list[str], str]]:
    """Yield conditions on two or three columns that fit most of the first rows."""
    sizes = {name: f"`{name}`" for name in tried.columns}
    for one, other in combinations(tried.columns, 2):
        part = tried[(tried[other] != 0) & (tried[one] != 0)]
        times = float((part[one] / part[other]).median()) if len(part) else 0.0
        if times and abs(times) < float("inf"):
            yield [one, other], _equal(sizes[one], f"{times:.6g} * {sizes[other]}", tried[one])
    rows, near = tried.to_numpy()[:LEAST_ROWS], NEAR * tried.std()
    at = {name: place for place, name in enumerate(tried.columns)}
    for whole in tried.columns:
        for one, other in combinations([name for name in tried.columns if name != whole], 2):
            a, b, c = rows[:, at[whole]], rows[:, at[one]], rows[:, at[other]]
            for sign, made in (("+", b + c), ("*", b * c)):
                if float((abs(a - made) <= near[whole]).mean()) >= MOST_OF_FEW:
                    yield (
                        [whole, one, other],
                        _equal(sizes[whole], f"({sizes[one]} {sign} {sizes[other]})", tried[whole]),
                    )


def _equal(name: str, made: str, column: pd.Series) -> str:
    return f"abs({name} - {made}) <= {NEAR * float(column.std()):.3g}"


def _is_quantity(column: pd.Series) -> bool:
    return column.dtype.kind in "iuf" and column.nunique() >= LEAST_VALUES


def _pairs(good: Reference) -> Iterator[Draft]:
    """Draft the set of pairs of two text columns, if few of the possible pairs occur."""
    frame, found = good.frame, []
    names = [name for name in good.varying if _is_category(frame[name])]
    for one, other in combinations(names, 2):
        counts = frame[[one, other]].dropna().value_counts()
        possible = frame[one].nunique() * frame[other].nunique()
        if len(counts) <= min(MOST_PAIRS, FEWER_PAIRS * possible) and counts.sum() >= LEAST_ROWS:
            found.append((len(counts) / possible, one, other, counts))
    for share, one, other, counts in sorted(found, key=lambda pair: pair[0])[:PAIRS]:
        once = int((counts == 1).sum())
        yield Draft(
            "expect_column_pair_values_to_be_in_set",
            {
                "column_A": one,
                "column_B": other,
                "value_pairs_set": sorted(map(list, counts.index)),
                "ignore_row_if": "either_value_is_missing",
                **mostly(1 - good.rare(once, int(counts.sum()))),
            },
            f"{len(counts)} pairs, {share:.0%} of the possible ones; few may be others that were not seen",
            severity=good.severity_between,
        )


def _is_category(column: pd.Series) -> bool:
    return (
        column.dtype.kind == "O"
        and 1 < column.nunique() <= CATEGORIES
        and float(column.value_counts().iloc[0]) <= RARE * column.count()
        and all(isinstance(value, str) for value in column.dropna().unique())
    )
