"""Folders named ``key=value`` give the files below them a column, or are refused."""

from __future__ import annotations

import pandas as pd
import pytest

from trimtab.gates import check_data
from trimtab.tables.file_table import GateInputError, open_table
from trimtab.tables.partition_keys import NULL
from trimtab.tables.table_content import inspect_table


@pytest.fixture
def parted(tmp_path, flights):
    """Write the flights below each of some folders."""

    def write(*folders: str, table: pd.DataFrame = flights):
        for folder in folders:
            (tmp_path / "raw" / folder).mkdir(parents=True, exist_ok=True)
            table.to_parquet(tmp_path / "raw" / folder / "part-0.parquet")
        return tmp_path / "raw"

    return write


def refused(path) -> GateInputError:
    with pytest.raises(GateInputError) as caught:
        open_table(path)
    return caught.value


def test_partition_keys_are_the_last_columns(parted, flights):
    table = open_table(parted("year=2013/month=01", "year=2013/month=12"))

    frame = table.read()
    assert list(frame.columns) == [*flights.columns, "year", "month"]
    assert frame.month.tolist() == [1] * 10 + [12] * 10
    assert table.dtypes() == frame.dtypes.to_dict()
    assert list(table.read(["month", "carrier"]).columns) == ["carrier", "month"]
    assert table.read(["month"]).month.tolist() == frame.month.tolist()
    assert inspect_table(table).schema["month"] == "int64"


def test_what_pandas_writes_in_parts_is_read_back(tmp_path, flights):
    flights.to_parquet(tmp_path / "raw", partition_cols=["origin", "carrier"])

    frame = open_table(tmp_path / "raw").read()

    columns = list(flights.columns)
    back = frame[columns].sort_values("time", ignore_index=True)
    pd.testing.assert_frame_equal(back, flights)


def test_null_and_encoded_values_are_read_as_they_were(parted):
    frame = open_table(parted("at=S%C3%A3o%20Paulo", f"at={NULL}", "at=")).read()

    assert set(frame["at"].dropna()) == {"São Paulo", ""}
    assert frame["at"].isna().sum() == 10


def test_null_makes_whole_numbers_fractions_as_in_a_file(parted):
    table = open_table(parted("year=2013", f"year={NULL}"))

    assert str(table.dtypes()["year"]) == str(table.read().year.dtype) == "float64"


def test_key_is_a_text_in_all_files_if_it_is_one_in_any(parted):
    assert set(open_table(parted("at=1", "at=EWR")).read()["at"]) == {"1", "EWR"}


def test_csv_files_have_keys_too(tmp_path, flights):
    (tmp_path / "year=2013").mkdir()
    flights.to_csv(tmp_path / "year=2013" / "f.csv", index=False)

    assert open_table(tmp_path).read().year.tolist() == [2013] * 10


def test_partition_key_with_an_underscore_is_read(parted):
    assert open_table(parted("_batch=1", "_batch=2", "_temporary")).rows == 20


def test_files_with_other_partition_keys_are_refused_by_name(parted):
    error = refused(parted("year=2013", "year=2014", "late", "month=1"))

    assert error.verdict == "fail"
    assert "lies in year=…: raw/late/part-0.parquet in none, raw/month=1/part-0.parquet in month=…" in str(
        error
    )


@pytest.mark.parametrize("folder", ["carrier=UA", "year=1/year=2"])
def test_key_that_is_a_column_already_is_refused(folder, parted):
    assert "has 2 columns named" in str(refused(parted(folder)))


def test_keys_are_checked_like_columns(parted, gate):
    month = {"type": "expect_column_values_to_be_between", "kwargs": {"column": "month", "max_value": 12}}
    only = {"kwargs": {"column": "month", "min_value": 3, "row_condition": "month > 1",
                       "condition_parser": "pandas"}, "type": month["type"]}  # fmt: skip

    report = gate(parted("month=1", "month=3", "month=13"), month, only)

    assert [check.passed for check in report.checks] == [False, True]
    assert report.checks[0].files == {"raw/month=13/part-0.parquet": 10}
    assert report.checks[0].samples[0]["values"]["month"] == 13


def test_sensitive_key_is_refused_and_its_values_are_never_shown(parted, suite_file, flights, tmp_path):
    rows = {"type": "expect_table_row_count_to_be_between", "kwargs": {"min_value": 1}}
    suite = suite_file(rows, sensitive=["pilot"])
    data = parted("pilot=Earhart", "pilot=Lindbergh")
    reports = [check_data(suite=suite, data=data, out=tmp_path / "out")]
    parted("pilot=Earhart", table=flights.drop(columns="hour"))
    reports.append(check_data(suite=suite, data=data, out=tmp_path / "out2"))

    assert [report.verdict for report in reports] == ["fail", "fail"]
    for report in reports:
        assert "pilot" in report.problem
        for file in report.out.iterdir():
            assert "Earhart" not in file.read_text()


def test_pyarrow_dataset_drops_rows_and_changes_types_that_open_table_keeps(tmp_path):
    """The reason why partition keys are read here and not by pyarrow.dataset."""
    from pyarrow import dataset

    for key in ("_part=1", "_part=99999999999"):
        (tmp_path / "hidden" / key).mkdir(parents=True)
        pd.DataFrame({"x": [1]}).to_parquet(tmp_path / "hidden" / key / "a.parquet")
    (tmp_path / "whole/part=1").mkdir(parents=True)
    pd.DataFrame({"x": [1]}).to_parquet(tmp_path / "whole/part=1/a.parquet")

    assert dataset.dataset(tmp_path / "hidden", partitioning="hive").count_rows() == 0
    assert open_table(tmp_path / "hidden").rows == 2
    assert str(dataset.dataset(tmp_path / "whole", partitioning="hive").schema.field("part").type) == "int32"
    assert str(open_table(tmp_path / "whole").schema.field("part").type) == "int64"
