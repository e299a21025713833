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

AGE_MARGIN = 0.5  # days
GAP_FACTOR = 2  # margin of the longest gap
RANGE_FACTOR = 10  # margin after and before the observed range, in ranges; limited by FUTURE_YEARS
FUTURE_YEARS = 20
MIN_RANGE_MARGIN = 0.5  # of the range
# The precisions of time columns, the coarsest first, with their condition in pandas' expression language.
PRECISIONS = {
    "the first day of a month": "(value.dt.day == 1) & (value == value.dt.normalize())",
    "midnight": "value == value.dt.normalize()",
    "a full hour": "(value.dt.minute == 0) & (value.dt.second == 0)",
}


def draft_times(name: str, reference: Reference) -> Iterator[Draft]:
    """Draft the expectations on a column of times, or of ISO texts of times."""
    import pandas as pd

    column = reference.frame[name]
    text = column.dtype.kind == "O"
    if text:
        yield Draft(
            "expect_column_values_to_match_regex",
            {"column": name, "regex": ISO_TIME},
            "every value is an ISO 8601 time",
        )
    times = as_times(column)
    naive = text or not isinstance(column.dtype, pd.DatetimeTZDtype)
    if naive:
        yield _range(name, times, reference)
        if not text:
            yield from _precision(name, times)
    yield from _gaps(name, times, reference)
    yield from _file_periods(name, times, reference)


def _range(name: str, times: pd.Series, reference: Reference) -> Draft:
    import pandas as pd

    low, high = times.min(), times.max()
    year = pd.Timedelta(days=365.25)
    future = (
        FUTURE_YEARS * year
        if reference.is_short_series
        else min((high - low) * RANGE_FACTOR, FUTURE_YEARS * year)
    )
    margin = max((high - low) * MIN_RANGE_MARGIN, future, pd.Timedelta(days=1))
    first, last = (at.strftime("%Y-%m-%d") for at in (low - margin, high + margin))
    return Draft(
        "expect_column_values_to_satisfy_condition",
        {"column": name, "condition": f"('{first}' <= value) & (value <= '{last}')"},
        f"{low:%Y-%m-%d} to {high:%Y-%m-%d}; "
        "margin: ten times this range, at most 20 years; 20 years for a short series",
    )


def _precision(name: str, times: pd.Series) -> Iterator[Draft]:
    import numpy as np

    values = times.dropna().to_frame("value")
    for description, condition in PRECISIONS.items():
        if len(values) > 1 and bool(np.asarray(values.eval(condition)).all()):
            yield Draft(
                "expect_column_values_to_satisfy_condition",
                {"column": name, "condition": condition},
                f"every time is {description}",
            )
            return


def _gaps(name: str, times: pd.Series, reference: Reference) -> Iterator[Draft]:
    gaps = times.drop_duplicates().sort_values().diff().dropna().dt.total_seconds() / 3600
    if not len(gaps):
        return
    longest = float(gaps.max())
    # Gaps between random times are exponential: a gap longer by one mean is e times rarer.
    chance = longest + (float(gaps.mean()) - float(gaps.min())) * reference.max_unseen_events
    yield Draft(
        "expect_column_gaps_to_be_less_than",
        {"column": name, "max_hours": ceiling(max(longest * GAP_FACTOR, chance), 2)},
        f"the longest gap is {longest:g} hours; margin: double, or the longest gap expected by chance",
    )


def _file_periods(name: str, times: pd.Series, reference: Reference) -> Iterator[Draft]:
    import pandas as pd

    content = reference.content
    try:
        periods = [pd.Period(stem(PurePosixPath(file))) for file in content.files]
    except ValueError:
        return  # the files are not named after a period
    spans = [
        (times[span].min() - period.start_time, times[span].max() - period.end_time)
        for period, (_, span) in zip(periods, content.spans(), strict=True)
    ]
    outside = max(
        0.0, *(max(-before.total_seconds(), after.total_seconds()) / 3600 for before, after in spans)
    )
    age = max(0.0, *(-after.total_seconds() / 86400 for _, after in spans))
    if outside > 24:
        return  # the column is not about the period of the file
    yield Draft(
        "expect_column_values_to_be_in_period_of_file",
        {"column": name, "tolerance_hours": math.ceil(outside) + 1 if outside else 0},
        f"times are at most {outside:.3g} hours outside the period of their file; "
        "margin: one hour, if any is",
    )
    yield Draft(
        "expect_column_max_to_be_fresh",
        {"column": name, "max_age_days": ceiling(age + AGE_MARGIN, 2)},
        f"the newest time is at most {age:.3g} days before the end of the file's period; "
        f"margin: {AGE_MARGIN:g} days",
    )
