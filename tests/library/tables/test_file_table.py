"""Files that are no table, or not one table, never reach an expectation."""

from __future__ import annotations

import subprocess
import sys

import pandas as pd
import pytest

from trimtab.tables.file_table import FileTable, GateInputError, open_table


@pytest.fixture
def months(tmp_path, flights):
    """Three months of the same columns."""
    folder = tmp_path / "raw"
    folder.mkdir()
    for month in ("2013-01", "2013-02", "2013-03"):
        flights.to_parquet(folder / f"{month}.parquet")
    return folder


def refused(path) -> GateInputError:
    with pytest.raises(GateInputError) as caught:
        open_table(path).read()
    return caught.value


def test_folder_is_one_table_in_the_order_of_its_names(months, flights):
    flights.assign(carrier="ZZ").to_parquet(months / "2012-12.parquet")
    (months / "2013").mkdir()
    flights.assign(carrier="XX").to_parquet(months / "2013" / "late.parquet")
    (months / ".gitignore").write_text("*")
    (months / "_SUCCESS").touch()

    table = open_table(months)
    frame = table.read()

    assert table.rows == len(frame) == 50
    assert frame.carrier.tolist()[:10] == ["ZZ"] * 10
    assert (frame.carrier == "XX").sum() == 10
    assert frame.index.is_unique


def test_single_file_is_read_as_pandas_reads_it(tmp_path, flights):
    flights.to_parquet(tmp_path / "f.parquet")

    pd.testing.assert_frame_equal(open_table(tmp_path / "f.parquet").read(), flights)


def test_column_renamed_in_one_month_names_file_and_column(months, flights):
    flights.rename(columns={"dep_delay": "departure_delay"}).to_parquet(months / "2013-02.parquet")

    error = refused(months)

    assert error.verdict == "fail"
    assert "raw/2013-02.parquet lacks dep_delay and has departure_delay" in str(error)
    assert "2013-01" not in str(error)


def test_first_file_is_named_if_only_it_differs(months, flights):
    flights.drop(columns="hour").to_parquet(months / "2013-01.parquet")

    message = str(refused(months))

    assert "2013-01.parquet lacks hour" in message
    assert "2013-02" not in message


def test_column_of_another_type_names_file_and_column(months, flights):
    flights.assign(hour=flights.hour.astype(str)).to_parquet(months / "2013-03.parquet")

    error = refused(months)

    assert error.verdict == "fail"
    assert "2013-03.parquet has 'hour' as large_string, the others as int64" in str(error)


def test_all_null_months_do_not_hide_two_types(months, flights):
    for month in ("2013-02", "2013-03", "2013-04"):
        flights.assign(hour=None).to_parquet(months / f"{month}.parquet")
    flights.assign(hour="5").to_parquet(months / "2013-05.parquet")

    assert "'hour'" in str(refused(months))


def test_reordered_columns_missing_values_and_null_months_are_one_table(months, flights):
    flights[flights.columns[::-1]].to_parquet(months / "2013-02.parquet")
    flights.assign(hour=[None] + [7.0] * 9, carrier=None).to_parquet(months / "2013-03.parquet")

    frame = open_table(months).read()

    assert list(frame.columns) == list(flights.columns)
    assert frame.hour.isna().sum() == 1
    assert frame.carrier.isna().sum() == 10
    assert str(frame.carrier.dtype) == "str"


def test_no_rows_fail_even_in_one_month_of_many(months, flights):
    flights.head(0).to_parquet(months / "2013-02.parquet")

    error = refused(months)

    assert error.verdict == "fail"
    assert "no rows" in str(error)
    assert "2013-02.parquet" in str(error)


@pytest.mark.parametrize("damage", ["empty", "truncated", "text", "overwritten"])
def test_damaged_file_is_an_error_that_names_it(months, damage):
    path = months / "2013-02.parquet"
    whole = path.read_bytes()
    middle = len(whole) // 2
    path.write_bytes(
        {
            "empty": b"",
            "truncated": whole[:middle],
            "text": b"carrier,origin\nUA,EWR\n",
            "overwritten": whole[:4] + b"\xff" * middle + whole[4 + middle :],
        }[damage]
    )

    error = refused(months)

    assert error.verdict == "error"
    assert "raw/2013-02.parquet" in str(error)
    assert str(months) not in str(error), "a report tells no machine's paths"


@pytest.mark.parametrize("stray", ["2013-04.csv", "notes.txt"])
def test_stray_file_in_the_folder_is_not_overlooked(stray, months):
    (months / stray).write_text("carrier\nUA\n")

    assert stray in str(refused(months))


def test_parquet_and_csv_are_not_one_table(months, flights):
    for month in ("2013-02", "2013-04", "2013-05", "2013-06"):
        flights.to_csv(months / f"{month}.csv", index=False)

    error = refused(months)

    assert error.verdict == "fail"
    assert "several formats; no CSV: raw/2013-01.parquet, raw/2013-02.parquet, raw/2013-03.parquet" in str(
        error
    )


def test_dangling_link_is_not_overlooked(months):
    (months / "2013-04.parquet").symlink_to(months / "gone")

    assert "2013-04.parquet" in str(refused(months))


def test_empty_folder_and_missing_path_are_errors(tmp_path):
    (tmp_path / "raw").mkdir()

    assert refused(tmp_path / "raw").verdict == "error"
    assert refused(tmp_path / "none").verdict == "error"


def test_file_checks_do_not_import_great_expectations(months, suite_file, tmp_path):
    (tmp_path / "empty").mkdir()
    (months / "2013-02.parquet").write_bytes(b"")
    suite = suite_file({"type": "expect_table_row_count_to_be_between", "kwargs": {"min_value": 1}})
    heavy = ["great_expectations", "pandas", "pyarrow", "sklearn", "mlflow", "dvc"]
    script = f"""
import sys
from pathlib import Path
from trimtab.gates import check_data
print([name for name in {heavy} if name in sys.modules])
for data in {[str(tmp_path / name) for name in ("none", "empty", "raw", "suite.json")]}:
    report = check_data(suite=Path({str(suite)!r}), data=Path(data), out=Path({str(tmp_path / "out")!r}))
    print(report.verdict, "great_expectations" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines() == ["[]"] + ["error False"] * 4


def test_columns_come_in_the_order_of_the_table_and_no_others(months, flights):
    flights[flights.columns[::-1]].to_parquet(months / "2013-02.parquet")

    frame = open_table(months).read(["hour", "carrier"])

    pd.testing.assert_frame_equal(frame, open_table(months).read()[["carrier", "hour"]])


def test_column_is_not_taken_for_the_fields_below_another_of_that_name(tmp_path):
    pd.DataFrame({"a": [{"b": 1}], "a.b": [2]}).to_parquet(tmp_path / "f.parquet")
    table = open_table(tmp_path / "f.parquet")

    assert table.read(["a.b"])["a.b"].tolist() == [2]
    assert list(table.read(["a"]).columns) == ["a"]


@pytest.mark.parametrize("statistics", [True, False])
def test_dtypes_come_from_the_footers_without_reading_columns(statistics, months, flights, monkeypatch):
    holed = flights.assign(hour=[None] + [7.0] * 9, late=[None] + [True] * 9).astype({"hour": "Int64"})
    for path in months.iterdir():
        flights.assign(late=True, number=1).to_parquet(path)
    holed.assign(number=2).to_parquet(months / "2013-03.parquet", write_statistics=statistics)
    table, read = open_table(months), []
    expected = table.read().dtypes.astype(str).to_dict()
    whole = FileTable.read
    monkeypatch.setattr(FileTable, "read", lambda self, names=None: read.extend(names) or whole(self, names))

    assert {name: str(kind) for name, kind in table.dtypes().items()} == expected
    assert read == ([] if statistics else ["hour", "late", "number"])
    assert (expected["hour"], expected["late"], expected["number"]) == ("float64", "object", "int64")
