"""A table of a Parquet or CSV file, or of a folder of such files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, TypeAlias

from trimtab.tables.column_types import require_same_columns
from trimtab.tables.csv_file import is_csv, stem
from trimtab.tables.input_error import GateInputError, first_names, require_rows
from trimtab.tables.partition_keys import partition_keys
from trimtab.tables.table_file import TableFile, open_file

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa

    Dtype: TypeAlias = np.dtype | pd.api.extensions.ExtensionDtype

__all__ = ["FileTable", "GateInputError", "open_table"]


@dataclass(frozen=True, slots=True)
class FileTable:
    """A table of files with the same columns.

    Attributes:
        files: The files by their name in a report, in order.
    """

    files: Mapping[str, TableFile]

    @property
    def rows(self) -> int:
        """Number of rows of all files."""
        return sum(file.rows for file in self.files.values())

    @property
    def keys(self) -> tuple[str, ...]:
        """The names of the partition keys, the same for all files."""
        return tuple(key for key, _ in next(iter(self.files.values())).keys)

    @property
    def schema(self) -> pa.Schema:
        """Arrow's schema of all files together."""
        import pyarrow as pa

        return pa.unify_schemas([file.schema for file in self.files.values()], promote_options="permissive")

    def read(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Read all files into one table.

        Args:
            columns: The columns to read, in any order; all by default.

        Returns:
            The columns in the order of the first file.

        Raises:
            GateInputError: A file cannot be decoded.
        """
        import pyarrow as pa

        parts = [file.read(columns) for file in self.files.values()]
        whole = pa.concat_tables(parts, promote_options="permissive")
        # pandas' own metadata would bring each file's index back and the dtypes of the first file alone.
        frame: pd.DataFrame = whole.replace_schema_metadata(None).to_pandas()
        return frame

    def dtypes(self) -> dict[str, Dtype]:
        """Return the pandas dtype of each column, from the footers if they have it.

        A null turns integers into floats, and booleans into objects.
        """
        return {field.name: self._dtype(field) for field in self.schema}

    def _dtype(self, field: pa.Field) -> Dtype:
        import pyarrow as pa

        changed_by_null = pa.types.is_integer(field.type) or pa.types.is_boolean(field.type)
        nulls = [file.nulls(field.name) for file in self.files.values()] if changed_by_null else []
        if None in nulls:
            column: pd.Series = self.read([field.name])[field.name]
            return column.dtype
        empty: pd.Series = pa.array([None] if any(nulls) else [], field.type).to_pandas()
        return empty.dtype


def open_table(path: Path) -> FileTable:
    """Open a file or a folder of files; only the footers of Parquet are read, and each CSV file once.

    A folder is one table: every file in it is read, except names that start with ``_`` or ``.``. All files
    must have one format and the same columns with compatible types. No column is added or dropped. Below
    folders named ``key=value`` the keys are columns.

    Raises:
        GateInputError: The path does not exist or has no file, a file is damaged or empty, or the files
            differ in format, partition keys or columns.
    """
    shown = path.name if path.is_absolute() else path.as_posix()
    found = _list(path, shown)
    _require_one_format(found, shown)
    _require_no_copies(found, shown)
    keys = partition_keys({name: place for name, (_, place) in found.items()}, shown)
    files = {name: open_file(name, file, place, keys[name]) for name, (file, place) in found.items()}
    require_same_columns({name: file.schema for name, file in files.items()}, shown)
    require_rows({name: file.rows for name, file in files.items()})
    return FileTable(files)


def _list(path: Path, shown: str) -> dict[str, tuple[Path, PurePath]]:
    """Return each file, and where it lies in the data."""
    if path.is_dir():
        inside = {file.relative_to(path): file for file in path.rglob("*") if not file.is_dir()}
        seen = sorted(place for place in inside if not any(map(_is_hidden, place.parts)))
        if not seen:
            raise GateInputError("error", "The folder holds no file of data", where=shown)
        return {f"{shown}/{place.as_posix()}": (inside[place], place) for place in seen}
    if not path.exists():
        raise GateInputError(
            "error", "There is no such file or folder", where=shown, fix="run the stage before"
        )
    return {shown: (path, PurePath(path.name))}


def _is_hidden(part: str) -> bool:
    return part.startswith(".") or (part.startswith("_") and "=" not in part)  # `_key=value` holds data


def _require_one_format(found: Mapping[str, tuple[Path, PurePath]], where: str) -> None:
    csv = [name for name, (path, _) in found.items() if is_csv(path)]
    others = [name for name in found if name not in set(csv)]
    if csv and others:
        odd, kind = (csv, "CSV") if len(csv) <= len(others) else (others, "no CSV")
        raise GateInputError(
            "fail", f"The folder holds files of several formats; {kind}: {first_names(odd)}", where=where,
            fix="write all in one format",
        )  # fmt: skip


def _require_no_copies(found: Mapping[str, tuple[Path, PurePath]], where: str) -> None:
    """Refuse a file beside its compressed copy: each row would count twice."""
    by_stem: dict[PurePath, list[str]] = {}
    for name, (_, place) in found.items():
        if is_csv(place):
            by_stem.setdefault(place.with_name(stem(place)), []).append(name)
    copies = [" and ".join(names) for names in by_stem.values() if len(names) > 1]
    if copies:
        raise GateInputError(
            "fail",
            f"Files are the same but for their ending: {first_names(copies)}",
            where=where,
            fix="keep one of each",
        )
