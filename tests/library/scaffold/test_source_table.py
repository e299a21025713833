"""The user's table is read whatever its dialect is, and refused if it is none."""

from __future__ import annotations

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from tests.library.scaffold.tables import orders
from trimtab.errors import ConfigError
from trimtab.scaffold.source_table import read_source

TABLE = orders()[["country", "distance", "weight", "late"]].assign(country="Österreich")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_csv_file_of_any_separator_and_encoding_is_read(tmp_path, separator, encoding):
    TABLE.to_csv(tmp_path / "table.csv", sep=separator, encoding=encoding, index=False)
    assert_frame_equal(read_source(tmp_path / "table.csv").frame, TABLE)


def test_decimal_commas_are_read_as_numbers(tmp_path):
    TABLE.to_csv(tmp_path / "table.csv", sep=";", decimal=",", index=False)
    source = read_source(tmp_path / "table.csv")
    assert_frame_equal(source.frame, TABLE)
    assert {guess.what for guess in source.guesses} == {
        "separator of the CSV file",
        "decimal mark of the CSV file",
    }


def test_folder_of_parquet_files_is_one_table(tmp_path):
    TABLE.head(300).to_parquet(tmp_path / "a.parquet", index=False)
    TABLE.tail(300).to_parquet(tmp_path / "b.parquet", index=False)
    source = read_source(tmp_path)
    assert_frame_equal(source.frame, TABLE)
    assert source.is_folder


def test_table_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="The table does not exist"):
        read_source(tmp_path / "table.csv")


def test_folder_of_two_formats_is_refused(tmp_path):
    TABLE.to_parquet(tmp_path / "a.parquet", index=False)
    TABLE.to_csv(tmp_path / "b.csv", index=False)
    with pytest.raises(ConfigError, match="CSV files alone, or of Parquet files alone"):
        read_source(tmp_path)


def test_file_that_is_no_parquet_is_refused(tmp_path):
    (tmp_path / "table.parquet").write_text("no Parquet")
    with pytest.raises(ConfigError, match="The table cannot be read"):
        read_source(tmp_path / "table.parquet")


def test_table_with_too_few_rows_is_refused(tmp_path):
    TABLE.head(20).to_csv(tmp_path / "table.csv", index=False)
    with pytest.raises(ConfigError, match="too few rows: 20"):
        read_source(tmp_path / "table.csv")


def test_columns_without_names_are_refused(tmp_path):
    pd.DataFrame([[1, 2]] * 200).to_parquet(tmp_path / "table.parquet")
    with pytest.raises(ConfigError, match="A column has no name"):
        read_source(tmp_path / "table.parquet")


@pytest.mark.parametrize("header", ["a,b,a", 'a,"b\nc",a'])
def test_columns_of_the_same_name_are_refused(tmp_path, header):
    (tmp_path / "table.csv").write_text(header + "\n" + "1,2,3\n" * 200)
    with pytest.raises(ConfigError, match="Two columns have the same name: 'a'"):
        read_source(tmp_path / "table.csv")


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_files_with_different_columns_are_refused(tmp_path, suffix):
    for name, table in (("a", TABLE), ("b", TABLE.rename(columns={"weight": "Weight"}))):
        write = table.to_csv if suffix == "csv" else table.to_parquet
        write(tmp_path / f"{name}.{suffix}", index=False)
    with pytest.raises(ConfigError, match=r"different columns: .* 'Weight'[\s\S]*a\.\w+, b\.\w+"):
        read_source(tmp_path)


def test_named_index_of_a_parquet_file_is_a_column(tmp_path):
    TABLE.set_index("country").to_parquet(tmp_path / "table.parquet")
    source = read_source(tmp_path / "table.parquet")
    assert source.has_index
    assert_frame_equal(source.frame, TABLE)
