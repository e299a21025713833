"""DVC's own resolver, asked in a process of its own.

``python -m trimtab.pipeline.graph.resolver_process ROOT`` prints what DVC makes of the project below ROOT as
JSON: the graph with all that it depends on, or why DVC refuses the project. It runs apart, so that whoever
asks (Airflow, parsing a DAG) never imports DVC.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import sys
import tempfile
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from trimtab.errors import TrimtabError
from trimtab.pipeline.dvc_errors import reason
from trimtab.pipeline.graph.absolute_paths import relocated
from trimtab.pipeline.graph.dvc_resolver import Observed, observing, replaced
from trimtab.pipeline.graph.graph import Graph
from trimtab.pipeline.graph.translation import graph_of


def resolve(root: Path, home: Path | None = None) -> tuple[Graph, dict[str, Any] | None, list[str]]:
    """Resolve the project below ``root``.

    Args:
        root: The project's root.
        home: The root of the project that it is a checkout of, if it is one of a run: absolute paths below
            that one are paths of this one.

    Returns:
        The graph; what it depends on, as plain values, if that stayed the same meanwhile; and the hashes of
        the ``dvc.lock`` files that DVC has accepted.

    Raises:
        RefusedError: DVC refuses the project.
    """
    from dvc.repo import Repo

    # DVC's addresses depend on the working directory.
    home = home or root
    with contextlib.chdir(root), observing(root, home) as seen, relocated(home, root), _room_for_dvc(root):
        settings = None
        try:
            with Repo(str(root)) as repo:
                settings = _settings(repo)
                graph = graph_of(repo)
        except Exception as err:
            lasts = settings is not None and _lasts(err)
            inputs = seen.inputs(root, settings or [], refused=True) if lasts else None
            raise RefusedError(_why(err), _where(root, seen, err), inputs) from err
        return graph, seen.inputs(root, settings), [known for known in seen.locks().values() if known]


@contextlib.contextmanager
def _room_for_dvc(root: Path) -> Iterator[None]:
    """Let DVC keep its locks elsewhere where the checkout is read-only; it makes them even to read."""
    from dvc.repo import Repo

    folder = root / ".dvc" / "tmp"
    if os.access(folder if folder.exists() else folder.parent, os.W_OK):
        yield
        return
    with (
        tempfile.TemporaryDirectory() as elsewhere,
        replaced(Repo, "tmp_dir", lambda _: elsewhere),
        replaced(Repo, "_ignore", lambda _: lambda repo: None),  # it tells git to ignore that folder
    ):
        yield


class RefusedError(Exception):
    """DVC refuses a project: why, in which file, and what that depends on, if it is known."""


def _lasts(err: BaseException | None) -> bool:
    """Whether DVC would refuse again as long as the files that it reads are the same.

    It would not where a lock, git or the disk was in its way.
    """
    from dvc.lock import LockError
    from dvc.scm import SCMError

    while err:
        if isinstance(err, OSError | MemoryError | LockError | SCMError):
            return False
        err = err.__cause__ or err.__context__
    return True


def _why(err: Exception) -> str:
    from dvc.exceptions import DvcException

    said = "\n".join(line for line in reason(err).splitlines() if line.strip())
    if isinstance(err, TrimtabError):
        return err.what
    if isinstance(err, DvcException):
        return said
    return f"{_key(err)}{type(err).__name__}: {said}"  # DVC breaks on it, and does not say on what


def _key(err: BaseException) -> str:
    """The part of ``dvc.yaml`` that DVC was about, from where the error was raised."""
    found = ""
    for frame, _ in traceback.walk_tb(err.__traceback__):
        about = frame.f_locals.get("self")
        if type(about).__module__ == "dvc.parsing" and about is not None and hasattr(about, "where"):
            found = f"{about.where}.{about.name}: "
    return found


def _where(root: Path, seen: Observed, err: Exception) -> str:
    from dvc.config import ConfigError
    from dvc.utils.strictyaml import YAMLSyntaxError, YAMLValidationError

    if isinstance(err, YAMLSyntaxError | YAMLValidationError):
        return str(root / Path(err.path))
    if isinstance(err, ConfigError):
        return str(root / ".dvc" / "config")
    if isinstance(err, TrimtabError) and seen.reading:  # DVC's own reasons name the file
        return str(root / seen.reading)
    if seen.loading:
        return str(root / seen.loading)
    return str(root / "dvc.yaml" if seen.loaded == ["dvc.yaml"] else root)  # or the stages, taken together


def _settings(repo: Any) -> list[str]:
    """Return files of settings that DVC reads, there or not: its own, and a user's ignore file for git."""
    from dulwich.ignore import default_user_ignore_filter_path
    from dvc.scm import NoSCM

    files = list(repo.config.files.values())
    if not isinstance(repo.scm, NoSCM):
        user = default_user_ignore_filter_path(repo.scm.dulwich.repo.get_config_stack())
        files.append(os.path.expanduser(user))  # noqa: PTH111 - as text, there or not
    inside = f"{repo.root_dir}{os.sep}"
    return [file.removeprefix(inside) for file in files]


def main() -> None:
    """Print what DVC makes of the project named on the command line; see :func:`resolve`."""
    os.environ.setdefault("DVC_NO_ANALYTICS", "1")
    # What DVC prints meanwhile is no part of the answer.
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as answer:
        os.dup2(2, 1)
        json.dump(_answer(*(Path(path).resolve() for path in sys.argv[1:])), answer, separators=(",", ":"))


def _answer(root: Path, home: Path | None = None) -> dict[str, Any]:
    gc.disable()  # a short life with many objects
    try:
        graph, inputs, locks = resolve(root, home)
    except RefusedError as err:
        traceback.print_exception(err)
        why, where, inputs = err.args
        return {"graph": {"refused": {"why": why, "where": where}}, "inputs": inputs, "locks": []}
    return {"graph": graph.plain(), "inputs": inputs, "locks": locks}


if __name__ == "__main__":
    main()
