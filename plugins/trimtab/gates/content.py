"""What lies in the table a data gate looks at: rows by file, types, and the values once they are needed."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from trimtab.gates.table import Table

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Content:
    """A table in memory, and where its rows came from.

    Attributes:
        frame: All rows, numbered from 0, file after file.
        files: Rows by the file's name in a report, in order.
        schema: Arrow type by column.
    """

    frame: pd.DataFrame
    files: Mapping[str, int]
    schema: Mapping[str, str]

    def facts(self) -> dict[str, Any]:
        """Return what expectations about files are given, see ``trimtab.gates.expectations``."""
        stems = {PurePosixPath(name).stem: rows for name, rows in self.files.items()}
        return {"table_files": stems, "table_schema": dict(self.schema)}

    def each_file(self) -> Iterator[tuple[str, int, Content]]:
        """Return every file's name, the number of its first row, and what lies in it."""
        for (name, rows), first in zip(self.files.items(), self._firsts(), strict=True):
            part = self.frame.iloc[first : first + rows].reset_index(drop=True)
            yield name, first, Content(part, {name: rows}, self.schema)

    def without(self, broken: np.ndarray) -> Content:
        """Return what is left when some rows, a mask of shape (rows,), are taken out."""
        rows = {
            name: rows - int(broken[first : first + rows].sum())
            for (name, rows), first in zip(self.files.items(), self._firsts(), strict=True)
        }
        return Content(self.frame[~broken].reset_index(drop=True), rows, self.schema)

    def place(self, row: int) -> tuple[str, int]:
        """Return the file a row came from, and its number there, from 0."""
        for name, first in reversed(list(zip(self.files, self._firsts(), strict=True))):
            if row >= first:
                return name, row - first
        raise IndexError(row)

    def rows_of(self, files: Container[str]) -> np.ndarray:
        """Return the numbers of the rows of some files."""
        import numpy as np

        spans = zip(self.files.items(), self._firsts(), strict=True)
        return np.concatenate([np.arange(first, first + n) for (name, n), first in spans if name in files])

    def count_by_file(self, rows: np.ndarray) -> dict[str, int | None]:
        """Count rows, given by their numbers, by the file they came from; files without any are left out."""
        counts: dict[str, int | None] = {
            name: int(((rows >= first) & (rows < first + total)).sum())
            for (name, total), first in zip(self.files.items(), self._firsts(), strict=True)
        }
        return {name: count for name, count in counts.items() if count}

    def _firsts(self) -> list[int]:
        return [0, *accumulate(self.files.values())][:-1]


def read(table: Table) -> Content:
    """Read a table.

    Raises:
        UnusableDataError: A file cannot be decoded.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    files = {name: pq.read_metadata(path).num_rows for name, path in table.files.items()}
    schema = pa.unify_schemas(
        [pq.read_schema(path).remove_metadata() for path in table.files.values()],
        promote_options="permissive",
    )
    types = {field.name: str(field.type).removeprefix("large_") for field in schema}
    return Content(table.read(), files, types)
