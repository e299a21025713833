"""One file of a table: its columns, and the partition keys of its folders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from trimtab.tables.csv_file import csv_to_parquet, is_csv
from trimtab.tables.input_error import report_damage

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow.parquet import FileMetaData


@dataclass(frozen=True, slots=True)
class TableFile:
    """A file, opened as Parquet.

    Attributes:
        name: Its name in a report.
        path: Its path.
        place: Its path relative to the data.
        keys: Partition keys of its folders, each with its value, an Arrow scalar.
        source: What is read as Parquet: the path, or a buffer in memory.
        footer: Parquet metadata.
    """

    name: str
    path: Path
    place: PurePath
    keys: Sequence[tuple[str, pa.Scalar]]
    source: Path | pa.BufferReader
    footer: FileMetaData

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self.footer.num_rows)

    @property
    def schema(self) -> pa.Schema:
        """Arrow's schema: the columns in the file, then the keys of its folders."""
        schema = self.footer.schema.to_arrow_schema().remove_metadata()
        for key, value in self.keys:
            schema = schema.append(_field(key, value))
        return schema

    def read(self, columns: Sequence[str] | None = None) -> pa.Table:
        """Read some columns, or all, into an Arrow table, in the order of the schema.

        Raises:
            GateInputError: The file cannot be decoded.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        with (
            report_damage(self.name, self.path, "The file is damaged"),
            pq.ParquetFile(self.source) as file,
        ):
            if columns is None:
                table = file.read()
            else:
                wanted = [column for column in file.schema_arrow.names if column in columns]
                # Selected once more: a name also matches the fields below it, as `a` does the column `a.b`.
                table = file.read(columns=wanted).select(wanted)
        for key, value in self.keys:
            if columns is None or key in columns:
                table = table.append_column(_field(key, value), pa.repeat(value, self.rows))
        return table

    def nulls(self, column: str) -> int | None:
        """Return the number of nulls of a column from the footer; None if the footer lacks it."""
        for key, value in self.keys:
            if key == column:
                return 0 if value.is_valid else self.rows
        at, total = self.footer.schema.names.index(column), 0
        for group in range(self.footer.num_row_groups):
            known = self.footer.row_group(group).column(at).statistics
            if known is None or not known.has_null_count:
                return None
            total += known.null_count
        return total


def open_file(
    name: str, path: Path, place: PurePath, keys: Sequence[tuple[str, pa.Scalar]] = ()
) -> TableFile:
    """Open a file: only the footer of Parquet is read, but a whole CSV file.

    Raises:
        GateInputError: The file is damaged.
    """
    import pyarrow.parquet as pq

    source = csv_to_parquet(name, path) if is_csv(path) else path
    with report_damage(name, path, "This is no Parquet file that can be read"):
        footer = pq.read_metadata(source)
    return TableFile(name, path, place, keys, source, footer)


def _field(key: str, value: pa.Scalar) -> pa.Field:
    import pyarrow as pa

    return pa.field(key, value.type)
