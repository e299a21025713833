"""CSV files, read once: as Parquet in memory they give their columns like any other file.

A CSV file says nothing of its types, and none of its columns can be read without parsing all of it. So it is
parsed at the opening, and what is kept is compressed.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Any

from trimtab.tables.input_error import GateInputError, report_damage

ENDINGS = (".csv", ".csv.gz")
CHUNK = 1 << 20  # bytes


def is_csv(path: PurePath) -> bool:
    """Whether a file is called one."""
    return path.name.lower().endswith(ENDINGS)


def stem(path: PurePath) -> str:
    """Return a file's name without what tells its format."""
    return PurePath(path.stem).stem if path.name.lower().endswith(".csv.gz") else path.stem


def csv_to_parquet(name: str, path: Path) -> Any:
    """Parse a CSV file: UTF-8, commas, a line of names first.

    The type of a column is the narrowest that all its values have. An empty field, quoted or not, is a null
    in every column, and nothing else is one: ``NA`` is a text, and makes its column one. A day is a time at
    midnight, and a time of day a text.

    Returns:
        A file of Arrow's in memory that holds it as Parquet.

    Raises:
        GateInputError: It is empty or damaged, a row has too few or too many fields, a quote is not
            closed, or a text is not UTF-8.
    """
    with report_damage(name, path, "This is no CSV file that can be read"):
        table = _as_pandas_has_it(_read(name, path), path)
        if _quotes(path) % 2:  # what comes after it would be one value
            raise GateInputError(
                "error", "A quote is opened and never closed", where=name, fix="write the file again"
            )
        return to_parquet_in_memory(table)


def to_parquet_in_memory(table: Any) -> Any:
    """Return an Arrow table as a Parquet file in memory."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    return pa.BufferReader(sink.getvalue())


def _read(name: str, path: Path) -> Any:
    import pyarrow as pa

    try:
        table = _parse(path)
        names, kinds = table.column_names, table.schema.types  # what is not UTF-8 is binary, and no name
        if names and not any(map(pa.types.is_binary, kinds)):
            return table
    except (pa.ArrowInvalid, UnicodeDecodeError):
        pass  # told better below
    _require_text(name, path)
    return _parse(path, use_threads=False)  # tells the row, too


def _parse(path: Path, *, use_threads: bool = True, types: Mapping[str, Any] | None = None) -> Any:
    from pyarrow import csv

    return csv.read_csv(
        path,
        read_options=csv.ReadOptions(use_threads=use_threads),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(null_values=[""], strings_can_be_null=True, column_types=types),
    )


def _as_pandas_has_it(table: Any, path: Path) -> Any:
    """Make days times at midnight, and times of day the texts that they are: pandas has neither type."""
    import pyarrow as pa

    of_day = {field.name: pa.string() for field in table.schema if pa.types.is_time(field.type)}
    if of_day:
        table = _parse(path, types=of_day)
    day, time = pa.types.is_date, pa.timestamp("s")
    return table.cast(
        pa.schema([field.with_type(time) if day(field.type) else field for field in table.schema])
    )


def _open(path: Path) -> Any:
    return gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb")


def _quotes(path: Path) -> int:
    with _open(path) as file:
        return sum(chunk.count(b'"') for chunk in iter(lambda: file.read(CHUNK), b""))


def _require_text(name: str, path: Path) -> None:
    with _open(path) as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode()
            except UnicodeDecodeError as err:
                raise GateInputError(
                    "error", f"Line {number} is not UTF-8", where=name, fix="write the file in UTF-8"
                ) from err
