"""The quarantine: a few bad rows are quarantined with reasons, the rest goes on, no row is lost."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from tests.library.gates.expectation import expect
from trimtab import gates
from trimtab.errors import ConfigError
from trimtab.gates import GateReport, check_data

IN_RANGE = expect("column_values_to_be_between", column="hour", min_value=0, max_value=23)
KNOWN = expect("column_values_to_be_in_set", column="origin", value_set=["EWR", "JFK", "LGA"])
QUARANTINE = {"on_failure": "quarantine", "max_quarantined": 0.1}


@pytest.fixture
def months() -> dict[str, pd.DataFrame]:
    return {
        name: pd.DataFrame({"hour": [*range(24)] * 2, "origin": ["EWR", "JFK", "LGA"] * 16})
        for name in ("2013-01", "2013-02")
    }


@pytest.fixture
def divide(tmp_path, suite_file) -> Callable[..., GateReport]:
    def run(months: dict[str, pd.DataFrame], *expectations: dict, **suite: object) -> GateReport:
        (tmp_path / "data").mkdir(exist_ok=True)
        for name, table in months.items():
            table.to_parquet(tmp_path / "data" / f"{name}.parquet", index=False)
        return check_data(
            suite=suite_file(*expectations, **{**QUARANTINE, **suite}),
            data=tmp_path / "data",
            out=tmp_path / "out",
            quarantine=tmp_path / "quarantine",
            passed=tmp_path / "passed",
        )

    return run


def aside(folder: Path) -> pd.DataFrame:
    return pd.read_parquet(folder / "quarantine" / "rows.parquet")


def nothing_written(folder: Path) -> bool:
    return not [*folder.glob("passed/*"), *folder.glob("quarantine/*")]


def test_rows_that_fail_are_quarantined_with_their_reasons(divide, months, tmp_path, written):
    months["2013-01"].loc[[4, 7], "hour"] = 99
    months["2013-02"].loc[7, ["hour", "origin"]] = [-1, "SFO"]

    report = divide(months, IN_RANGE, KNOWN)

    rows, rest = aside(tmp_path), pd.read_parquet(tmp_path / "passed")
    assert report.verdict == "warn"
    assert rows[["_file", "_row"]].to_numpy().tolist() == [
        *(["data/2013-01.parquet", 4], ["data/2013-01.parquet", 7], ["data/2013-02.parquet", 7])
    ]
    between, in_set = (
        "expect_column_values_to_be_between of hour",
        "expect_column_values_to_be_in_set of origin",
    )
    assert [list(reasons) for reasons in rows["_reasons"]] == [[between], [between], [between, in_set]]
    assert len(rows) + len(rest) == 96
    assert rest["hour"].between(0, 23).all()
    assert written(report)["quarantine"] == {"rows": 3, "passed": 93, "max_share": 0.1}
    assert json.loads((tmp_path / "out" / "metrics.json").read_text())["quarantined"] == 3
    assert "3 of 96 rows, 3.12%" in report.summary()


def test_quarantine_and_rest_keep_files_columns_types_and_order(divide, months, tmp_path):
    months["2013-01"]["when"] = months["2013-02"]["when"] = pd.Timestamp("2013-01-01", tz="UTC")
    months["2013-01"].loc[4, "hour"] = 99

    divide(months, IN_RANGE)

    for name in months:
        before, after = (pq.read_table(tmp_path / place / f"{name}.parquet") for place in ("data", "passed"))
        assert after.schema.equals(before.schema)
    expected = months["2013-01"].drop(index=4).reset_index(drop=True)
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "passed" / "2013-01.parquet"), expected)
    assert list(aside(tmp_path).columns) == ["hour", "origin", "when", "_file", "_row", "_reasons"]


def test_good_data_passes_and_its_quarantine_is_empty(divide, months, tmp_path):
    report = divide(months, IN_RANGE, KNOWN)

    assert report.verdict == "pass"
    assert aside(tmp_path).empty
    assert len(pd.read_parquet(tmp_path / "passed")) == 96


def test_quarantine_above_its_share_fails_and_leaves_no_output_and_no_old_one(divide, months, tmp_path):
    assert divide(months, IN_RANGE).passed
    months["2013-01"].loc[:9, "hour"] = 99

    report = divide(months, IN_RANGE)

    assert report.verdict == "fail"
    assert "10 rows, 10.42%, are more than max_quarantined, 10.00%" in report.summary()
    assert nothing_written(tmp_path)


def test_quarantine_fails_if_the_rest_still_fails(divide, months, tmp_path):
    months["2013-01"].loc[4, "hour"] = 99

    report = divide(months, IN_RANGE, expect("table_row_count_to_be_between", min_value=96))

    assert report.verdict == "fail"
    assert "the rest still fails expect_table_row_count_to_be_between" in report.problem
    assert nothing_written(tmp_path)


def test_quarantine_passes_if_only_the_quarantined_rows_were_wrong(divide, months):
    months["2013-01"].loc[4, "hour"] = 10_000

    report = divide(months, IN_RANGE, expect("column_mean_to_be_between", column="hour", max_value=24))

    assert (report.verdict, report.failed) == ("warn", 2)


def test_quarantine_fails_if_no_row_is_unexpected(divide, months, tmp_path):
    report = divide(months, expect("column_mean_to_be_between", column="hour", max_value=2))

    assert report.verdict == "fail"
    assert "no critical expectation on rows failed" in report.problem
    assert nothing_written(tmp_path)


def test_quarantine_fails_if_a_file_would_lose_all_rows(divide, months):
    months["2013-03"] = pd.DataFrame({"hour": [99], "origin": ["EWR"]})

    report = divide(months, IN_RANGE)

    assert report.verdict == "fail"
    assert "no row would be left of data/2013-03.parquet" in report.problem


def test_rows_that_fail_only_a_warning_are_not_quarantined(divide, months, tmp_path):
    months["2013-01"].loc[4, "hour"] = 99

    report = divide(months, IN_RANGE | {"severity": "warning"}, KNOWN)

    assert report.verdict == "warn"
    assert aside(tmp_path).empty
    assert 99 in pd.read_parquet(tmp_path / "passed")["hour"].to_numpy()


def test_files_of_one_name_in_several_folders_stay_apart(suite_file, months, tmp_path):
    for name, table in months.items():
        (tmp_path / "data" / name).mkdir(parents=True)
        table.to_parquet(tmp_path / "data" / name / "part.parquet", index=False)

    report = check_data(
        suite=suite_file(IN_RANGE, **QUARANTINE),
        data=tmp_path / "data",
        out=tmp_path / "out",
        quarantine=tmp_path / "quarantine",
        passed=tmp_path / "passed",
    )

    assert report.passed
    assert len(pd.read_parquet(tmp_path / "passed")) == 96


@pytest.mark.parametrize(("quarantine", "passed"), [("q", "data"), ("data/q", "p"), ("q", "."), ("p", "p")])
def test_parts_never_overwrite_the_data_or_each_other(
    quarantine, passed, divide, suite_file, months, tmp_path
):
    assert divide(months, IN_RANGE).passed
    before = sorted(tmp_path.rglob("*.parquet"))

    with pytest.raises(ConfigError, match="lie in each other"):
        check_data(
            suite=suite_file(IN_RANGE, **QUARANTINE),
            data=tmp_path / "data",
            out=tmp_path / "out",
            quarantine=tmp_path / quarantine,
            passed=tmp_path / passed,
        )

    assert sorted(tmp_path.rglob("*.parquet")) == before


def test_quarantine_of_one_file_writes_one_file(suite_file, months, tmp_path):
    (tmp_path / "good").mkdir()
    months["2013-01"].loc[4, "hour"] = 99
    months["2013-01"].to_parquet(tmp_path / "flights.parquet", index=False)

    report = check_data(
        suite=suite_file(IN_RANGE, **QUARANTINE),
        data=tmp_path / "flights.parquet",
        out=tmp_path / "out",
        quarantine=tmp_path / "quarantine",
        passed=tmp_path / "good" / "passed.parquet",
    )

    assert report.verdict == "warn"
    assert len(pd.read_parquet(tmp_path / "good" / "passed.parquet")) == 47


@pytest.mark.parametrize(
    ("suite", "places"),
    [
        ({}, ("quarantine", "passed")),
        (QUARANTINE, ()),
        (QUARANTINE, ("quarantine",)),
        (QUARANTINE, ("passed",)),
    ],
)
def test_suite_and_outputs_that_do_not_go_together_are_refused(suite, places, suite_file, tmp_path):
    with pytest.raises(ConfigError, match="A quarantine needs all of"):
        check_data(
            suite=suite_file(IN_RANGE, **suite),
            data=tmp_path / "data",
            out=tmp_path / "out",
            **{place: tmp_path / place for place in places},
        )


@pytest.mark.parametrize(
    "suite",
    [
        {"on_failure": "quarantine"},
        {"max_quarantined": 0.1},
        {"on_failure": "quarantine", "max_quarantined": 0.0},
        {"on_failure": "quarantine", "max_quarantined": 1.0},
        {"on_failure": "ignore"},
    ],
)
def test_share_is_stated_with_the_quarantine_and_is_a_share(suite, suite_file, tmp_path):
    with pytest.raises(ConfigError):
        check_data(suite=suite_file(IN_RANGE, **suite), data=tmp_path / "data", out=tmp_path / "out")


@pytest.fixture
def divide_data(tmp_path, suite_file) -> Callable[[], GateReport]:
    """Divide what lies in the folder ``data``."""
    return lambda: check_data(
        suite=suite_file(IN_RANGE, **QUARANTINE),
        data=tmp_path / "data",
        out=tmp_path / "out",
        quarantine=tmp_path / "quarantine",
        passed=tmp_path / "passed",
    )


def test_rest_of_csv_files_is_parquet_with_the_validated_types(divide_data, months, tmp_path):
    months["2013-01"].loc[4, "hour"] = 99
    (tmp_path / "data").mkdir()
    months["2013-01"].to_csv(tmp_path / "data" / "2013-01.csv", index=False)
    months["2013-02"].to_csv(tmp_path / "data" / "2013-02.csv.gz", index=False)

    report = divide_data()

    assert report.verdict == "warn"
    assert sorted(path.name for path in (tmp_path / "passed").iterdir()) == [
        *("2013-01.parquet", "2013-02.parquet")
    ]
    expected = months["2013-01"].drop(index=4).reset_index(drop=True)
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "passed" / "2013-01.parquet"), expected)
    assert aside(tmp_path)[["_file", "_row"]].to_numpy().tolist() == [["data/2013-01.csv", 4]]


def test_rest_keeps_partition_folders_and_quarantined_rows_have_keys_as_columns(
    divide_data, months, tmp_path
):
    months["2013-01"].loc[4, "hour"] = 99
    (tmp_path / "data" / "month=1").mkdir(parents=True)
    months["2013-01"].to_parquet(tmp_path / "data" / "month=1" / "f.parquet", index=False)

    report = divide_data()

    rest = tmp_path / "passed" / "month=1" / "f.parquet"
    assert report.verdict == "warn"
    assert pq.read_schema(rest).names == ["hour", "origin"]
    assert pq.read_metadata(rest).num_rows == 47
    assert aside(tmp_path)[["month", "_row"]].to_numpy().tolist() == [[1, 4]]


def test_rest_in_csv_is_refused_before_any_work(suite_file, tmp_path):
    with pytest.raises(ConfigError, match="as Parquet"):
        check_data(
            suite=suite_file(IN_RANGE, **QUARANTINE),
            data=tmp_path / "data",
            out=tmp_path / "out",
            quarantine=tmp_path / "quarantine",
            passed=tmp_path / "passed.csv",
        )


def test_formulas_of_csv_files_stay_as_they_are_in_files_that_no_spreadsheet_runs(
    divide_data, months, tmp_path
):
    formulas = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1"]
    months["2013-01"]["origin"] = (formulas * 8)[:48]
    months["2013-01"].loc[:5, "hour"] = 99
    months["2013-02"] = pd.concat([months["2013-02"]] * 2)
    (tmp_path / "data").mkdir()
    for name, table in months.items():
        table.to_csv(tmp_path / "data" / f"{name}.csv", index=False, quoting=csv.QUOTE_NONNUMERIC)

    report = divide_data()

    assert report.verdict == "warn", report.summary()

    written = [path for place in ("quarantine", "passed") for path in (tmp_path / place).rglob("*.*")]
    assert {path.suffix for path in written} == {".parquet"}
    assert aside(tmp_path)["origin"].tolist() == formulas
    assert pd.read_parquet(tmp_path / "passed" / "2013-01.parquet")["origin"].tolist() == formulas * 7


def test_library_writes_no_csv():
    sources = (path.read_text() for path in Path(gates.__file__).parents[1].rglob("*.py"))
    assert not [text for text in sources if re.search(r"to_csv|write_csv|csv\.writer|DictWriter", text)]
