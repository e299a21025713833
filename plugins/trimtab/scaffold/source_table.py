"""The user's table: a CSV or Parquet file, or a folder of files of one format."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trimtab.errors import ConfigError
from trimtab.scaffold.guess import Guess

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
        suffix: ``.csv`` or ``.parquet``.
        frame: Its rows.
        options: How ``pandas.read_csv`` reads it, where that is not the default.
        guesses: What was guessed of its format.
    """

    path: Path
    suffix: str
    frame: pd.DataFrame
    options: dict[str, Any] = field(default_factory=dict)
    guesses: tuple[Guess, ...] = ()

    @property
    def is_folder(self) -> bool:
        """Whether the table is a folder of files."""
        return self.path.is_dir()


def read_source(path: Path) -> SourceTable:
    """Read the table of the user.

    Raises:
        ConfigError: There is no such table, it cannot be read, its columns have no usable names, or it has
            too few rows.
    """
    files, suffix = _files(path)
    try:
        table = _read_parquet(path, files) if suffix == PARQUET else _read_csv(path, files)
    except (OSError, ValueError) as err:  # those of pyarrow and of pandas' parser are of these types
        raise ConfigError(
            f"The table cannot be read: {err}", where=str(path), fix="correct the file"
        ) from err
    names = [str(name) for name in table.frame.columns]
    if len(set(names)) < len(names) or any(not isinstance(name, str) for name in table.frame.columns):
        raise ConfigError(
            "The columns need names: each a text, and no two the same", where=str(path), fix="rename them"
        )
    if len(table.frame) < FEWEST_ROWS:
        raise ConfigError(
            f"The table has too few rows: {len(table.frame)}",
            where=str(path),
            fix=f"give {FEWEST_ROWS} rows or more: with fewer, no bound of a model check means anything",
        )
    return table


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

    frame = pd.concat([pd.read_parquet(file) for file in files], ignore_index=True)
    return SourceTable(path, PARQUET, frame)


def _read_csv(path: Path, files: list[Path]) -> SourceTable:
    import pandas as pd

    encoding = _find_encoding(files[0])
    separator = _find_separator(files[0], encoding)
    options: dict[str, Any] = {
        **({"sep": separator} if separator != "," else {}),
        **({"encoding": encoding} if encoding != "utf-8" else {}),
    }
    frame = pd.concat([pd.read_csv(file, **options) for file in files], ignore_index=True)
    if separator != "," and _has_decimal_comma(frame):
        options["decimal"] = ","
        frame = pd.concat([pd.read_csv(file, **options) for file in files], ignore_index=True)
    guesses = [
        Guess(f"{what} of the CSV file", repr(options[key]), "from its first lines", "ingest.py", f'{key}="')
        for key, what in (("sep", "separator"), ("encoding", "encoding"), ("decimal", "decimal mark"))
        if key in options
    ]
    return SourceTable(path, CSV, frame, options, tuple(guesses))


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
