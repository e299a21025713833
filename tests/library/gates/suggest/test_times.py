"""Drafts on time columns."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.library.gates.suggest.conftest import by_type
from trimtab.gates.suggest.times import draft_times

JANUARY = pd.date_range("2013-01-01", "2013-01-31 23:00", freq="h")


def table(times) -> pd.DataFrame:
    return pd.DataFrame({"at": times})


def conditions(drafts) -> list[str]:
    return [draft.kwargs["condition"] for draft in drafts if "condition" in draft.kwargs]


def test_range_of_times_has_room_to_come(reference):
    first, *_ = conditions(draft_times("at", reference(table(JANUARY))))
    frame = pd.DataFrame({"value": pd.to_datetime(["2013-06-01", "2513-01-01", "1813-01-01"])})
    assert frame.eval(first).tolist() == [True, False, False]


@pytest.mark.parametrize(
    ("frequency", "condition"),
    [
        ("h", "(value.dt.minute == 0) & (value.dt.second == 0)"),
        ("D", "value == value.dt.normalize()"),
        ("MS", "(value.dt.day == 1) & (value == value.dt.normalize())"),
    ],
)
def test_precision_of_times_is_the_coarsest_that_all_have(reference, frequency, condition):
    times = pd.date_range("2013-01-01", periods=100, freq=frequency)
    assert conditions(draft_times("at", reference(table(times))))[1] == condition


def test_times_without_a_common_precision_get_none(reference):
    times = pd.date_range("2013-01-01 00:00:07", periods=100, freq="61s")
    assert len(conditions(draft_times("at", reference(table(times))))) == 1


def test_iso_texts_are_drafted_as_such(reference):
    drafts = by_type(
        draft_times("at", reference(table(JANUARY.strftime("%Y-%m-%dT%H:%M:%SZ").astype(object))))
    )
    assert drafts["column_values_to_match_regex"].kwargs["column"] == "at"


def test_longest_gap_is_doubled(reference):
    drafts = by_type(draft_times("at", reference(table(JANUARY))))
    assert drafts["column_gaps_to_be_less_than"].kwargs["max_hours"] == 2


def test_times_of_a_file_named_after_its_month_are_of_that_month_and_fresh(reference):
    drafts = by_type(draft_times("at", reference(of_2013_01=table(JANUARY))))
    assert drafts["column_values_to_be_in_period_of_file"].kwargs["tolerance_hours"] == 0
    assert 0.5 <= drafts["column_max_to_be_fresh"].kwargs["max_age_days"] < 1


def test_times_far_from_the_period_of_the_file_are_not_compared_with_it(reference):
    drafts = by_type(draft_times("at", reference(of_2014_01=table(JANUARY))))
    assert "column_values_to_be_in_period_of_file" not in drafts


def test_single_time_has_no_gap(reference):
    assert "column_gaps_to_be_less_than" not in by_type(draft_times("at", reference(table(JANUARY[:1]))))
