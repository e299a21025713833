"""Expectations on whole tables and columns."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.library.gates.expectation import expect
from trimtab.errors import ConfigError


@pytest.fixture
def months(tmp_path, flights, monkeypatch):
    """Write a file of flights for each month, given its rows; the root is the working directory."""
    monkeypatch.chdir(tmp_path)

    def write(**rows: int):
        (tmp_path / "raw").mkdir(exist_ok=True)
        for month, count in rows.items():
            flights.head(count).to_parquet(tmp_path / "raw" / f"2013-{month[1:]}.parquet")
        return tmp_path / "raw"

    return write


def test_file_with_fewer_rows_than_its_predecessors_is_named_with_its_ratio(gate, months):
    (check,) = gate(months(m01=10, m02=10, m03=4), expect("file_row_counts_to_be_near_previous")).checks
    assert (check.passed, check.observed) == (False, {"raw/2013-03.parquet": 0.4})


def test_single_file_has_nothing_to_be_compared_with(gate, months):
    (check,) = gate(months(m01=10), expect("file_row_counts_to_be_near_previous")).checks
    assert (check.passed, check.observed) == (True, "nothing to compare with: there is one file")


@pytest.mark.parametrize(
    ("as_of", "passed"),
    [("2013-01-02", True), ("2013-01-09", False), ("params.yaml:ingest.until", True), (None, False)],
    ids=["date", "later date", "param", "period of the file"],
)
def test_age_of_the_newest_time_is_measured_from_what_is_declared(gate, months, tmp_path, as_of, passed):
    (tmp_path / "params.yaml").write_text("ingest: {until: 2013-01-03}\n")
    arguments = {} if as_of is None else {"as_of": as_of}
    entry = expect("column_max_to_be_fresh", column="time", max_age_days=3, **arguments)
    (check,) = gate(months(m01=10), entry).checks
    assert check.passed is passed
    assert check.observed["newest"] == "2013-01-01T09:00:00"


@pytest.mark.parametrize(("hours", "passed"), [(1, True), (0.5, False)])
def test_longest_gap_between_times_is_compared_with_the_bound(gate, flights, hours, passed):
    (check,) = gate(flights, expect("column_gaps_to_be_less_than", column="time", max_hours=hours)).checks
    assert (check.passed, check.observed["longest_hours"]) == (passed, 1.0)
    assert ("after" in check.observed) == (not passed)


def test_contract_names_missing_unexpected_and_changed_columns(gate, flights):
    columns = {"carrier": "string", "tail": "string", "hour": "double", "dep_delay": ["double", "float"]}
    (check,) = gate(flights, expect("table_columns_to_match_contract", columns=columns)).checks
    assert not check.passed
    assert check.detail == (
        "missing: tail; of another type: hour is int64, not double; unexpected: origin, time"
    )


def test_contract_in_a_file_is_read_from_the_root_of_the_project(gate, flights, months, tmp_path):
    kinds = {"carrier": "string", "origin": "string", "hour": "int64", "dep_delay": "double"}
    (tmp_path / "contract.yaml").write_text(f"columns: {kinds}\n")
    entry = expect("table_columns_to_match_contract", contract="contract.yaml")
    assert gate(flights.drop(columns="time"), entry).checks[0].passed


@pytest.mark.parametrize("arguments", [{}, {"columns": {"a": "int64"}, "contract": "contract.yaml"}])
def test_contract_that_is_given_twice_or_not_at_all_is_refused(gate, arguments):
    with pytest.raises(ConfigError, match="give either columns or contract"):
        gate(pd.DataFrame({"a": [1]}), expect("table_columns_to_match_contract", **arguments))
