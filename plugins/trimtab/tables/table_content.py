"""The content of a table: rows by file, types by column, and values that are read on demand."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypedDict

from trimtab.tables.file_table import FileTable

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class FileContent:
    """The content of one file.

    Attributes:
        rows: Number of rows.
        schema: Arrow type by column.
    """

    rows: int
    schema: Mapping[str, str]


class TableFacts(TypedDict):
    """The facts of a table that need no values.

    Attributes:
        table_files: Number of rows by file.
        table_schema: Arrow type by column.
    """

    table_files: dict[str, int]
    table_schema: dict[str, str]


@dataclass(frozen=True)
class TableContent:
    """The content of a table; values are read on demand.

    Attributes:
        table: The table.
        files: Content of its files, by their name in a report.
        schema: Arrow type by column.
    """

    table: FileTable
    files: Mapping[str, FileContent]
    schema: Mapping[str, str]

    @cached_property
    def frame(self) -> pd.DataFrame:
        """All rows, numbered from 0, file after file: the whole table in memory."""
        return self.table.read()

    def column(self, name: str) -> pd.Series:
        """Read the values of a column, numbered from 0, file after file."""
        return self.table.read([name])[name]

    def facts(self) -> TableFacts:
        """Return the facts that expectations on files are given, see ``trimtab.gates.data.expectations``."""
        rows = {name: file.rows for name, file in self.files.items()}
        return {"table_files": rows, "table_schema": dict(self.schema)}

    def spans(self) -> Iterator[tuple[str, slice]]:
        """Yield the name of each file and the range of its rows."""
        first = 0
        for name, file in self.files.items():
            yield name, slice(first, first + file.rows)
            first += file.rows

    def each_file(self) -> Iterator[tuple[str, int, TableContent]]:
        """Yield the name of each file, the number of its first row, and its content."""
        for name, span in self.spans():
            file = self.files[name]
            alone = FileTable({name: self.table.files[name]})
            yield name, span.start, TableContent(alone, {name: file}, file.schema)

    def place(self, row: int) -> tuple[str, int]:
        """Return the file of a row, and the number of the row in the file, from 0."""
        return next((name, row - span.start) for name, span in self.spans() if row < span.stop)

    def rows_of(self, files: Container[str]) -> np.ndarray:
        """Return the numbers of the rows of some files."""
        import numpy as np

        return np.concatenate([np.r_[span] for name, span in self.spans() if name in files])

    def count_by_file(self, rows: np.ndarray) -> dict[str, int | None]:
        """Count the given rows by file; files without any are left out."""
        counts = {name: int(((rows >= span.start) & (rows < span.stop)).sum()) for name, span in self.spans()}
        return {name: count for name, count in counts.items() if count}


def inspect_table(table: FileTable) -> TableContent:
    """Return the content of a table, without reading values."""
    files = {name: FileContent(file.rows, _types(file.schema)) for name, file in table.files.items()}
    return TableContent(table, files, _types(table.schema))


def _types(schema: pa.Schema) -> dict[str, str]:
    return {field.name: str(field.type).removeprefix("large_") for field in schema}
