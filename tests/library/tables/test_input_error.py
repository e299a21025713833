"""The error of an input that a gate cannot check."""

from __future__ import annotations

import pyarrow as pa
import pytest

from trimtab.errors import GateError
from trimtab.tables.input_error import GateInputError, first_names, report_damage, require_rows


def test_files_without_rows_are_refused_by_name():
    with pytest.raises(GateInputError, match="There are no rows") as refused:
        require_rows({"a.parquet": 3, "b.parquet": 0, "c.parquet": 0})
    assert (refused.value.verdict, refused.value.where) == ("fail", "b.parquet, c.parquet")


def test_files_with_rows_are_accepted():
    require_rows({"a.parquet": 1})


def test_first_names_are_ten_and_the_number_of_the_others():
    names = [f"f{number:02}" for number in range(12)]
    assert first_names(names[:10]) == ", ".join(names[:10])
    assert first_names(names) == f"{', '.join(names[:10])} and 2 more"


def test_damage_is_reported_with_the_name_of_the_report_and_no_path(tmp_path):
    path = tmp_path / "raw" / "f.parquet"
    with (
        pytest.raises(GateInputError) as damaged,
        report_damage("raw/f.parquet", path, "The file is damaged"),
    ):
        raise pa.ArrowInvalid(f"Could not open '{path}'\nmore lines")
    assert damaged.value.verdict == "error"
    assert damaged.value.what == "The file is damaged: Could not open 'raw/f.parquet'"
    assert str(tmp_path) not in str(damaged.value)


def test_damage_of_a_file_that_cannot_be_opened_is_an_error_of_the_gate(tmp_path):
    with pytest.raises(GateError, match="No such file"), report_damage("f", tmp_path / "f", "It is gone"):
        (tmp_path / "f").read_bytes()


def test_error_that_is_no_damage_passes_unchanged(tmp_path):
    with pytest.raises(ZeroDivisionError), report_damage("f", tmp_path / "f", "The file is damaged"):
        raise ZeroDivisionError
