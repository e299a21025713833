"""The checks of a report, converted from Great Expectations' results."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from trimtab.gate_report import Check
from trimtab.gates.data.result_conversion import columns_of, convert_result, merge_file_checks
from trimtab.gates.data.suite import Expectation
from trimtab.tables import inspect_table, open_table

ENTRY = Expectation(
    type="expect_column_values_to_be_between",
    kwargs={"column": "hour", "max_value": 24, "mostly": 0.9},
    notes=["Hours of a day.", "Ask the supplier."],
    tags=["rows"],
)
FAILED = {
    "element_count": 10,
    "unexpected_count": 2,
    "partial_unexpected_list": [99, 98],
    "observed_value": 99,
}


@pytest.fixture
def convert(tmp_path, flights):
    """Convert a result on the flights."""
    flights.to_parquet(tmp_path / "f.parquet")
    content = inspect_table(open_table(tmp_path / "f.parquet"))

    def run(result: dict, *, success=False, raised=None, entry=ENTRY, hidden=False) -> Check:
        found = SimpleNamespace(result=result, success=success, exception_info=raised)
        return convert_result(entry, found, content, hidden=hidden)

    return run


def test_check_has_counts_examples_arguments_and_notes(convert):
    check = convert(FAILED)
    assert (check.passed, check.column, check.unexpected, check.rows) == (False, "hour", 2, 10)
    assert check.expected == {"max_value": 24, "mostly": 0.9}
    assert check.examples == (99, 98)
    assert check.notes == "Hours of a day.\nAsk the supplier."


def test_hidden_check_has_counts_and_no_value(convert):
    raised = {"raised_exception": True, "exception_message": "cannot compare 'Earhart' with 24"}
    check = convert(FAILED, raised=raised, hidden=True)
    assert (check.unexpected, check.observed, check.examples) == (2, None, ())
    assert check.expected == {"mostly": 0.9}
    assert "Earhart" not in check.detail
    assert check.detail.endswith("values are hidden")


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        ({"element_count": 0, "unexpected_count": 0}, "no row met its condition"),
        ({"element_count": 5, "missing_count": 5, "unexpected_count": 0}, "every value is null"),
    ],
)
def test_success_on_no_row_does_not_pass(convert, result, reason):
    check = convert(result, success=True)
    assert not check.passed
    assert f"{reason}, so nothing was checked" in check.detail


@pytest.mark.parametrize("nested", [True, False])
def test_success_with_a_raised_exception_does_not_pass(convert, nested):
    record = {"raised_exception": True, "exception_message": "no such file"}
    check = convert({}, success=True, raised={"metric": record} if nested else record)
    assert not check.passed
    assert check.detail == "it could not be evaluated: no such file"


def test_column_that_is_not_there_is_named_with_the_closest(convert):
    entry = Expectation(type="expect_column_values_to_be_unique", kwargs={"column": "huor"})
    assert convert({}, entry=entry).detail == "there is no column 'huor'; did you mean 'hour'?"


def test_long_list_is_cut_and_its_rest_is_counted(convert):
    observed = convert({"observed_value": list(range(25))}).observed
    assert observed == [*range(20), "… and 5 more"]


def test_merged_check_has_the_files_that_fail_and_the_sum_of_their_rows():
    check = Check("c", False, severity="critical", unexpected=2, rows=10, detail="too late")
    passed = Check("c", True, severity="critical", unexpected=0, rows=10)
    merged = merge_file_checks({"a": check, "b": passed, "c": check})
    assert (merged.passed, merged.unexpected, merged.rows) == (False, 4, 20)
    assert merged.files == {"a": 2, "c": 2}
    assert merged.detail == "in 2 of 3 files; a: too late"


def test_merged_check_passes_if_every_file_passes():
    passed = Check("c", True, severity="critical", unexpected=0, rows=10)
    merged = merge_file_checks({"a": passed, "b": passed})
    assert (merged.passed, merged.rows, merged.files, merged.detail) == (True, 20, {}, "in each of 2 files")


@pytest.mark.parametrize(
    ("arguments", "columns"),
    [
        ({"column": "a"}, ["a"]),
        ({"column_A": "a", "column_B": "b"}, ["a", "b"]),
        ({"column_list": ["a", "b"]}, ["a", "b"]),
        ({"min_value": 1}, []),
    ],
)
def test_columns_are_those_that_the_arguments_name(arguments, columns):
    assert columns_of(arguments) == columns
