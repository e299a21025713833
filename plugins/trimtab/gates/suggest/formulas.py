"""Drafts formulas of number columns (sum, product, multiple), and sets of pairs of text values."""

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

MIN_ROWS = 30
MAX_COLUMNS = 15  # number columns that are tried: 15 have 1,365 combinations of three
TRIED_ROWS = 1_000
MIN_SHARE = 0.99  # of the rows that meet a formula
MIN_SHARE_OF_FIRST_ROWS = 0.95  # that meet a formula, so that it is tried on more rows
ROUNDING = 0.005  # tolerance, in standard deviations
QUOTABLE_NAME = r"[\w .%/()-]+"  # names that a condition can quote with backticks
MAX_FORMULAS = 4  # drafted: the first ones found, one for each column on the left side
MIN_DISTINCT_VALUES = 6  # with fewer distinct values, a formula may hold by chance
MAX_CATEGORIES = 50  # distinct values of a text column
MAX_SHARE_OF_PAIRS = 0.5  # pairs that occur over the possible pairs
MAX_PAIRS = 60  # in a set: a person must be able to read it
MAX_SHARE_OF_VALUE = 0.95  # rows with the most common text
MAX_PAIR_SETS = 2  # drafted: those with the smallest share of the possible pairs


def draft_formulas(reference: Reference) -> Iterator[Draft]:
    """Draft formulas of number columns, and sets of pairs of text columns."""
    yield from _formulas(reference)
    yield from _pair_sets(reference)


def _formulas(reference: Reference) -> Iterator[Draft]:
    frame = reference.sample
    names = [
        name
        for name in reference.varying_columns
        if _is_quantity(frame[name]) and not is_year(name, frame[name]) and re.fullmatch(QUOTABLE_NAME, name)
    ]
    tried = frame[names[:MAX_COLUMNS]].dropna().iloc[:TRIED_ROWS].astype(float)
    formula_columns: set[str] = set()
    if len(tried) < MIN_ROWS:
        return
    for columns, condition in _candidates(tried):
        if (
            len(formula_columns) == MAX_FORMULAS
            or columns[0] in formula_columns
            or _share_violating(tried, condition) > 1 - MIN_SHARE
        ):
            continue
        known = frame[columns].dropna()
        violations = round(_share_violating(known, condition) * len(known))
        mostly_share = 1 - reference.upper_share(violations, len(known))
        if violations > (1 - MIN_SHARE) * len(known):
            continue
        formula_columns.add(columns[0])
        yield Draft(
            "expect_rows_to_satisfy_condition",
            {"column_list": columns, "condition": condition, **mostly(mostly_share)},
            f"it holds in {1 - violations / len(known):.2%} of the rows, apart from rounding; "
            "margin: sampling error",
            severity=reference.relation_severity,
        )


def _share_violating(frame: pd.DataFrame, condition: str) -> float:
    import numpy as np

    return 1 - float(np.asarray(frame.eval(condition)).mean())


def _candidates(tried: pd.DataFrame) -> Iterator[tuple[list[str], str]]:
    """Yield conditions on two or three columns that fit most of the first rows."""
    quoted = {name: f"`{name}`" for name in tried.columns}
    for one, other in combinations(tried.columns, 2):
        part = tried[(tried[other] != 0) & (tried[one] != 0)]
        ratio = float((part[one] / part[other]).median()) if len(part) else 0.0
        if ratio and abs(ratio) < float("inf"):
            yield [one, other], _near_equality(quoted[one], f"{ratio:.6g} * {quoted[other]}", tried[one])
    rows, tolerance = tried.to_numpy()[:MIN_ROWS], ROUNDING * tried.std()
    position = {name: place for place, name in enumerate(tried.columns)}
    for whole in tried.columns:
        for one, other in combinations([name for name in tried.columns if name != whole], 2):
            a, b, c = rows[:, position[whole]], rows[:, position[one]], rows[:, position[other]]
            for sign, computed in (("+", b + c), ("*", b * c)):
                if float((abs(a - computed) <= tolerance[whole]).mean()) >= MIN_SHARE_OF_FIRST_ROWS:
                    yield (
                        [whole, one, other],
                        _near_equality(
                            quoted[whole], f"({quoted[one]} {sign} {quoted[other]})", tried[whole]
                        ),
                    )


def _near_equality(name: str, formula: str, column: pd.Series) -> str:
    return f"abs({name} - {formula}) <= {ROUNDING * float(column.std()):.3g}"


def _is_quantity(column: pd.Series) -> bool:
    return column.dtype.kind in "iuf" and column.nunique() >= MIN_DISTINCT_VALUES


def _pair_sets(reference: Reference) -> Iterator[Draft]:
    """Draft the set of pairs of two text columns, if few of the possible pairs occur."""
    frame, found = reference.frame, []
    names = [name for name in reference.varying_columns if _is_category(frame[name])]
    for one, other in combinations(names, 2):
        counts = frame[[one, other]].dropna().value_counts()
        possible = frame[one].nunique() * frame[other].nunique()
        if len(counts) <= min(MAX_PAIRS, MAX_SHARE_OF_PAIRS * possible) and counts.sum() >= MIN_ROWS:
            found.append((len(counts) / possible, one, other, counts))
    for share, one, other, counts in sorted(found, key=lambda pair: pair[0])[:MAX_PAIR_SETS]:
        once = int((counts == 1).sum())
        yield Draft(
            "expect_column_pair_values_to_be_in_set",
            {
                "column_A": one,
                "column_B": other,
                "value_pairs_set": sorted(map(list, counts.index)),
                "ignore_row_if": "either_value_is_missing",
                **mostly(1 - reference.upper_share(once, int(counts.sum()))),
            },
            f"{len(counts)} pairs occur, {share:.0%} of the possible ones; margin: pairs that did not occur",
            severity=reference.relation_severity,
        )


def _is_category(column: pd.Series) -> bool:
    return (
        column.dtype.kind == "O"
        and 1 < column.nunique() <= MAX_CATEGORIES
        and float(column.value_counts().iloc[0]) <= MAX_SHARE_OF_VALUE * column.count()
        and all(isinstance(value, str) for value in column.dropna().unique())
    )
