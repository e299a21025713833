"""Files of one table have the same columns with compatible types."""

from __future__ import annotations

import pyarrow as pa
import pytest

from trimtab.tables.column_types import require_same_columns
from trimtab.tables.input_error import GateInputError

USUAL = pa.schema([("hour", pa.int64()), ("carrier", pa.string())])


def problem(**schemas: pa.Schema) -> str:
    with pytest.raises(GateInputError) as refused:
        require_same_columns({f"{name}.parquet": schema for name, schema in schemas.items()}, "raw")
    assert (refused.value.verdict, refused.value.where) == ("fail", "raw")
    return refused.value.what


@pytest.mark.parametrize(
    "other",
    [
        pa.schema([("carrier", pa.string()), ("hour", pa.int64())]),
        pa.schema([("hour", pa.float64()), ("carrier", pa.large_string())]),
        pa.schema([("hour", pa.null()), ("carrier", pa.null())]),
    ],
    ids=["another order", "a common type", "nulls"],
)
def test_files_with_a_common_type_for_each_column_are_one_table(other):
    require_same_columns({"a": USUAL, "b": other}, "raw")


def test_file_with_another_column_is_named_with_what_is_missing_and_extra():
    renamed = pa.schema([("hour", pa.int64()), ("airline", pa.string())])
    assert problem(a=USUAL, b=USUAL, c=renamed).splitlines()[1:] == [
        "- c.parquet lacks carrier and has airline, which the others do not"
    ]


def test_file_with_a_column_twice_is_refused():
    twice = pa.schema([("hour", pa.int64()), ("carrier", pa.string()), ("hour", pa.int64())])
    assert "a.parquet has 2 columns named 'hour'" in problem(a=twice)


def test_file_with_an_incompatible_type_is_named_and_the_usual_ones_are_not():
    text = pa.schema([("hour", pa.string()), ("carrier", pa.string())])
    assert problem(a=USUAL, b=text, c=USUAL).splitlines()[1:] == [
        "- b.parquet has 'hour' as string, the others as int64"
    ]


def test_refusal_shows_ten_files_and_counts_the_rest():
    without = pa.schema([("hour", pa.int64())])
    files = {f"u{number}": USUAL for number in range(13)} | {f"w{number}": without for number in range(12)}
    lines = problem(**files).splitlines()
    assert len(lines) == 12
    assert lines[-1] == "- … and 2 more"
