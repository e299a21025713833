"""Tables of Parquet and CSV files, of folders of such files, and of data frames."""

from __future__ import annotations

from trimtab.tables.csv_file import is_csv, stem
from trimtab.tables.data_frame import open_data
from trimtab.tables.file_table import FileTable, GateInputError, open_table
from trimtab.tables.parquet_files import list_parquet_files
from trimtab.tables.table_content import TableContent, inspect_table
from trimtab.tables.table_file import open_file

__all__ = [
    "FileTable",
    "GateInputError",
    "TableContent",
    "inspect_table",
    "is_csv",
    "list_parquet_files",
    "open_data",
    "open_file",
    "open_table",
    "stem",
]
