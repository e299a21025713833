"""The content of a table: rows by file, types by column."""

from __future__ import annotations

import numpy as np
import pytest

from trimtab.tables.file_table import FileTable, open_table
from trimtab.tables.table_content import TableContent, inspect_table

FIRST, LAST = "raw/2013-01.parquet", "raw/2013-02.parquet"


@pytest.fixture
def content(tmp_path, flights) -> TableContent:
    """Ten rows in a file, and three in another."""
    (tmp_path / "raw").mkdir()
    flights.to_parquet(tmp_path / FIRST)
    flights.iloc[:3].assign(hour=20).to_parquet(tmp_path / LAST)
    return inspect_table(open_table(tmp_path / "raw"))


def test_facts_have_the_rows_of_each_file_and_the_types_without_large(content):
    facts = content.facts()
    assert facts["table_files"] == {FIRST: 10, LAST: 3}
    assert facts["table_schema"]["carrier"] == "string"
    assert facts["table_schema"]["hour"] == "int64"


def test_content_is_inspected_without_reading_values(content, monkeypatch):
    monkeypatch.setattr(FileTable, "read", lambda *_: pytest.fail("values were read"))
    assert inspect_table(content.table).facts() == content.facts()


@pytest.mark.parametrize(
    ("row", "place"), [(0, (FIRST, 0)), (9, (FIRST, 9)), (10, (LAST, 0)), (12, (LAST, 2))]
)
def test_place_of_a_row_is_its_file_and_its_number_there(content, row, place):
    assert content.place(row) == place


def test_rows_of_a_file_are_those_of_the_whole_table(content):
    assert content.rows_of({LAST}).tolist() == [10, 11, 12]
    assert content.frame["hour"].iloc[content.rows_of({LAST})].tolist() == [20, 20, 20]


def test_count_by_file_leaves_out_files_without_such_rows(content):
    assert content.count_by_file(np.array([0, 9])) == {FIRST: 2}
    assert content.count_by_file(np.array([9, 10, 12])) == {FIRST: 1, LAST: 2}


def test_each_file_has_its_own_content_and_the_number_of_its_first_row(content):
    found = {name: (first, part.column("hour").tolist()) for name, first, part in content.each_file()}
    assert found == {FIRST: (0, list(range(5, 15))), LAST: (10, [20, 20, 20])}


def test_column_is_numbered_file_after_file(content):
    assert content.column("hour").index.tolist() == list(range(13))
