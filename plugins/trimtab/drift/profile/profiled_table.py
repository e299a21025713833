"""The table to profile: a frame in memory, or Parquet files that are read batch by batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trimtab.drift.profile.column_profile import to_floats
from trimtab.errors import DriftError, closest
from trimtab.tables import list_parquet_files

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq
    from numpy.typing import NDArray

BATCH_ROWS, READ_BYTES = 65_536, 65_536  # of a file at a time, whatever the size of its row groups
BINNING_ROWS = 200_000  # with so many, the edge of a bin is off by at most 0.2 % of the rows
BINNING_STRETCHES = 10


@dataclass(frozen=True)
class ProfiledTable:
    """The rows of a table, in order; they can be read several times.

    Attributes:
        where: Where the table is, for messages.
        rows: Number of rows.
        schema: Arrow schema.
        parts: One table in memory, or open Parquet files.
    """

    where: str
    rows: int
    schema: pa.Schema
    parts: tuple[pa.Table | pq.ParquetFile, ...]

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, *, where: str = "features") -> ProfiledTable:
        """Return the table of a frame.

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
    def from_path(cls, path: Path) -> ProfiledTable:
        """Open a Parquet file, or a folder of Parquet files as one table in the order of their names.

        Raises:
            DriftError: There is no file, a file cannot be read, or the files have different columns.
        """
        files = list_parquet_files(path)
        if not files:
            raise DriftError(
                "The folder has no Parquet file", where=str(path), fix="name the folder that has the files"
            )
        return cls.from_files(files, where=str(path))

    @classmethod
    def from_files(cls, files: Sequence[Path], *, where: str) -> ProfiledTable:
        """Open Parquet files as one table, in the order given.

        Raises:
            DriftError: A file cannot be read, or the files have different columns.
        """
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
                    f"The files have different columns: {files[0].name} and {file.name}",
                    where=where,
                    fix="give the files of one table",
                )
        return cls(where, sum(part.metadata.num_rows for part in parts), schema, parts)

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Yield the rows of these columns, batch by batch.

        Raises:
            DriftError: The table has no such column.
        """
        self.require_columns(columns)
        for part in self.parts:
            if hasattr(part, "iter_batches"):
                yield from part.iter_batches(batch_size=BATCH_ROWS, columns=list(columns))
            else:
                yield from part.select(list(columns)).to_batches(max_chunksize=BATCH_ROWS)

    def column(self, name: str) -> pa.Array:
        """Return all rows of one column."""
        import pyarrow as pa

        chunks = [batch.column(name) for batch in self.batches([name])]
        return pa.chunked_array(chunks, type=self.schema.field(name).type).combine_chunks()

    def floats(self, name: str) -> NDArray[np.float64]:
        """Return a column as floats, of shape (n_rows,), missing values as NaN."""
        column = self.column(name)
        return to_floats(column.cast("int8") if column.type == "bool" else column, name)

    def values(self, name: str) -> pd.Series[Any]:
        """Return a column as it is, of shape (n_rows,)."""
        values: pd.Series[Any] = self.column(name).to_pandas()
        return values

    def frame(self, names: Sequence[str]) -> pd.DataFrame:
        """Return columns as they are."""
        import pandas as pd

        return pd.DataFrame({name: self.values(name) for name in names})

    def texts(self, name: str) -> NDArray[np.object_]:
        """Return a column as text, of shape (n_rows,)."""
        texts: NDArray[np.object_] = self.column(name).cast("string").to_numpy(zero_copy_only=False)
        return texts

    def profilable_columns(self) -> list[str]:
        """Return the columns that hold numbers or categories, not times or nested values."""
        from pyarrow import types

        excluded = (types.is_temporal, types.is_nested)
        return [field.name for field in self.schema if not any(test(field.type) for test in excluded)]

    def binning_sample(self, columns: Sequence[str]) -> pa.Table:
        """Return rows to choose bins from: of a small table all rows, of large files ten stretches.

        Raises:
            DriftError: The table has no such column.
        """
        import pyarrow as pa

        self.require_columns(columns)
        if self.rows <= BINNING_ROWS or not hasattr(self.parts[0], "iter_batches"):
            table = pa.Table.from_batches(list(self.batches(columns)))
            return table.take(list(range(0, self.rows, -(-self.rows // BINNING_ROWS) or 1)))
        groups = [(part, group) for part in self.parts for group in range(part.num_row_groups)]
        stretches = groups[:: -(-len(groups) // BINNING_STRETCHES)]
        rows = BINNING_ROWS // len(stretches)
        first = (
            next(part.iter_batches(batch_size=rows, row_groups=[group], columns=list(columns)), None)
            for part, group in stretches
        )
        return pa.Table.from_batches([batch for batch in first if batch is not None])

    def require_columns(self, columns: Sequence[str]) -> None:
        """Refuse columns that the table does not have.

        Raises:
            DriftError: A column is missing. The message names the closest match of the first one.
        """
        missing = [name for name in columns if name not in self.schema.names]
        if missing:
            raise DriftError(
                f"The table has no such column(s): {', '.join(missing)}"
                + closest(missing[0], self.schema.names),
                where=self.where,
                fix="prepare the table with the code of the model's revision",
            )
