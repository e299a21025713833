"""Expectations on rows."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.library.gates.expectation import expect


@pytest.fixture
def other(tmp_path, monkeypatch):
    """Another table in the project's root, the working directory."""
    monkeypatch.chdir(tmp_path)
    pd.DataFrame({"carrier": ["UA", "AA", "B6", None], "hour": [5, 6, 7, 8]}).to_csv("known.csv", index=False)


@pytest.mark.parametrize(("condition", "unexpected"), [("hour >= 5", 0), ("hour > dep_delay", 2)])
def test_rows_that_do_not_satisfy_a_condition_are_counted(gate, flights, condition, unexpected):
    entry = expect("rows_to_satisfy_condition", column_list=["hour", "dep_delay"], condition=condition)
    (check,) = gate(flights, entry).checks
    assert (check.passed, check.unexpected) == (unexpected == 0, unexpected)


def test_row_with_a_null_in_the_condition_is_ignored(gate, flights):
    holed = flights.assign(dep_delay=flights["dep_delay"].where(flights["dep_delay"] < 100))
    entry = expect(
        "rows_to_satisfy_condition", column_list=["dep_delay", "hour"], condition="dep_delay < 100"
    )
    assert gate(holed, entry).checks[0].passed


def test_values_that_do_not_satisfy_a_condition_are_shown(gate, flights):
    entry = expect("column_values_to_satisfy_condition", column="dep_delay", condition="value < 100")
    (check,) = gate(flights, entry).checks
    assert (check.unexpected, check.examples) == (1, (853.0,))


def test_condition_that_gives_a_number_fails(gate, flights):
    entry = expect("column_values_to_satisfy_condition", column="hour", condition="value + 1")
    (check,) = gate(flights, entry).checks
    assert not check.passed
    assert "does not give true or false for each row" in check.detail


def test_value_that_another_table_lacks_is_unexpected(gate, flights, other):
    entry = expect(
        "column_values_to_be_in_other_table",
        column="carrier",
        other_table="known.csv",
        other_column="carrier",
    )
    (check,) = gate(flights, entry).checks
    assert (check.unexpected, check.examples) == (2, ("DL",))


def test_key_that_another_table_has_is_unexpected(gate, flights, other):
    entry = expect(
        "compound_columns_to_not_be_in_other_table", column_list=["carrier", "hour"], other_table="known.csv"
    )
    (check,) = gate(flights, entry).checks
    assert check.unexpected == 3, "UA at 5, AA at 6 and B6 at 7"


def test_other_table_that_is_missing_fails(gate, flights, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    entry = expect(
        "column_values_to_be_in_other_table", column="carrier", other_table="none.csv", other_column="carrier"
    )
    assert not gate(flights, entry).checks[0].passed


@pytest.mark.parametrize(("tolerance", "unexpected"), [(0, 1), (2, 0)])
def test_time_outside_of_the_period_of_its_file_is_unexpected_beyond_the_tolerance(
    gate, flights, tmp_path, tolerance, unexpected
):
    (tmp_path / "raw").mkdir()
    times = flights["time"].where(flights.index > 0, pd.Timestamp("2012-12-31T23:00"))
    flights.assign(time=times).to_parquet(tmp_path / "raw" / "2013-01.parquet")
    entry = expect("column_values_to_be_in_period_of_file", column="time", tolerance_hours=tolerance)
    (check,) = gate(tmp_path / "raw", entry).checks
    assert check.unexpected == unexpected
