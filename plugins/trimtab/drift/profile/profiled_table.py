"""A table to be profiled: a frame in memory, or Parquet files read batch by batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trimtab.errors import DriftError, closest
from trimtab.tables import list_parquet_files

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

BATCH_ROWS, READ_BYTES = 65_536, 65_536  # of a file at a time, whatever the size of its row groups
LAYOUT_ROWS = 200_000  # enough to place a bin's edge within a fifth of a per cent of the rows


@dataclass(frozen=True)
class Table:
    """Rows to be read in order, as often as need be.

    Attributes:
        where: What messages call it.
        rows: How many there are.
        schema: Arrow schema.
        parts: A table in memory, or open Parquet files.
    """

    where: str
    rows: int
    schema: Any
    parts: tuple[Any, ...]

    @classmethod
    def of_frame(cls, frame: pd.DataFrame, *, where: str = "features") -> Table:
        """Take a frame as a table.

        Raises:
            DriftError: A column mixes types.
        """
        import pyarrow as pa

        try:
            table = pa.Table.from_pandas(frame, preserve_index=False)
        except (pa.ArrowInvalid, pa.ArrowTypeError) as err:
            raise DriftError(
                f"A column mixes types: {err}", where=where, fix="give every column one type"
            ) from err
        return cls(where, table.num_rows, table.schema, (table,))

    @classmethod
    def of_files(cls, path: Path) -> Table:
        """Open a Parquet file, or a folder of them as one table in the order of their names.

        Raises:
            DriftError: There is none, one cannot be read, or they do not have the same columns.
        """
        files = list_parquet_files(path)
        if not files:
            raise DriftError("There is no Parquet file", where=str(path), fix="name the folder that has them")
        return cls.joined(files, where=str(path))

    @classmethod
    def joined(cls, files: Sequence[Path], *, where: str) -> Table:
        """As :meth:`of_files`, of the files given."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            parts = tuple(pq.ParquetFile(file, pre_buffer=False, buffer_size=READ_BYTES) for file in files)
        except (OSError, pa.ArrowInvalid) as err:
            raise DriftError(
                f"The table cannot be read: {err}", where=where, fix="give Parquet files"
            ) from err
        schema = parts[0].schema_arrow
        for file, part in zip(files, parts, strict=True):
            if part.schema_arrow.names != schema.names:
                raise DriftError(
                    f"{file.name} does not have the columns of {files[0].name}",
                    where=where,
                    fix="give files of one table",
                )
        return cls(where, sum(part.metadata.num_rows for part in parts), schema, parts)

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Yield the rows of some columns, a batch at a time."""
        self.require(columns)
        for part in self.parts:
            if hasattr(part, "iter_batches"):
                yield from part.iter_batches(batch_size=BATCH_ROWS, columns=list(columns))
            else:
                yield from part.select(list(columns)).to_batches(max_chunksize=BATCH_ROWS)

    def column(self, name: str) -> pa.Array:
        """Return one column whole."""
        import pyarrow as pa

        chunks = [batch.column(name) for batch in self.batches([name])]
        return pa.chunked_array(chunks, type=self.schema.field(name).type).combine_chunks()

    def floats(self, name: str) -> Any:
        """Return a column as floats, of shape (n_rows,), missing ones as NaN."""
        from trimtab.drift.profile.column_profile import numbers

        column = self.column(name)
        return numbers(column.cast("int8") if column.type == "bool" else column, name)

    def texts(self, name: str) -> Any:
        """Return a column as text, of shape (n_rows,)."""
        return self.column(name).cast("string").to_numpy(zero_copy_only=False)

    def comparable(self) -> list[str]:
        """Return the columns that hold numbers or categories: not times, not what is nested."""
        from pyarrow import types

        no = (types.is_temporal, types.is_nested)
        return [field.name for field in self.schema if not any(test(field.type) for test in no)]

    def some(self, columns: Sequence[str]) -> pa.Table:
        """Return rows to lay out bins by: all of a small table, else of a file ten stretches."""
        import pyarrow as pa

        self.require(columns)
        if self.rows <= LAYOUT_ROWS or not hasattr(self.parts[0], "iter_batches"):
            table = pa.Table.from_batches(list(self.batches(columns)))
            return table.take(list(range(0, self.rows, -(-self.rows // LAYOUT_ROWS) or 1)))
        groups = [(part, group) for part in self.parts for group in range(part.num_row_groups)]
        stretches = groups[:: -(-len(groups) // 10)]
        rows = LAYOUT_ROWS // len(stretches)
        first = (
            next(part.iter_batches(batch_size=rows, row_groups=[group], columns=list(columns)), None)
            for part, group in stretches
        )
        return pa.Table.from_batches([batch for batch in first if batch is not None])

    def require(self, columns: Sequence[str]) -> None:
        """Refuse columns that are not there.

        Raises:
            DriftError: With the nearest match of the first one.
        """
        absent = [name for name in columns if name not in self.schema.names]
        if absent:
            raise DriftError(
                f"{len(absent)} column(s) are not in the table: {', '.join(absent)}"
                + closest(absent[0], self.schema.names),
                where=self.where,
                fix="prepare it with the code of the model's revision",
            )
