"""CSV files: each is parsed once and kept in memory as compressed Parquet, which is read like any other file.

A CSV file has no types, and a column cannot be read without parsing the whole file.
"""

from __future__ import annotations

import gzip
import io
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from trimtab.tables.input_error import GateInputError, report_damage

if TYPE_CHECKING:
    import pyarrow as pa

ENDINGS = (".csv", ".csv.gz")
CHUNK = 1 << 20  # bytes


def is_csv(path: PurePath) -> bool:
    """Whether the name of a file is that of a CSV file."""
    return path.name.lower().endswith(ENDINGS)


def stem(path: PurePath) -> str:
    """Return the name of a file without the suffix of its format."""
    return PurePath(path.stem).stem if path.name.lower().endswith(".csv.gz") else path.stem


def csv_to_parquet(name: str, path: Path) -> pa.BufferReader:
    """Parse a CSV file: UTF-8, commas, a header line.

    The type of a column is the narrowest type of all its values. An empty field, quoted or not, is null in
    every column. Nothing else is null: ``NA`` is text. A date is a timestamp at midnight, a time of day text.

    Returns:
        An Arrow buffer with the table as Parquet.

    Raises:
        GateInputError: The file is empty, damaged or not UTF-8, a row has too few or too many fields, or a
            quote is not closed.
    """
    with report_damage(name, path, "This is no CSV file that can be read"):
        table = _cast_to_pandas_types(_read(name, path), path)
        if _quotes(path) % 2:  # the rest of the file would be one value
            raise GateInputError(
                "error", "A quote is opened and never closed", where=name, fix="write the file again"
            )
        return to_parquet_in_memory(table)


def to_parquet_in_memory(table: pa.Table) -> pa.BufferReader:
    """Return an Arrow table as a Parquet file in memory."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    return pa.BufferReader(sink.getvalue())


def _read(name: str, path: Path) -> pa.Table:
    import pyarrow as pa

    try:
        table = _parse(path)
        names, kinds = table.column_names, table.schema.types  # what is not UTF-8 is binary, and no name
        if names and not any(map(pa.types.is_binary, kinds)):
            return table
    except (pa.ArrowInvalid, UnicodeDecodeError):
        pass  # _require_text gives a better error
    _require_text(name, path)
    return _parse(path, use_threads=False)  # names the row, too


def _parse(
    path: Path, *, use_threads: bool = True, types: Mapping[str, pa.DataType] | None = None
) -> pa.Table:
    from pyarrow import csv

    return csv.read_csv(
        path,
        read_options=csv.ReadOptions(use_threads=use_threads),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(null_values=[""], strings_can_be_null=True, column_types=types),
    )


def _cast_to_pandas_types(table: pa.Table, path: Path) -> pa.Table:
    """Cast dates to timestamps at midnight, and times of day to text: pandas has neither type."""
    import pyarrow as pa

    of_day = {field.name: pa.string() for field in table.schema if pa.types.is_time(field.type)}
    if of_day:
        table = _parse(path, types=of_day)
    day, time = pa.types.is_date, pa.timestamp("s")
    return table.cast(
        pa.schema([field.with_type(time) if day(field.type) else field for field in table.schema])
    )


def _open(path: Path) -> io.BufferedIOBase:
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
