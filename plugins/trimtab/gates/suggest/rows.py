"""Drafts expectations on the table: columns, row counts and duplicates."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from trimtab.gates.suggest.draft import Draft, mostly
from trimtab.gates.suggest.reference import MIN_ROW_RATIO, Reference

if TYPE_CHECKING:
    import pandas as pd

MAX_ROW_RATIO = 1.4  # rows of the next file over the rows of the largest file
FLOAT_TYPES = ("halffloat", "float", "double")
DUPLICATE_MARGIN = 0.02  # of the rows
KEY_TOLERANCE = 0.002  # of the rows: a key may leave so many more duplicates than all columns do
MIN_EXPECTED_PAIRS = 20  # expected by chance: with so many, having no duplicate is significant
MAX_DUPLICATES = 0.5  # of the rows; with more, the columns are no key


def draft_rows(reference: Reference) -> Iterator[Draft]:
    """Draft the expectations on the table."""
    schema, counts = reference.content.schema, [len(file) for file in reference.files]
    yield Draft(
        "expect_table_columns_to_match_contract",
        {"columns": dict(schema)},
        f"{len(schema)} columns",
        each_file=True,
    )
    yield Draft(
        "expect_table_row_count_to_be_between",
        {
            "min_value": math.floor(min(counts) * MIN_ROW_RATIO),
            "max_value": math.ceil(max(counts) * MAX_ROW_RATIO),
        },
        f"files have {min(counts):,} to {max(counts):,} rows; "
        f"margin: {1 - MIN_ROW_RATIO:.0%} fewer, {MAX_ROW_RATIO - 1:.0%} more",
        each_file=True,
    )
    yield from _uniqueness(reference)


def _uniqueness(reference: Reference) -> Iterator[Draft]:
    names, share = _find_key(reference)
    if len(names) < 1 or share > MAX_DUPLICATES:
        return
    is_key = not share and _is_unique_beyond_chance(names, reference)
    is_single = len(names) == 1
    mostly_share = (
        1
        - reference.upper_share(round(share * len(reference.frame)), len(reference.frame))
        - DUPLICATE_MARGIN
    )
    yield Draft(
        "expect_column_values_to_be_unique" if is_single else "expect_compound_columns_to_be_unique",
        {
            **({"column": names[0]} if is_single else {"column_list": names}),
            **({} if is_key else mostly(mostly_share)),
        },
        "no two rows have the same values; unrelated columns would have duplicates by chance"
        if is_key
        else f"{share:.2%} of the rows are duplicates in these columns; "
        f"margin: sampling error and {DUPLICATE_MARGIN:.0%}. If the columns are a key, remove `mostly`",
    )


def _find_key(reference: Reference) -> tuple[list[str], float]:
    """Return the fewest columns that identify rows as well as all columns do, and their share of duplicates.

    Measurements are tried last: the next file may have two equal ones, so they are no key.
    """
    frame, schema = reference.frame, reference.content.schema
    columns = [name for name in reference.columns if frame[name].nunique() > 1]
    goal = _share_of_duplicates(frame, columns) + KEY_TOLERANCE if columns else 1.0
    candidates = [name for name in columns if schema[name] not in FLOAT_TYPES and frame[name].notna().all()]
    if not candidates or _share_of_duplicates(frame, candidates) > goal:
        candidates = columns
    chosen: list[str] = []
    undistinguished = frame
    while candidates and (not chosen or _share_of_duplicates(frame, chosen) > goal):
        best = min(
            (name for name in candidates if name not in chosen),
            key=lambda name: _share_of_duplicates(undistinguished, [*chosen, name]),
            default=None,
        )
        if best is None:
            break
        chosen.append(best)
        undistinguished = frame[
            frame.duplicated(chosen, keep=False)
        ]  # rows that the chosen columns do not identify
    for name in list(chosen):  # a column chosen later may make an earlier one redundant
        fewer = [other for other in chosen if other != name]
        if fewer and _share_of_duplicates(frame, fewer) <= _share_of_duplicates(frame, chosen):
            chosen = fewer
    return chosen, _share_of_duplicates(frame, chosen) if chosen else 1.0


def _share_of_duplicates(frame: pd.DataFrame, names: list[str]) -> float:
    return float(frame.duplicated(names, keep=False).mean()) if len(frame) else 0.0


def _is_unique_beyond_chance(names: list[str], reference: Reference) -> bool:
    """Whether having no duplicate is significant: unrelated columns would have had some by chance.

    A measurement is no key: the next file may have two equal ones.
    """
    if any(reference.content.schema[name] in FLOAT_TYPES for name in names):
        return False
    pairs = len(reference.frame) ** 2 / 2
    for name in names:
        shares = reference.frame[name].value_counts(normalize=True)
        pairs *= float((shares**2).sum())
    is_integer = len(names) == 1 and reference.frame[names[0]].dtype.kind in "iu"
    if is_integer:  # compared with integers drawn at random from the same range
        column = reference.frame[names[0]]
        pairs = len(column) ** 2 / 2 / (float(column.max()) - float(column.min()) + 1)
    return pairs >= MIN_EXPECTED_PAIRS
