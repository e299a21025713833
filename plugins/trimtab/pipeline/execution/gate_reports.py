"""Reports of gates in DVC's cache: put there when a gate fails, read from there on any host."""

from __future__ import annotations

import contextlib
import logging
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from trimtab.errors import StageError, TrimtabError
from trimtab.gate_report import PAGE, REPORT, is_gate_report
from trimtab.pipeline.cache import Store
from trimtab.pipeline.dvc_errors import refusals
from trimtab.pipeline.graph import Stage
from trimtab.pipeline.lock import (
    Content,
    ContentError,
    checked,
    is_external,
    is_folder,
    listing_of,
    of_folder,
    shown,
)
from trimtab.pipeline.worktree import WorkTree

log = logging.getLogger(__name__)

MOST = 64 << 20  # bytes of a file of a report, which is read whole


def leftovers_of(project: Path) -> Path:
    """Where what a failed stage left is kept: ``TRIMTAB_HOME``, or ``.trimtab`` in the project."""
    return Path(os.environ.get("TRIMTAB_HOME") or project / ".trimtab") / "failed"


def keep_report(tree: WorkTree, stage: Stage) -> list[dict[str, Any]]:
    """Put the report that a failed gate has left into the cache, and into the remote if there is one.

    What cannot be kept is told in the log: the gate's failure stands.

    Returns:
        Path and content of what it is, as an entry has outputs: a folder holds the report's files alone.
    """
    kept: list[dict[str, Any]] = []
    try:
        for path, files in _left_by(tree.root, stage):
            put = {name: _put(tree.store, path / name, stage) for name in files}
            kept.append({"path": path.relative_to(tree.root).as_posix(), **_together(tree.store, put)})
        tree.store.push(kept)
    except (TrimtabError, OSError) as err:
        log.error("The report of the failed gate '%s' cannot be kept: %s", stage.name, err)
    return kept


def read_report(root: Path, outs: Iterable[Mapping[str, Any]], name: str) -> bytes | None:
    """Return a file of a report that a task has just left; None if no output holds one.

    Args:
        root: The project's root, or any folder with the same ``.dvc/config``.
        outs: Path and content of each output, as an entry has them.
        name: ``report.json`` or ``report.html``.

    Raises:
        StageError: The file is neither in the cache nor in the remote, or too large; or a hash is none.
    """
    with _opened(root) as store:
        for out in outs:
            content = _file_of(store, out, name)
            if content:
                return _read(store, content, name, where=str(out["path"]))
    return None


def read_page(root: Path, outs: Iterable[Mapping[str, Any]]) -> bytes | None:
    """Return the page of a gate's report, whoever has named it; None if no output is a gate's report.

    Whoever may write an XCom can name any content of the cache. A folder is a report if its listing holds a
    ``report.json`` of ours and, beside it, the page. Nothing else is returned.

    Args:
        root: See :func:`read_report`.
        outs: See :func:`read_report`; an output that is no folder is passed over.

    Raises:
        StageError: See :func:`read_report`.
    """
    with _opened(root) as store:
        for out in outs:
            report, page = _file_of(store, out, REPORT, beside=True), _file_of(store, out, PAGE, beside=True)
            where = str(out["path"])
            if report and page and is_gate_report(_read(store, report, REPORT, where=where)):
                return _read(store, page, PAGE, where=where)
    return None


@contextlib.contextmanager
def _opened(root: Path) -> Iterator[Store]:
    from dvc.repo import Repo

    with refusals(StageError, where=str(root)), Repo(str(root)) as repo:
        yield Store(repo, disposable=True)


def _read(store: Store, content: Content, name: str, *, where: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="trimtab-") as folder:
        target = Path(folder, name)
        store.bring(content, target, what=f"'{name}'", where=where, copy=True)
        size = target.stat().st_size
        if size > MOST:
            raise StageError(
                f"The report is too large to be shown: '{name}' has {size:,} bytes, {MOST:,} are read",
                where=where,
                fix="let the gate write less; `dvc checkout` brings the file",
            )
        return target.read_bytes()


def _left_by(root: Path, stage: Stage) -> Iterator[tuple[Path, list[str]]]:
    """Yield each output that holds files of a report, and their names; a file is its own ``.``."""
    for out in stage.outs:
        path = root / out.path
        if is_external(out.path) or not path.exists():
            continue
        names = [name for name in (REPORT, PAGE) if (path / name).is_file()]
        if names or (path.is_file() and path.name in (REPORT, PAGE)):
            yield path, names or ["."]


def _put(store: Store, path: Path, stage: Stage) -> Content:
    content = store.put(path)
    store.bring(content, path, what=f"'{path.name}'", where=stage.name, copy=True)
    return content


def _together(store: Store, files: Mapping[str, Content]) -> Content:
    """The content that files make up: a listing binds a page to its report."""
    if "." in files:
        return files["."]
    folder = of_folder(files, legacy=False)
    store.objects_of(folder).add_listing(folder["md5"], listing_of(files))
    return folder


def _file_of(store: Store, out: Mapping[str, Any], name: str, *, beside: bool = False) -> Content | None:
    """The content of a file of that name: right in an output that is a folder, or, unless ``beside``, one."""
    if not (isinstance(out, Mapping) and isinstance(out.get("path"), str)):
        raise ContentError("The report names no files", where=shown(out), fix="clear the gate's task")
    content = {key: value for key, value in out.items() if key != "path"}
    if "md5" not in content:  # outside the project
        return None
    checked(content, where=f"output '{out['path']}'")
    if not is_folder(content):
        return content if Path(out["path"]).name == name and not beside else None
    md5 = store.listing(content).get(name)
    return {**({"hash": content["hash"]} if "hash" in content else {}), "md5": md5} if md5 else None
