"""Drafts expectations on time columns: range, precision, gaps and the period of the file name."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from trimtab.gates.suggest.calendar import ISO_TIME, as_times
from trimtab.gates.suggest.draft import Draft, ceiling
from trimtab.gates.suggest.reference import Reference
from trimtab.tables import stem

if TYPE_CHECKING:
    import pandas as pd

AGE = 0.5  # days
TIMES = 2  # room of a gap: a multiple
RANGES = 10  # to come, or
YEARS_TO_COME = 20
QUARTER = 0.5  # of the range, at least
# What every time of a column may be, the coarsest first, in pandas' words.
FINENESS = {
    "the first day of a month": "(value.dt.day == 1) & (value == value.dt.normalize())",
    "midnight": "value == value.dt.normalize()",
    "a full hour": "(value.dt.minute == 0) & (value.dt.second == 0)",
}


def draft_times(name: str, good: Reference) -> Iterator[Draft]:
    """Draft the expectations on a column of times, or of ISO texts of times."""
    import pandas as pd

    column = good.frame[name]
    text = column.dtype.kind == "O"
    if text:
        yield Draft(
            "expect_column_values_to_match_regex", {"column": name, "regex": ISO_TIME}, "all are ISO times"
        )
    found = as_times(column)
    naive = text or not isinstance(column.dtype, pd.DatetimeTZDtype)
    if naive:
        yield _range(name, found, good)
        if not text:
            yield from _fineness(name, found)
    yield from _gaps(name, found, good)
    yield from _of_files(name, found, good)


def _range(name: str, found: pd.Series, good: Reference) -> Draft:
    import pandas as pd

    low, high = found.min(), found.max()
    year = pd.Timedelta(days=365.25)
    to_come = YEARS_TO_COME * year if good.few else min((high - low) * RANGES, YEARS_TO_COME * year)
    room = max((high - low) * QUARTER, to_come, pd.Timedelta(days=1))
    first, last = (at.strftime("%Y-%m-%d") for at in (low - room, high + room))
    return Draft(
        "expect_column_values_to_satisfy_condition",
        {"column": name, "condition": f"('{first}' <= value) & (value <= '{last}')"},
        f"{low:%Y-%m-%d} to {high:%Y-%m-%d}; margin: ten times as long, at most 20 years, in a series 20",
    )


def _fineness(name: str, found: pd.Series) -> Iterator[Draft]:
    import numpy as np

    known = found.dropna().to_frame("value")
    for words, condition in FINENESS.items():
        if len(known) > 1 and bool(np.asarray(known.eval(condition)).all()):
            yield Draft(
                "expect_column_values_to_satisfy_condition",
                {"column": name, "condition": condition},
                f"every time is {words}",
            )
            return


def _gaps(name: str, found: pd.Series, good: Reference) -> Iterator[Draft]:
    gaps = found.drop_duplicates().sort_values().diff().dropna().dt.total_seconds() / 3600
    if not len(gaps):
        return
    longest = float(gaps.max())
    # Times by chance have gaps without memory: e times longer is e times rarer for each mean of them.
    chance = longest + (float(gaps.mean()) - float(gaps.min())) * good.surprise
    yield Draft(
        "expect_column_gaps_to_be_less_than",
        {"column": name, "max_hours": ceiling(max(longest * TIMES, chance), 2)},
        f"the longest time without any is {longest:g} hours; margin: double, or chance",
    )


def _of_files(name: str, found: pd.Series, good: Reference) -> Iterator[Draft]:
    import pandas as pd

    content = good.content
    try:
        periods = [pd.Period(stem(PurePosixPath(file))) for file in content.files]
    except ValueError:
        return  # the files are not named after a time
    spans = [
        (found[span].min() - period.start_time, found[span].max() - period.end_time)
        for period, (_, span) in zip(periods, content.spans(), strict=True)
    ]
    outside = max(
        0.0, *(max(-before.total_seconds(), after.total_seconds()) / 3600 for before, after in spans)
    )
    age = max(0.0, *(-after.total_seconds() / 86400 for _, after in spans))
    if outside > 24:
        return  # nor are these times of when the files were made
    yield Draft(
        "expect_column_values_to_be_in_period_of_file",
        {"column": name, "tolerance_hours": math.ceil(outside) + 1 if outside else 0},
        f"at most {outside:.3g} hours outside the period of the file; margin: an hour, if any",
    )
    yield Draft(
        "expect_column_max_to_be_fresh",
        {"column": name, "max_age_days": ceiling(age + AGE, 2)},
        f"the newest is at most {age:.3g} days older than the period of the file; margin: {AGE:g} days",
    )
