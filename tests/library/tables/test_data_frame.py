"""A data frame is judged as the file it would be."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from trimtab.gates import check_data, check_suites

POSITIVE = {
    "type": "expect_column_values_to_be_between",
    "kwargs": {"column": "dep_delay", "min_value": 0},
    "tags": ["rows"],
}
KNOWN = {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "carrier"}}


def found(out) -> dict:
    report = json.loads((out / "report.json").read_text())
    for check in report["checks"]:
        check.pop("files"), check.pop("samples")  # where the rows are: a file has another name
    return report


def test_data_frame_gets_the_same_report_as_its_parquet_file(flights, suite_file, tmp_path):
    suite = suite_file(POSITIVE, KNOWN)
    flights.to_parquet(tmp_path / "flights.parquet")
    shuffled = flights.set_index(pd.Index(range(7, 17)))  # an index is no column, and numbers no row
    of_frame = check_data(suite=suite, data=shuffled, out=tmp_path / "frame")
    check_data(suite=suite, data=tmp_path / "flights.parquet", out=tmp_path / "file")
    assert of_frame.verdict == "fail"
    assert of_frame.failures[0].files == {"the data frame": 3}
    assert [sample["row"] for sample in of_frame.failures[0].samples] == [3, 4, 6]
    assert found(tmp_path / "frame") == found(tmp_path / "file")


def test_data_frame_is_validated_by_several_suites(flights, suite_file, tmp_path):
    suites = [suite_file(POSITIVE, name="a.json"), suite_file(KNOWN, name="b.json")]
    report = check_suites(suites=suites, data=flights, out=tmp_path / "out")
    assert report.verdict == "fail"
    assert [check.passed for check in report.checks] == [False, True]


def test_data_frame_rows_that_fail_are_quarantined(flights, suite_file, tmp_path):
    suite = suite_file(POSITIVE, on_failure="quarantine", max_quarantined=0.5)
    aside, rest = tmp_path / "aside", tmp_path / "rest.parquet"
    report = check_data(suite=suite, data=flights, out=tmp_path / "out", quarantine=aside, passed=rest)
    assert report.verdict == "warn"
    assert pd.read_parquet(aside / "rows.parquet")["_row"].tolist() == [3, 4, 6]
    pd.testing.assert_frame_equal(
        pd.read_parquet(rest), flights[flights["dep_delay"] >= 0].reset_index(drop=True), check_dtype=False
    )


@pytest.mark.parametrize(
    ("frame", "verdict", "problem"),
    [
        (pd.DataFrame({"carrier": pd.Series([], dtype="str")}), "fail", "no rows"),
        (pd.DataFrame([[1, 2]], columns=["carrier", "carrier"]), "fail", "same name: carrier"),
        (pd.DataFrame({"carrier": ["UA", 1]}), "error", "cannot be written as Parquet"),
    ],
)
def test_data_frame_that_is_not_a_table_never_passes(frame, verdict, problem, suite_file, tmp_path):
    report = check_data(suite=suite_file(KNOWN), data=frame, out=tmp_path / "out")
    assert report.verdict == verdict
    assert problem in report.problem
