"""Differences of data between two runs: files by hash, and rows of the files that the cache has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Literal

from trimtab.diagnosis.run_content import RunContent
from trimtab.errors import StageError
from trimtab.pipeline.cache import DvcCache, MissingObjectError
from trimtab.pipeline.dvc_errors import refusals
from trimtab.pipeline.lock import Content, is_folder, is_legacy

if TYPE_CHECKING:
    from collections.abc import Callable

DATA = (".parquet", ".csv", ".tsv", ".json", ".jsonl", ".txt", ".xlsx", ".feather", ".arrow", ".gz", ".zip")
MAX_CSV_BYTES = 256 << 20  # of a file whose lines are counted

Change = Literal["added", "removed", "changed"]


@dataclass(frozen=True)
class DataChange:
    """A file that differs between two runs.

    Attributes:
        path: Its path.
        change: Whether the run added, removed or changed it.
        rows_before: Rows in the earlier run; None if they were not counted.
        rows_after: Rows in the run; likewise.
    """

    path: str
    change: Change
    rows_before: int | None = None
    rows_after: int | None = None


def data_changes(root: Path, before: RunContent, after: RunContent) -> list[DataChange]:
    """Return the files of inputs and tables that differ, in the order of their paths.

    Inputs are dependencies that no stage makes. Tables are outputs in Parquet or CSV. Only the listing of a
    folder is fetched from the remote.

    Args:
        root: The project's root.
        before: The earlier run.
        after: The run.
    """
    from dvc.repo import Repo

    with refusals(StageError, where=str(root)), Repo(str(root)) as repo:
        cache = DvcCache(repo, disposable=True)
        earlier, later = ({**_inputs(each), **each.outputs} for each in (before, after))
        # A run that failed has no later outputs: that they are absent is no difference.
        unmade = set(before.outputs) - set(after.outputs) if after.run.failed else set()
        changed = [
            path
            for path in sorted((earlier.keys() | later.keys()) - unmade)
            if earlier.get(path, {}).get("md5") != later.get(path, {}).get("md5")
        ]
        return [
            change
            for path in changed
            for change in _file_changes(cache, path, earlier.get(path), later.get(path))
            if path not in after.outputs or PurePosixPath(change.path).suffix in (".parquet", ".csv")
        ]


def _inputs(content: RunContent) -> dict[str, Content]:
    in_git = {path: each for path, each in content.code.items() if is_data(path)}
    return {**content.data, **in_git}


def is_data(path: str) -> bool:
    """Whether a file that git tracks is data, by its suffix, and not code."""
    return PurePosixPath(path).suffix.lower() in DATA


def _file_changes(
    cache: DvcCache, path: str, before: Content | None, after: Content | None
) -> Iterator[DataChange]:
    """Yield the changed files of a path; the path itself, if the listing of a folder is lost."""
    try:
        earlier, later = (_files(cache, path, content) for content in (before, after))
    except MissingObjectError:
        yield DataChange(path, "changed")
        return
    for name in sorted(earlier.keys() | later.keys()):
        old, new = earlier.get(name), later.get(name)
        if (old and old.get("md5")) == (new and new.get("md5")):
            continue
        change: Change = "added" if old is None else "removed" if new is None else "changed"
        yield DataChange(name, change, *(_rows(cache, name, content) for content in (old, new)))


def _files(cache: DvcCache, path: str, content: Content | None) -> Mapping[str, Content]:
    if content is None:
        return {}
    if not is_folder(content):
        return {path: content}
    kind: Content = {} if is_legacy(content) else {"hash": "md5"}
    return {f"{path}/{name}": {**kind, "md5": md5} for name, md5 in cache.listing(content).items()}


def _rows(cache: DvcCache, name: str, content: Content | None) -> int | None:
    """Return the rows of a table, if the cache of this machine has it and counting is cheap."""
    count = _COUNTERS.get(PurePosixPath(name).suffix)
    if content is None or count is None or not cache.is_cached(content):
        return None
    return count(cache.objects_of(content).path(content["md5"]))


def _parquet_rows(file: Path) -> int | None:
    """Return the rows that the footer of a Parquet file has."""
    try:
        from pyarrow.lib import ArrowException
        from pyarrow.parquet import read_metadata
    except ModuleNotFoundError:  # the engine alone is installed
        return None
    try:
        return int(read_metadata(file).num_rows)
    except (ArrowException, OSError):  # it is no Parquet file, whatever its name is
        return None


def _csv_rows(file: Path) -> int | None:
    """Return the lines of a CSV file without its header."""
    if file.stat().st_size > MAX_CSV_BYTES:
        return None
    with file.open("rb") as lines:
        return max(sum(1 for line in lines if line.strip()) - 1, 0)


_COUNTERS: Mapping[str, Callable[[Path], int | None]] = {".parquet": _parquet_rows, ".csv": _csv_rows}
