"""Gate reports in DVC's cache: stored when a gate fails, and read on any host."""

from __future__ import annotations

import contextlib
import logging
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from trimtab.errors import StageError, TrimtabError
from trimtab.pipeline.cache import DvcCache
from trimtab.pipeline.dvc_errors import refusals
from trimtab.pipeline.graph import Stage
from trimtab.pipeline.lock import (
    Content,
    ContentError,
    LockItem,
    abbreviate,
    folder_content,
    folder_object,
    is_external,
    is_folder,
    validate_content,
)
from trimtab.pipeline.worktree import WorkTree

log = logging.getLogger(__name__)

MAX_BYTES = 64 << 20  # of a report file, since it is read into memory


def store_report(tree: WorkTree, stage: Stage) -> list[LockItem]:
    """Store the report of a failed gate in the cache, and push it if there is a remote.

    An error is only logged, since the gate's failure must be reported.

    Returns:
        Path and content of the report, as a lock entry has outputs. A folder has the report's files only.
    """
    stored: list[LockItem] = []
    try:
        for path, files in _report_files(tree.root, stage):
            contents = {name: _store_file(tree.cache, path / name, stage) for name in files}
            content = _store_folder(tree.cache, contents)
            stored.append({"path": path.relative_to(tree.root).as_posix(), **content})
        tree.cache.push(stored)
    except (TrimtabError, OSError) as err:
        log.error("The report of the failed gate '%s' cannot be stored: %s", stage.name, err)
    return stored


def read_workspace_report(root: Path, stage: Stage) -> bytes | None:
    """Return the report that a gate has written into a checkout; ``None`` if there is none.

    Args:
        root: The root of the checkout.
        stage: The gate's stage.

    Raises:
        OSError: It cannot be read.
    """
    from trimtab.gate_report import REPORT  # not at import: it needs pydantic

    for path, names in _report_files(root, stage):
        file = path if names == ["."] else path / REPORT
        if file.name == REPORT and file.is_file() and file.stat().st_size <= MAX_BYTES:
            return file.read_bytes()
    return None


def read_report(root: Path, outs: Iterable[Mapping[str, object]], name: str) -> bytes | None:
    """Return a file of a gate report; ``None`` if no output has it.

    Args:
        root: The project's root, or another folder with the same ``.dvc/config``.
        outs: Path and content of each output, as a lock entry has them.
        name: ``report.json`` or ``report.html``.

    Raises:
        StageError: The file is neither in the cache nor in the remote, or is too large.
        ContentError: A hash is not valid.
    """
    with open_reports(root) as reports:
        return reports.read(outs, name)


@dataclass(frozen=True)
class GateReports:
    """The gate reports of a project, whose cache is open: for a reader of several.

    Attributes:
        cache: The cache.
    """

    cache: DvcCache

    def read(self, outs: Iterable[Mapping[str, object]], name: str) -> bytes | None:
        """Return a file of a gate report; see :func:`read_report`."""
        for out in outs:
            content = _file_of(self.cache, out, name)
            if content:
                return _read(self.cache, content, name, where=str(out["path"]))
        return None


@contextlib.contextmanager
def open_reports(root: Path) -> Iterator[GateReports]:
    """Open the gate reports of a project; see :func:`read_report`.

    Raises:
        StageError: DVC refuses the project.
    """
    with _open_cache(root) as cache:
        yield GateReports(cache)


def read_report_page(root: Path, outs: Iterable[Mapping[str, object]]) -> bytes | None:
    """Return the HTML page of a gate report; ``None`` if no output is a gate report.

    The outputs come from an XCom, whose writer can name any content of the cache. So a page is returned only
    from a folder with a ``report.json`` of the gate report's schema.

    Args:
        root: See :func:`read_report`.
        outs: See :func:`read_report`. An output that is no folder is skipped.

    Raises:
        StageError: See :func:`read_report`.
    """
    from trimtab.gate_report import PAGE, REPORT, is_gate_report  # not at import: it needs pydantic

    with _open_cache(root) as cache:
        for out in outs:
            report, page = _file_of(cache, out, REPORT, beside=True), _file_of(cache, out, PAGE, beside=True)
            where = str(out["path"])
            if report and page and is_gate_report(_read(cache, report, REPORT, where=where)):
                return _read(cache, page, PAGE, where=where)
    return None


@contextlib.contextmanager
def _open_cache(root: Path) -> Iterator[DvcCache]:
    from dvc.repo import Repo

    with refusals(StageError, where=str(root)), Repo(str(root)) as repo:
        yield DvcCache(repo, disposable=True)


def _read(cache: DvcCache, content: Content, name: str, *, where: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="trimtab-") as folder:
        target = Path(folder, name)
        cache.check_out(content, target, what=f"'{name}'", where=where, copy=True)
        size = target.stat().st_size
        if size > MAX_BYTES:
            raise StageError(
                f"The report is too large to be shown: '{name}' has {size:,} bytes, {MAX_BYTES:,} are read",
                where=where,
                fix="let the gate write less; `dvc checkout` gets the file",
            )
        return target.read_bytes()


def _report_files(root: Path, stage: Stage) -> Iterator[tuple[Path, list[str]]]:
    """Yield each output with report files, and their names below it. A file has the name ``.``."""
    from trimtab.gate_report import PAGE, REPORT  # not at import: it needs pydantic

    for out in stage.outs:
        path = root / out.path
        if is_external(out.path) or not path.exists():
            continue
        names = [name for name in (REPORT, PAGE) if (path / name).is_file()]
        if names or (path.is_file() and path.name in (REPORT, PAGE)):
            yield path, names or ["."]


def _store_file(cache: DvcCache, path: Path, stage: Stage) -> Content:
    content = cache.put(path)
    cache.check_out(content, path, what=f"'{path.name}'", where=stage.name, copy=True)
    return content


def _store_folder(cache: DvcCache, files: Mapping[str, Content]) -> Content:
    """Return the content that report files make up. In a folder, the listing binds a page to its report."""
    if "." in files:
        return files["."]
    folder = folder_content(files, legacy=False)
    cache.objects_of(folder).add_listing(folder["md5"], folder_object(files))
    return folder


def _file_of(
    cache: DvcCache, out: Mapping[str, object], name: str, *, beside: bool = False
) -> Content | None:
    """Return the content of a report file.

    Args:
        cache: The cache.
        out: Path and content of an output.
        name: The file's name.
        beside: Only if the output is a folder; otherwise the output may be the file itself.
    """
    path = out.get("path") if isinstance(out, Mapping) else None
    if not isinstance(path, str):
        raise ContentError("The report has no files", where=abbreviate(out), fix="clear the gate's task")
    data = {key: value for key, value in out.items() if key != "path"}
    if "md5" not in data:  # outside the project
        return None
    content = validate_content(data, where=f"output '{path}'")
    if not is_folder(content):
        return content if Path(path).name == name and not beside else None
    md5 = cache.listing(content).get(name)
    return {**({"hash": content["hash"]} if "hash" in content else {}), "md5": md5} if md5 else None
