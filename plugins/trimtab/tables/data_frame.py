"""A pandas data frame as a table: the same as if it were written as Parquet and read back."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from trimtab.tables.csv_file import to_parquet_in_memory
from trimtab.tables.file_table import FileTable, open_table
from trimtab.tables.input_error import GateInputError, report_damage, require_rows
from trimtab.tables.table_file import TableFile

if TYPE_CHECKING:
    import pandas as pd

NAME = "the data frame"


def open_data(data: Path | pd.DataFrame) -> FileTable:
    """Open files, as :func:`open_table` does, or a data frame without its index.

    Raises:
        GateInputError: See :func:`open_table`; or a column of the frame mixes types.
    """
    return open_table(data) if isinstance(data, Path) else _open_frame(data)


def _open_frame(frame: pd.DataFrame) -> FileTable:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not frame.columns.is_unique:
        twice = sorted({str(name) for name in frame.columns[frame.columns.duplicated()]})
        raise GateInputError(
            "fail", f"Several columns have the same name: {', '.join(twice)}", where=NAME, fix="rename them"
        )
    with report_damage(NAME, Path(NAME), "The data frame cannot be written as Parquet"):
        source = to_parquet_in_memory(pa.Table.from_pandas(frame, preserve_index=False))
    file = TableFile(NAME, Path(NAME), PurePath("frame.parquet"), (), source, pq.read_metadata(source))
    require_rows({NAME: file.rows})
    return FileTable({NAME: file})
