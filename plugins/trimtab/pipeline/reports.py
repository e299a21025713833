"""Reports of gates in DVC's cache: put there when a gate fails, read from there on any host."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from trimtab.errors import StageError, TrimtabError
from trimtab.pipeline.content import Content, ContentError, checked, is_folder, shown
from trimtab.pipeline.entry import is_external
from trimtab.pipeline.graph import Stage
from trimtab.pipeline.refusal import refusals
from trimtab.pipeline.store import Store
from trimtab.pipeline.worktree import WorkTree

log = logging.getLogger(__name__)

REPORT, PAGE = "report.json", "report.html"  # what a gate leaves, in an output or as one
MOST = 64 << 20  # bytes of a file of a report, which is read whole


def leftovers_of(project: Path) -> Path:
    """Where what a failed stage left is kept: ``TRIMTAB_HOME``, or ``.trimtab`` in the project."""
    return Path(os.environ.get("TRIMTAB_HOME") or project / ".trimtab") / "failed"


def keep_report(tree: WorkTree, stage: Stage) -> list[dict[str, Any]]:
    """Put the report that a failed gate has left into the cache, and into the remote if there is one.

    What cannot be kept is told in the log: the gate's failure stands.

    Returns:
        Path and content of each file of it, as an entry has outputs.
    """
    kept: list[dict[str, Any]] = []
    try:
        for path in _left_by(tree.root, stage):
            content = tree.store.put(path)
            tree.store.bring(content, path, what=f"'{path.name}'", where=stage.name, copy=True)
            kept.append({"path": path.relative_to(tree.root).as_posix(), **content})
        tree.store.push(kept)
    except (TrimtabError, OSError) as err:
        log.error("The report of the failed gate '%s' cannot be kept: %s", stage.name, err)
    return kept


def read_report(root: Path, outs: Iterable[Mapping[str, Any]], name: str) -> bytes | None:
    """Return a file of a gate's report; None if no output holds one.

    Args:
        root: The project's root, or any folder with the same ``.dvc/config``.
        outs: Path and content of each output, as an entry has them.
        name: ``report.json`` or ``report.html``.

    Raises:
        StageError: The file is neither in the cache nor in the remote, or too large; or a hash is none.
    """
    from dvc.repo import Repo

    where = str(root)
    with (
        refusals(StageError, where=where),
        Repo(where) as repo,
        tempfile.TemporaryDirectory(prefix="trimtab-") as folder,
    ):
        store = Store(repo, disposable=True)
        for out in outs:
            content = _file_of(store, out, name)
            if content:
                target = Path(folder, name)
                store.bring(content, target, what=f"'{name}'", where=str(out["path"]), copy=True)
                return _read(target, where=str(out["path"]))
    return None


def _read(file: Path, *, where: str) -> bytes:
    size = file.stat().st_size
    if size > MOST:
        raise StageError(
            f"The report is too large to be shown: '{file.name}' has {size:,} bytes, {MOST:,} are read",
            where=where,
            fix="let the gate write less; `dvc checkout` brings the file",
        )
    return file.read_bytes()


def _left_by(root: Path, stage: Stage) -> Iterator[Path]:
    for out in stage.outs:
        if is_external(out.path):
            continue
        path = root / out.path
        candidates = [path / REPORT, path / PAGE] if path.is_dir() else [path]
        yield from (file for file in candidates if file.name in (REPORT, PAGE) and file.is_file())


def _file_of(store: Store, out: Mapping[str, Any], name: str) -> Content | None:
    """The content of a file of that name: an output, or right in one that is a folder."""
    if not (isinstance(out, Mapping) and isinstance(out.get("path"), str)):
        raise ContentError("The report names no files", where=shown(out), fix="clear the gate's task")
    content = {key: value for key, value in out.items() if key != "path"}
    if "md5" not in content:  # outside the project
        return None
    checked(content, where=f"output '{out['path']}'")
    if not is_folder(content):
        return content if Path(out["path"]).name == name else None
    md5 = store.listing(content).get(name)
    return {**({"hash": content["hash"]} if "hash" in content else {}), "md5": md5} if md5 else None
