"""The user's table: a CSV or Parquet file, or a folder of files of one format."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trimtab.errors import ConfigError
from trimtab.scaffold.guess import Guess
from trimtab.scaffold.plain_types import with_plain_types

if TYPE_CHECKING:
    import pandas as pd

CSV, PARQUET = ".csv", ".parquet"
SAMPLE = 1 << 16  # bytes of a CSV file from which its dialect is guessed
SEPARATORS = ",;\t|"
BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
DECIMAL_COMMA = r"-?\d+,\d+"
FEWEST_ROWS = 100


@dataclass(frozen=True)
class SourceTable:
    """A table of the user.

    Attributes:
        path: The file or the folder.
        files: The file, or those of the folder.
        suffix: ``.csv`` or ``.parquet``.
        frame: Its rows, in plain types.
        has_index: Whether Parquet files have columns as the index of pandas.
        options: How ``pandas.read_csv`` reads it, where that is not the default.
        guesses: What was guessed of its format.
    """

    path: Path
    files: tuple[Path, ...]
    suffix: str
    frame: pd.DataFrame
    has_index: bool = False
    options: dict[str, Any] = field(default_factory=dict)
    guesses: tuple[Guess, ...] = ()

    @property
    def is_folder(self) -> bool:
        """Whether the table is a folder of files."""
        return self.path.is_dir()


def read_source(path: Path) -> SourceTable:
    """Read the table of the user.

    Raises:
        ConfigError: There is no such table, it cannot be read, its columns have no usable names, its files
            have different columns, or it has too few rows.
    """
    files, suffix = _files(path)
    try:
        table = _read_parquet(path, files) if suffix == PARQUET else _read_csv(path, files)
    except (OSError, ValueError, NotImplementedError) as err:  # those of pyarrow and of pandas' parser
        raise ConfigError(
            f"The table cannot be read: {err}", where=str(path), fix="correct the file"
        ) from err
    if len(table.frame) < FEWEST_ROWS:
        raise ConfigError(
            f"The table has too few rows: {len(table.frame)}",
            where=str(path),
            fix=f"give {FEWEST_ROWS} rows or more: with fewer, no bound of a model check means anything",
        )
    return replace(table, frame=with_plain_types(table.frame))


def _files(path: Path) -> tuple[list[Path], str]:
    """Return the files of a table and their suffix."""
    if not path.exists():
        raise ConfigError(
            "The table does not exist", where=str(path), fix="give a file or a folder with --data"
        )
    found = sorted(path.iterdir()) if path.is_dir() else [path]
    files = [file for file in found if file.suffix.lower() in (CSV, PARQUET)]
    suffixes = {file.suffix.lower() for file in files}
    if len(suffixes) != 1 or len(files) < len([file for file in found if not file.name.startswith(".")]):
        raise ConfigError(
            "The table is not made of CSV files alone, or of Parquet files alone",
            where=str(path),
            fix="give a .csv file, a .parquet file, or a folder of files of one of these formats",
        )
    return files, suffixes.pop()


def _read_parquet(path: Path, files: list[Path]) -> SourceTable:
    import pandas as pd

    frames = [pd.read_parquet(file) for file in files]
    has_index = any(name is not None for frame in frames for name in frame.index.names)
    if has_index:
        frames = [frame.reset_index() for frame in frames]
    return SourceTable(path, tuple(files), PARQUET, _join(files, frames), has_index)


def _read_csv(path: Path, files: list[Path]) -> SourceTable:
    import pandas as pd

    encoding = _find_encoding(files[0])
    separator = _find_separator(files[0], encoding)
    options: dict[str, Any] = {
        **({"sep": separator} if separator != "," else {}),
        **({"encoding": encoding} if encoding != "utf-8" else {}),
    }
    for file in files:
        _require_names(file, _header(file, separator, encoding))
    frame = _join(files, [pd.read_csv(file, **options) for file in files])
    if separator != "," and _has_decimal_comma(frame):
        options["decimal"] = ","
        frame = _join(files, [pd.read_csv(file, **options) for file in files])
    guesses = [
        Guess(f"{what} of the CSV file", repr(options[key]), "from its first lines", "ingest.py", f'{key}="')
        for key, what in (("sep", "separator"), ("encoding", "encoding"), ("decimal", "decimal mark"))
        if key in options
    ]
    return SourceTable(path, tuple(files), CSV, frame, options=options, guesses=tuple(guesses))


def _join(files: list[Path], frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of all files.

    Raises:
        ConfigError: A file has a column without a usable name, or other columns than the first file.
    """
    import pandas as pd

    for file, frame in zip(files, frames, strict=True):
        _require_names(file, list(frame.columns))
        if different := set(frame.columns) ^ set(frames[0].columns):
            raise ConfigError(
                f"The files have different columns: only one of two has '{min(different)}'",
                where=f"{files[0].name}, {file.name}",
                fix="give files with the same columns",
            )
    return pd.concat(frames, ignore_index=True)


def _require_names(file: Path, names: list[Any]) -> None:
    texts = [name for name in names if isinstance(name, str)]
    repeated = sorted({name for name in texts if texts.count(name) > 1 and name})
    if len(texts) < len(names) or repeated:
        raise ConfigError(
            f"Two columns have the same name: '{repeated[0]}'" if repeated else "A column has no name",
            where=str(file),
            fix="rename it: each column needs a text as its name, and no two the same",
        )


def _header(file: Path, separator: str, encoding: str) -> list[str]:
    with file.open(encoding=encoding, newline="") as stream:
        return next(csv.reader(stream, delimiter=separator), [])


def _find_encoding(file: Path) -> str:
    with file.open("rb") as stream:
        sample = stream.read(SAMPLE)
        for mark, encoding in BYTE_ORDER_MARKS.items():
            if sample.startswith(mark):
                return encoding
        try:
            for chunk in iter(lambda: stream.read(SAMPLE), b""):
                sample += chunk
            sample.decode("utf-8")
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


def _find_separator(file: Path, encoding: str) -> str:
    with file.open(encoding=encoding, newline="") as stream:
        header, sample = stream.readline(), stream.read(SAMPLE)
    try:
        return csv.Sniffer().sniff(header + sample, SEPARATORS).delimiter
    except csv.Error:  # such as a single column, or long texts
        return max(SEPARATORS, key=header.count)


def _has_decimal_comma(frame: pd.DataFrame) -> bool:
    texts = frame.select_dtypes(["object", "string"])
    return any(
        column.dropna().str.fullmatch(DECIMAL_COMMA).all()
        for _, column in texts.items()
        if column.notna().any()
    )
