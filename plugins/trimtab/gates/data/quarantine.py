"""Quarantines the rows that fail a suite, with the reasons, if they are few; the rest goes on.

Only rows that fail critical expectations on rows are quarantined. The whole suite is then run on the rest.
The rest goes on only if it passes, so that a split never hides a failure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from trimtab.errors import ConfigError, GateError
from trimtab.gates.data.suite import Suite
from trimtab.tables import FileTable, TableContent, is_csv, open_file, stem

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

ROWS = "rows.parquet"


@dataclass(frozen=True, slots=True)
class SplitFolders:
    """The outputs for the two parts of a table.

    Attributes:
        quarantine: Folder for ``rows.parquet``, the quarantined rows, each with file, row and reasons.
        passed: The rest: a folder of files named like those of the data, or one file ``….parquet``.
    """

    quarantine: Path
    passed: Path

    def clear(self) -> None:
        """Remove the outputs of an earlier run: no old part survives a failure.

        Raises:
            GateError: The outputs cannot be written.
        """
        try:
            (self.quarantine / ROWS).unlink(missing_ok=True)
            for old in [self.passed] if self.passed.is_file() else self.passed.rglob("*.parquet"):
                old.unlink()
        except OSError as err:
            raise GateError(
                "The place of an output cannot be written", where=str(err.filename), fix=str(err)
            ) from err

    def write(self, content: TableContent, broken: np.ndarray, reasons: Mapping[int, list[str]]) -> FileTable:
        """Write both parts, each row into one of them, with unchanged columns and types.

        Args:
            content: The table.
            broken: Mask of the rows to quarantine, of shape (n_rows,).
            reasons: Types of the expectations that a row fails, by the number of the row.

        Returns:
            The rest, with the names of the original files.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        aside, rest = [], {}
        for name, span in content.spans():
            file, mask = content.table.files[name], broken[span]
            target = self._target(file.place)
            target.parent.mkdir(parents=True, exist_ok=True)
            part = file.read()
            inside = part.drop_columns([key for key, _ in file.keys])
            pq.write_table(inside.filter(pa.array(~mask)), target)
            rest[name] = open_file(name, target, file.place, file.keys)
            numbers = mask.nonzero()[0].tolist()
            why = [reasons[span.start + number] for number in numbers]
            put = part.filter(pa.array(mask)).replace_schema_metadata(None)
            put = put.append_column("_file", pa.array([name] * len(numbers), pa.string()))
            put = put.append_column("_row", pa.array(numbers, pa.int64()))
            aside.append(put.append_column("_reasons", pa.array(why, pa.list_(pa.string()))))
        self.quarantine.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.concat_tables(aside, promote_options="permissive"), self.quarantine / ROWS)
        return FileTable(rest)

    def _target(self, place: PurePath) -> Path:
        """Return the output of a file; CSV becomes Parquet, which keeps the types."""
        if self.passed.suffix == ".parquet":
            return self.passed
        name = f"{stem(place)}.parquet" if is_csv(place) else place.name
        return self.passed / place.with_name(name)


def split_folders(
    suite: Suite, data: Path | pd.DataFrame, quarantine: Path | None, passed: Path | None
) -> SplitFolders | None:
    """Return the outputs of the split, or None for a suite without a quarantine.

    Raises:
        ConfigError: The suite and the outputs do not fit.
    """
    wanted = suite.max_quarantined is not None
    if quarantine is not None and passed is not None and wanted:
        return _require_separate(data, SplitFolders(quarantine, passed))
    if quarantine is None and passed is None and not wanted:
        return None
    raise ConfigError(
        "A quarantine needs all of: on_failure: quarantine in the suite, --quarantine and --passed",
        where=str(suite.path),
        fix="give all three, or none",
    )


def _require_separate(data: Path | pd.DataFrame, parts: SplitFolders) -> SplitFolders:
    """Refuse outputs inside the data, whose old files are removed, and CSV outputs."""
    if is_csv(parts.passed):
        raise ConfigError(
            "The rest is written as Parquet, of CSV files too",
            where=f"--passed {parts.passed}",
            fix="give a folder, or for data of one file ….parquet",
        )
    files = [data] if isinstance(data, Path) else []
    apart = [path.resolve() for path in (*files, parts.quarantine, parts.passed)]
    for at, one in enumerate(apart):
        for other in apart[at + 1 :]:
            if one.is_relative_to(other) or other.is_relative_to(one):
                raise ConfigError(
                    "The data, --quarantine and --passed lie in each other",
                    where=", ".join(map(str, (*files, parts.quarantine, parts.passed))),
                    fix="give places apart",
                )
    return parts


def reasons_by_row(suite: Suite, broken: Mapping[int, np.ndarray]) -> dict[int, list[str]]:
    """Return the critical expectations that each row fails, by the number of the row."""
    reasons: dict[int, list[str]] = {}
    for at, rows in broken.items():
        entry = suite.expectations[at]
        if entry.severity == "critical":
            for row in rows.tolist():
                reasons.setdefault(row, []).append(_reason(entry.type, entry.kwargs))
    return reasons


def _reason(kind: str, arguments: Mapping[str, object]) -> str:
    from trimtab.gates.data.result_conversion import columns_of

    columns = ", ".join(columns_of(arguments))
    return f"{kind} of {columns}" if columns else kind
