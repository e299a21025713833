"""The table to profile: frames and Parquet files."""

from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from trimtab.drift.profile import profiled_table
from trimtab.drift.profile.profiled_table import ProfiledTable
from trimtab.errors import DriftError


@pytest.fixture
def frame():
    return pd.DataFrame({"x": np.arange(100.0), "name": ["a", "b"] * 50, "at": [datetime(2024, 1, 1)] * 100})


def test_files_of_a_folder_are_one_table_in_the_order_of_their_names(frame, tmp_path):
    frame[50:].to_parquet(tmp_path / "2.parquet", index=False)
    frame[:50].to_parquet(tmp_path / "1.parquet", index=False)
    table = ProfiledTable.from_path(tmp_path)
    assert table.rows == 100
    assert table.floats("x").tolist() == frame["x"].tolist()
    assert table.texts("name").tolist() == frame["name"].tolist()


def test_files_with_different_columns_are_refused(frame, tmp_path):
    frame.to_parquet(tmp_path / "1.parquet")
    frame[["x"]].to_parquet(tmp_path / "2.parquet")
    with pytest.raises(DriftError, match=r"The files have different columns: 1.parquet and 2.parquet"):
        ProfiledTable.from_path(tmp_path)


def test_frame_with_mixed_types_in_a_column_is_refused():
    with pytest.raises(DriftError, match="A column mixes types"):
        ProfiledTable.from_frame(pd.DataFrame({"x": [1, "a"]}))


def test_profilable_columns_are_numbers_and_categories(frame):
    assert ProfiledTable.from_frame(frame).profilable_columns() == ["x", "name"]


def test_missing_column_is_refused_with_the_closest_match(frame):
    with pytest.raises(DriftError, match=r"no such column\(s\): nam; did you mean 'name'"):
        ProfiledTable.from_frame(frame).require_columns(["x", "nam"])


def test_binning_sample_has_all_rows_of_a_small_table(frame):
    assert ProfiledTable.from_frame(frame).binning_sample(["x"]).num_rows == 100


def test_binning_sample_of_a_large_file_is_spread_over_its_row_groups(frame, tmp_path, monkeypatch):
    monkeypatch.setattr(profiled_table, "BINNING_ROWS", 20)
    frame.to_parquet(tmp_path / "x.parquet", row_group_size=5)
    sample = ProfiledTable.from_path(tmp_path / "x.parquet").binning_sample(["x"])
    assert sample.column("x").to_pylist() == [
        start + row for start in range(0, 100, 10) for row in (0.0, 1.0)
    ]
