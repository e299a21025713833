"""The table a data gate looks at: one Parquet file, or a folder of them that belong together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from trimtab.errors import GateError

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 10


class UnusableDataError(GateError):
    """Data that no expectation can be evaluated on.

    Args:
        verdict: ``fail`` where the data was read and is wrong, ``error`` where it could not be read.
        what: What is wrong, one line or several.
    """

    def __init__(self, verdict: Literal["fail", "error"], what: str, *, where: str, fix: str = "") -> None:
        super().__init__(what, where=where, fix=fix)
        self.verdict = verdict


@dataclass(frozen=True, slots=True)
class Table:
    """Parquet files whose columns agree.

    Attributes:
        files: The files by the name a report gives them, in order.
        rows: Rows of all files together.
    """

    files: Mapping[str, Path]
    rows: int

    def read(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Read all files into one table.

        Args:
            columns: Those to read, in any order; all if there are none named.

        Returns:
            The columns in the order of the first file.

        Raises:
            UnusableDataError: A file cannot be decoded.
        """
        import pyarrow as pa

        parts = [_read(name, path, columns) for name, path in self.files.items()]
        whole = pa.concat_tables(parts, promote_options="permissive")
        # pandas' own metadata would bring each file's index back and the dtypes of the first file alone.
        frame: pd.DataFrame = whole.replace_schema_metadata(None).to_pandas()
        return frame

    def dtypes(self) -> dict[str, Any]:
        """Return the type that pandas gives each column, read from the footers where they tell.

        A null turns whole numbers into fractions, and true and false into objects.
        """
        import pyarrow as pa

        footers = [_read_footer(name, path) for name, path in self.files.items()]
        schema = pa.unify_schemas(
            [footer.schema.to_arrow_schema().remove_metadata() for footer in footers],
            promote_options="permissive",
        )
        return {field.name: self._dtype(field, footers) for field in schema}

    def _dtype(self, field: Any, footers: Sequence[Any]) -> Any:
        import pyarrow as pa

        changed_by_null = pa.types.is_integer(field.type) or pa.types.is_boolean(field.type)
        nulls = _nulls(field.name, footers) if changed_by_null else 0
        if nulls is None:
            return self.read([field.name])[field.name].dtype
        return pa.array([None] if nulls else [], field.type).to_pandas().dtype


def open_table(path: Path) -> Table:
    """Open a Parquet file or a folder of them, reading footers only.

    A folder is one table: every file in it counts, but for names that start with ``_`` or ``.``, and all must
    have the same columns of compatible types. Nothing is filled up or dropped to make them fit.

    Raises:
        UnusableDataError: There is no such path, it holds no Parquet file, a file is damaged or has no rows,
            or the files' columns differ.
    """
    shown = path.name if path.is_absolute() else path.as_posix()
    files = _list(path, shown)
    footers = {name: _read_footer(name, file) for name, file in files.items()}
    _require_same_columns({name: footer.schema.to_arrow_schema() for name, footer in footers.items()}, shown)
    empty = [name for name, footer in footers.items() if not footer.num_rows]
    if empty:
        raise UnusableDataError(
            "fail", "There are no rows", where=_some(empty), fix="find out why nothing came"
        )
    return Table(files, sum(footer.num_rows for footer in footers.values()))


def _list(path: Path, shown: str) -> dict[str, Path]:
    if path.is_dir():
        inside = {file.relative_to(path): file for file in path.rglob("*") if not file.is_dir()}
        seen = sorted(name for name in inside if not any(part[0] in "_." for part in name.parts))
        if not seen:
            raise UnusableDataError("error", "The folder holds no Parquet file", where=shown)
        return {f"{shown}/{name.as_posix()}": inside[name] for name in seen}
    if not path.exists():
        raise UnusableDataError(
            "error", "There is no such file or folder", where=shown, fix="run the stage before"
        )
    return {shown: path}


def _read_footer(name: str, path: Path) -> Any:
    import pyarrow.parquet as pq

    with _damage_reported(name, path, "This is no Parquet file that can be read"):
        return pq.read_metadata(path)


def _read(name: str, path: Path, columns: Sequence[str] | None) -> Any:
    import pyarrow.parquet as pq

    with _damage_reported(name, path, "The file is damaged"), pq.ParquetFile(path) as file:
        if columns is None:
            return file.read()
        wanted = [column for column in file.schema_arrow.names if column in columns]
        # Selected once more: a name also matches the fields below it, as `a` does the column `a.b`.
        return file.read(columns=wanted).select(wanted)


def _nulls(column: str, footers: Sequence[Any]) -> int | None:
    """Count a column's nulls as the footers tell, or return None if one of them does not."""
    total = 0
    for footer in footers:
        place = footer.schema.names.index(column)
        for group in range(footer.num_row_groups):
            known = footer.row_group(group).column(place).statistics
            if known is None or not known.has_null_count:
                return None
            total += known.null_count
    return total


@contextmanager
def _damage_reported(name: str, path: Path, what: str) -> Iterator[None]:
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError) as err:
        reason = str(err).strip().splitlines()[0].replace(str(path), name)
        raise UnusableDataError("error", f"{what}: {reason}", where=name, fix="write the file again") from err


def _require_same_columns(schemas: Mapping[str, Any], where: str) -> None:
    problems = [*_repeated(schemas), *_different_names(schemas)] or [*_different_types(schemas)]
    if problems:
        more = [f"… and {len(problems) - SHOWN} more"] if len(problems) > SHOWN else []
        raise UnusableDataError(
            "fail",
            "\n".join(
                ["The files are not of one table:", *(f"- {line}" for line in [*problems[:SHOWN], *more])]
            ),
            where=where,
            fix="bring the files that differ into line with the others, or the other way round",
        )


def _repeated(schemas: Mapping[str, Any]) -> Iterable[str]:
    for name, schema in schemas.items():
        for column, times in Counter(schema.names).items():
            if times > 1:
                yield f"{name} has {times} columns named '{column}'"


def _different_names(schemas: Mapping[str, Any]) -> Iterable[str]:
    usual = Counter(frozenset(schema.names) for schema in schemas.values()).most_common(1)[0][0]
    for name, schema in schemas.items():
        missing, extra = usual - set(schema.names), set(schema.names) - usual
        parts = [f"lacks {_some(sorted(missing))}"] if missing else []
        parts += [f"has {_some(sorted(extra))}, which the others do not"] if extra else []
        if parts:
            yield f"{name} {' and '.join(parts)}"


def _different_types(schemas: Mapping[str, Any]) -> Iterable[str]:
    for column in next(iter(schemas.values())).names:
        types = {name: schema.field(column).type for name, schema in schemas.items()}
        told = [kind for kind in types.values() if str(kind) != "null"] or list(types.values())
        usual = Counter(told).most_common(1)[0][0]
        for name, kind in types.items():
            if not _compatible(usual, kind):
                yield f"{name} has '{column}' as {kind}, the others as {usual}"


def _compatible(one: Any, other: Any) -> bool:
    """Whether Arrow finds a common type: a whole number and a fraction do, a number and a text do not."""
    import pyarrow as pa

    try:
        pa.unify_schemas([pa.schema([("x", one)]), pa.schema([("x", other)])], promote_options="permissive")
    except pa.ArrowTypeError:
        return False
    return True


def _some(names: list[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
