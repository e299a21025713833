"""Drafts the expectations on one column: on its nulls, and on its values according to their type."""

from __future__ import annotations

from collections.abc import Iterator

from trimtab.gates.suggest.calendar import is_time
from trimtab.gates.suggest.draft import Draft, mostly
from trimtab.gates.suggest.numbers import draft_numbers
from trimtab.gates.suggest.reference import Reference
from trimtab.gates.suggest.texts import draft_texts
from trimtab.gates.suggest.times import draft_times

# Margin of the share of nulls in a short series: the worst share times a factor, plus a share of the rows.
SHORT_SERIES_FACTOR, SHORT_SERIES_NULLS = 2, 0.05


def draft_column(name: str, reference: Reference) -> Iterator[Draft]:
    """Draft the expectations on a column."""
    values = reference.frame[name]
    yield _nulls(name, reference)
    if is_time(values):
        yield from draft_times(name, reference)
    elif values.dtype.kind in "iuf":
        yield from draft_numbers(name, reference)
    elif values.dtype.kind == "O" and all(isinstance(value, str) for value in values.dropna().unique()):
        yield from draft_texts(name, reference)


def _nulls(name: str, reference: Reference) -> Draft:
    counts = [(int(file[name].isna().sum()), len(file)) for file in reference.files]
    bound = max(reference.upper_share(nulls, rows) for nulls, rows in counts) + reference.margin(
        lambda part: part[name].isna().mean()
    )
    worst = max(nulls / rows for nulls, rows in counts)
    if reference.is_short_series and worst:
        bound = max(bound, SHORT_SERIES_FACTOR * worst + SHORT_SERIES_NULLS)
    return Draft(
        "expect_column_values_to_not_be_null",
        {"column": name, **mostly(1 - bound)},
        f"at most {worst:.2%} of a file are null; margin: sampling error, differences between files or times"
        if worst
        else "no value is null; margin: nulls that are too rare to occur in these rows",
        each_file=worst > 0,  # without a null, the bound is about all rows together
    )
