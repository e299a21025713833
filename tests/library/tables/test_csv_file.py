"""A CSV file is a table like any other, or is refused with the place where it is none."""

from __future__ import annotations

import gzip

import pandas as pd
import pytest

from trimtab.tables import csv_file as delimited
from trimtab.tables.file_table import GateInputError, open_table


@pytest.fixture
def months(tmp_path, flights):
    """Three months of the same columns."""
    folder = tmp_path / "raw"
    folder.mkdir()
    for month in ("2013-01", "2013-02", "2013-03"):
        flights.to_csv(folder / f"{month}.csv", index=False)
    return folder


@pytest.fixture
def csv(tmp_path):
    """Write bytes as the only file of a folder, and return the folder."""

    def write(content: bytes, name: str = "f.csv"):
        (tmp_path / "raw").mkdir(exist_ok=True)
        (tmp_path / "raw" / name).write_bytes(content)
        return tmp_path / "raw"

    return write


def refused(path) -> GateInputError:
    with pytest.raises(GateInputError) as caught:
        open_table(path).read()
    return caught.value


def test_csv_has_the_values_and_types_that_parquet_has(months, flights):
    (months / "2013-03.csv.gz").write_bytes(gzip.compress((months / "2013-03.csv").read_bytes()))
    (months / "2013-03.csv").unlink()

    table = open_table(months)

    whole = pd.concat([flights] * 3, ignore_index=True)
    assert table.rows == 30
    pd.testing.assert_frame_equal(table.read().astype({"time": "datetime64[us]"}), whole)
    assert list(table.read(["hour", "origin"]).columns) == ["origin", "hour"]
    assert table.dtypes() == table.read().dtypes.to_dict()


def test_types_are_those_of_the_whole_column_not_of_its_beginning(csv):
    many = 400_000  # several blocks
    folder = csv(b"whole,text,holed\n" + b"1,7,1\n" * many + b"1.5,x,\n" + b"1,7,1\n" * many)

    dtypes = {name: str(kind) for name, kind in open_table(folder).dtypes().items()}

    assert dtypes == {"whole": "float64", "text": "str", "holed": "float64"}


def test_only_an_empty_field_is_a_null_whatever_the_column(csv):
    table = open_table(csv(b'number,text,code\n1,,NA\n,"",null\n3,x,UA\n'))

    frame = table.read()

    assert frame.isna().sum().to_dict() == {"number": 1, "text": 2, "code": 0}
    assert frame.code.tolist() == ["NA", "null", "UA"]


def test_days_are_times_and_times_of_day_are_as_they_are_written(csv):
    table = open_table(csv(b"day,clock\n2013-01-31,05:30\n,23:59\n"))

    frame = table.read()

    assert frame.day.tolist()[0] == pd.Timestamp("2013-01-31")
    assert frame.clock.tolist() == ["05:30", "23:59"]
    assert table.dtypes() == frame.dtypes.to_dict()


def test_line_breaks_commas_and_quotes_in_quotes_are_values(csv):
    frame = open_table(csv(b'\xef\xbb\xbfa,b\r\n1,"x\ny, ""z"""\r\n')).read()

    assert frame.to_dict("list") == {"a": [1], "b": ['x\ny, "z"']}


def test_file_is_parsed_once_however_often_columns_are_read(months, monkeypatch):
    parsed, parse = [], delimited._parse
    monkeypatch.setattr(delimited, "_parse", lambda path, **how: parsed.append(path) or parse(path, **how))

    table = open_table(months)
    table.dtypes()
    for column in ("hour", "carrier", "hour"):
        table.read([column])

    assert sorted(parsed) == sorted(months.iterdir())


def test_number_in_one_file_and_text_in_another_is_not_one_table(months, flights):
    flights.assign(hour="late").to_csv(months / "2013-03.csv", index=False)

    error = refused(months)

    assert error.verdict == "fail"
    assert "raw/2013-03.csv has 'hour' as string, the others as int64" in str(error)


def test_whole_numbers_in_one_file_and_fractions_or_nothing_in_another_are(months, flights):
    flights.assign(hour=1.5).to_csv(months / "2013-02.csv", index=False)
    flights.assign(hour=None).to_csv(months / "2013-03.csv", index=False)

    assert open_table(months).read().hour.isna().sum() == 10


@pytest.mark.parametrize(
    ("content", "verdict", "told"),
    [
        (b"", "error", "Empty CSV file"),
        (b"a,b\n", "fail", "no rows"),
        (b"a,b\n1,2\n3\n", "error", "Row #3: Expected 2 columns, got 1"),
        (b"a,b\n1,2\n3,4,5\n", "error", "Row #3: Expected 2 columns, got 3"),
        (b"a,b\n1,2\n3,caf\xe9\n", "error", "Line 3 is not UTF-8"),
        (b"caf\xe9,b\n1,2\n", "error", "Line 1 is not UTF-8"),
        ("a,b\n1,é\n".encode("utf-16"), "error", "Line 1 is not UTF-8"),
        (b'a,b\n1,"x\n2,y\n3,z\n', "error", "A quote is opened and never closed"),
        (b"a,a\n1,2\n", "fail", "has 2 columns named 'a'"),
    ],
    ids=["empty", "header", "short row", "long row", "latin 1", "latin 1 names", "utf-16", "quote", "names"],
)
def test_file_that_is_no_table_is_refused_with_the_place(content, verdict, told, csv):
    error = refused(csv(content))

    assert error.verdict == verdict
    assert told in str(error)
    assert "raw/f.csv" in str(error)


@pytest.mark.parametrize("damage", ["cut", "no gzip", "overwritten"])
def test_damaged_compressed_file_is_named(damage, csv):
    whole = gzip.compress(b"a,b\n" + b"".join(b"%d,%d\n" % (n, n * n) for n in range(999)))
    content = {
        "cut": whole[:-6],
        "no gzip": b"a,b\n1,2\n",
        "overwritten": whole[:99] + b"\xff" * 9 + whole[108:],
    }[damage]

    error = refused(csv(content, "f.csv.gz"))

    assert error.verdict == "error"
    assert "raw/f.csv.gz" in str(error)


def test_file_beside_its_compressed_copy_is_not_counted_twice(months):
    (months / "2013-03.csv.gz").write_bytes(gzip.compress((months / "2013-03.csv").read_bytes()))

    assert "raw/2013-03.csv and raw/2013-03.csv.gz" in str(refused(months))
