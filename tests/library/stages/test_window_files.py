"""Windows are read in the order of time, and written under names that the drift check understands."""

from __future__ import annotations

import pandas as pd
import pytest

from trimtab.errors import DriftError
from trimtab.stages import read_windows, write_windows


def windows(*names: str) -> dict[str, pd.DataFrame]:
    return {name: pd.DataFrame({"window": [name] * 2}) for name in names}


@pytest.mark.parametrize(
    "names",
    [("2023", "2024"), ("2023-12", "2024-01"), ("2023-W52", "2024-W01"), ("2024-01-31", "2024-02-01")],
)
def test_windows_are_read_as_they_were_written_the_oldest_first(tmp_path, names):
    write_windows(windows(*reversed(names)), tmp_path)
    read = read_windows(tmp_path)
    assert list(read) == list(names)
    assert [table["window"].tolist() for table in read.values()] == [[name] * 2 for name in names]


def test_windows_of_an_earlier_run_are_removed(tmp_path):
    write_windows(windows("2024-01", "2024-02"), tmp_path)
    write_windows(windows("2024-02"), tmp_path)
    assert list(read_windows(tmp_path)) == ["2024-02"]


@pytest.mark.parametrize("names", [("January",), ("2024-01", "2024-W05"), ("2024-13",)])
def test_names_that_are_not_those_of_windows_are_refused_before_a_file_changes(tmp_path, names):
    write_windows(windows("2024-01"), tmp_path)
    with pytest.raises(DriftError, match=r"not that of a window|several frequencies"):
        write_windows(windows(*names), tmp_path)
    assert list(read_windows(tmp_path)) == ["2024-01"]


def test_folder_without_windows_is_refused(tmp_path):
    with pytest.raises(DriftError, match="The folder has no window"):
        read_windows(tmp_path)
