"""The Parquet files of a flat folder."""

from __future__ import annotations

from trimtab.tables import list_parquet_files


def test_parquet_files_of_a_folder_are_sorted_by_name_and_others_are_left_out(tmp_path):
    for name in ("2013-02.parquet", "2013-01.parquet", "notes.csv"):
        (tmp_path / name).touch()

    assert [file.name for file in list_parquet_files(tmp_path)] == ["2013-01.parquet", "2013-02.parquet"]


def test_path_that_is_not_a_folder_is_returned_itself(tmp_path):
    assert list_parquet_files(tmp_path / "absent.parquet") == [tmp_path / "absent.parquet"]
