"""Drafts expectations on one column: its nulls, and those of its type."""

from __future__ import annotations

from collections.abc import Iterator

from trimtab.gates.suggest.calendar import is_time
from trimtab.gates.suggest.draft import Draft, mostly
from trimtab.gates.suggest.numbers import draft_numbers
from trimtab.gates.suggest.reference import Reference
from trimtab.gates.suggest.texts import draft_texts
from trimtab.gates.suggest.times import draft_times

FEW_TIMES, FEW_NULLS = 2, 0.05  # room of the share of nulls, where few files are known of a series


def draft_column(name: str, good: Reference) -> Iterator[Draft]:
    """Draft the expectations on a column."""
    values = good.frame[name]
    yield _nulls(name, good)
    if is_time(values):
        yield from draft_times(name, good)
    elif values.dtype.kind in "iuf":
        yield from draft_numbers(name, good)
    elif values.dtype.kind == "O" and all(isinstance(value, str) for value in values.dropna().unique()):
        yield from draft_texts(name, good)


def _nulls(name: str, good: Reference) -> Draft:
    counts = [(int(file[name].isna().sum()), len(file)) for file in good.files]
    rare = max(good.rare(nulls, rows) for nulls, rows in counts) + good.room(
        lambda part: part[name].isna().mean()
    )
    most = max(nulls / rows for nulls, rows in counts)
    if good.few and most:
        rare = max(rare, FEW_TIMES * most + FEW_NULLS)
    return Draft(
        "expect_column_values_to_not_be_null",
        {"column": name, **mostly(1 - rare)},
        f"{most:.2%} are null in the worst file; margin: chance, what differs by file or time"
        if most
        else "none is null; so few may be as these rows need not have shown",
        each_file=most > 0,  # else it is of the rows, whichever file has them
    )
