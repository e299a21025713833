"""Drafts expectations on the table: columns, row counts and duplicates."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from trimtab.gates.suggest.draft import Draft, mostly
from trimtab.gates.suggest.reference import FEWER_ROWS, Reference

if TYPE_CHECKING:
    import pandas as pd

MORE_ROWS = 1.4  # times as many rows as seen
FRACTIONS = ("halffloat", "float", "double")
ALIKE = 0.02  # of the rows; room of those that are alike
NEAR = 0.002  # of the rows: columns that leave no more alike than all of them do name a row
DUE = 20  # pairs alike that chance would have made: none is then no chance
MOST_ALIKE = 0.5  # of the rows; more are no sign of anything


def draft_rows(good: Reference) -> Iterator[Draft]:
    """Draft the expectations on the table."""
    schema, counts = good.content.schema, [len(file) for file in good.files]
    yield Draft(
        "expect_table_columns_to_match_contract",
        {"columns": dict(schema)},
        f"{len(schema)} columns",
        each_file=True,
    )
    yield Draft(
        "expect_table_row_count_to_be_between",
        {
            "min_value": math.floor(min(counts) * FEWER_ROWS),
            "max_value": math.ceil(max(counts) * MORE_ROWS),
        },
        f"files have {min(counts):,} to {max(counts):,} rows; "
        f"margin: {1 - FEWER_ROWS:.0%} fewer, {MORE_ROWS - 1:.0%} more",
        each_file=True,
    )
    yield from _alike(good)


def _alike(good: Reference) -> Iterator[Draft]:
    names, share = _naming(good)
    if len(names) < 1 or share > MOST_ALIKE:
        return
    key = not share and _is_key(names, good)
    single = len(names) == 1
    held = 1 - good.rare(round(share * len(good.frame)), len(good.frame)) - ALIKE
    yield Draft(
        "expect_column_values_to_be_unique" if single else "expect_compound_columns_to_be_unique",
        {
            **({"column": names[0]} if single else {"column_list": names}),
            **({} if key else mostly(held)),
        },
        "no two rows are alike in these, which is no chance"
        if key
        else f"{share:.2%} of the rows have another one like them; margin: chance, and {ALIKE:.0%}. "
        "If these name a row, remove mostly",
    )


def _naming(good: Reference) -> tuple[list[str], float]:
    """Return few columns that tell rows apart as well as all do, and the share of rows alike in them.

    Measurements come last: they are not what names a row, and the next file may have two alike.
    """
    frame, schema = good.frame, good.content.schema
    columns = [name for name in good.columns if frame[name].nunique() > 1]
    goal = _share_alike(frame, columns) + NEAR if columns else 1.0
    exact = [name for name in columns if schema[name] not in FRACTIONS and frame[name].notna().all()]
    if not exact or _share_alike(frame, exact) > goal:
        exact = columns
    chosen: list[str] = []
    left = frame
    while exact and (not chosen or _share_alike(frame, chosen) > goal):
        best = min(
            (name for name in exact if name not in chosen),
            key=lambda name: _share_alike(left, [*chosen, name]),
            default=None,
        )
        if best is None:
            break
        chosen.append(best)
        left = frame[frame.duplicated(chosen, keep=False)]  # the others are told apart
    for name in list(chosen):  # what a later one made needless
        fewer = [other for other in chosen if other != name]
        if fewer and _share_alike(frame, fewer) <= _share_alike(frame, chosen):
            chosen = fewer
    return chosen, _share_alike(frame, chosen) if chosen else 1.0


def _share_alike(frame: pd.DataFrame, names: list[str]) -> float:
    return float(frame.duplicated(names, keep=False).mean()) if len(frame) else 0.0


def _is_key(names: list[str], good: Reference) -> bool:
    """Whether that no two rows are alike is no chance: unrelated columns would have made pairs alike.

    A measurement names no row: the next file may have two alike.
    """
    if any(good.content.schema[name] in FRACTIONS for name in names):
        return False
    pairs = len(good.frame) ** 2 / 2
    for name in names:
        shares = good.frame[name].value_counts(normalize=True)
        pairs *= float((shares**2).sum())
    whole = len(names) == 1 and good.frame[names[0]].dtype.kind in "iu"
    if whole:  # numbers that are drawn from as many as lie between them
        column = good.frame[names[0]]
        pairs = len(column) ** 2 / 2 / (float(column.max()) - float(column.min()) + 1)
    return pairs >= DUE
