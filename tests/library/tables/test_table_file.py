"""One file of a table."""

from __future__ import annotations

from pathlib import PurePath

import pandas as pd
import pyarrow as pa
import pytest

from trimtab.tables.input_error import GateInputError
from trimtab.tables.table_file import open_file


@pytest.fixture
def file(tmp_path, flights):
    """A file with a null, below a folder that gives it a partition key."""
    path = tmp_path / "f.parquet"
    flights.assign(hour=[None] + [7.0] * 9).to_parquet(path)
    return open_file("raw/f.parquet", path, PurePath("year=2013/f.parquet"), [("year", pa.scalar(2013))])


def test_schema_has_the_columns_of_the_file_then_the_partition_keys(file, flights):
    assert file.schema.names == [*flights.columns, "year"]
    assert file.rows == len(flights)


def test_columns_are_read_in_the_order_of_the_schema_with_the_keys_last(file):
    table = file.read(["year", "hour", "carrier"])
    assert table.column_names == ["carrier", "hour", "year"]
    assert table["year"].to_pylist() == [2013] * 10


def test_key_that_is_not_wanted_is_not_read(file):
    assert file.read(["hour"]).column_names == ["hour"]


def test_nulls_are_counted_from_the_footer(file):
    assert (file.nulls("hour"), file.nulls("carrier"), file.nulls("year")) == (1, 0, 0)


def test_nulls_of_a_key_without_a_value_are_all_rows(tmp_path, flights):
    flights.to_parquet(tmp_path / "f.parquet")
    null = pa.scalar(None, pa.int64())
    assert open_file("f", tmp_path / "f.parquet", PurePath("f"), [("year", null)]).nulls("year") == len(
        flights
    )


def test_nulls_are_unknown_where_the_footer_has_no_statistics(tmp_path, flights):
    flights.to_parquet(tmp_path / "f.parquet", write_statistics=False)
    assert open_file("f", tmp_path / "f.parquet", PurePath("f")).nulls("hour") is None


def test_csv_file_is_opened_as_parquet(tmp_path):
    pd.DataFrame({"a": [1, 2]}).to_csv(tmp_path / "f.csv", index=False)
    opened = open_file("f.csv", tmp_path / "f.csv", PurePath("f.csv"))
    assert opened.read().to_pydict() == {"a": [1, 2]}


def test_file_that_is_no_parquet_is_refused_with_its_name(tmp_path):
    (tmp_path / "f.parquet").write_text("text")
    with pytest.raises(GateInputError, match="This is no Parquet file that can be read") as refused:
        open_file("raw/f.parquet", tmp_path / "f.parquet", PurePath("f.parquet"))
    assert (refused.value.verdict, refused.value.where) == ("error", "raw/f.parquet")
