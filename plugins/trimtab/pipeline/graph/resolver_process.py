"""DVC's resolver in a process of its own.

``python -m trimtab.pipeline.graph.resolver_process ROOT`` prints JSON: the graph of the project below ROOT
with its inputs, or why DVC refuses the project. DVC runs in a separate process, so that a process that needs
the graph, such as Airflow's DAG parser, never imports DVC.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import sys
import traceback
from pathlib import Path

from trimtab.errors import TrimtabError
from trimtab.pipeline.dvc_compat import read_only_repo, settings_files, template_key
from trimtab.pipeline.dvc_errors import reason
from trimtab.pipeline.graph.absolute_paths import relocated_paths
from trimtab.pipeline.graph.dvc_resolver import ResolverRecord, recorded_resolver
from trimtab.pipeline.graph.graph import Graph
from trimtab.pipeline.graph.graph_cache import ResolverAnswer
from trimtab.pipeline.graph.translation import translate_graph


class RefusedError(Exception):
    """DVC refuses a project.

    Its arguments are the reason, the file that DVC refuses, and the fields of the graph's inputs, or ``None``
    if they are not known.
    """


def resolve(root: Path, home: Path | None = None) -> tuple[Graph, dict[str, object] | None, list[str]]:
    """Resolve the project below ``root`` with DVC.

    Args:
        root: The project's root.
        home: The root of the project itself, if ``root`` is a sandbox: absolute paths below ``home`` become
            paths below ``root``.

    Returns:
        The graph; the fields of its inputs, or ``None`` if a file changed meanwhile; and the SHA-256 hashes
        of the ``dvc.lock`` files that DVC has accepted.

    Raises:
        RefusedError: DVC refuses the project.
    """
    from dvc.repo import Repo

    home = home or root
    with (
        contextlib.chdir(root),  # DVC's addresses depend on the working directory
        recorded_resolver(root, home) as record,
        relocated_paths(home, root),
        read_only_repo(root),
    ):
        settings = None
        try:
            with Repo(str(root)) as repo:
                settings = settings_files(repo)
                graph = translate_graph(repo)
        except Exception as err:
            is_permanent = settings is not None and _is_permanent(err)
            inputs = record.inputs(root, settings or [], refused=True) if is_permanent else None
            raise RefusedError(_reason(err), _refused_file(root, record, err), inputs) from err
        locks = [known for known in record.lock_hashes().values() if known]
        return graph, record.inputs(root, settings), locks


def _is_permanent(err: BaseException | None) -> bool:
    """Whether DVC would refuse again as long as the files that it reads are the same.

    It would not if a lock, git or the disk was the reason.
    """
    from dvc.lock import LockError
    from dvc.scm import SCMError

    while err:
        if isinstance(err, OSError | MemoryError | LockError | SCMError):
            return False
        err = err.__cause__ or err.__context__
    return True


def _reason(err: Exception) -> str:
    from dvc.exceptions import DvcException

    message = "\n".join(line for line in reason(err).splitlines() if line.strip())
    if isinstance(err, TrimtabError):
        return err.what
    if isinstance(err, DvcException):
        return message
    key = template_key(err)  # DVC did not expect the error, and its message does not have the key
    return f"{key}: {type(err).__name__}: {message}" if key else f"{type(err).__name__}: {message}"


def _refused_file(root: Path, record: ResolverRecord, err: Exception) -> str:
    from dvc.config import ConfigError
    from dvc.utils.strictyaml import YAMLSyntaxError, YAMLValidationError

    if isinstance(err, YAMLSyntaxError | YAMLValidationError):
        return str(root / Path(err.path))
    if isinstance(err, ConfigError):
        return str(root / ".dvc" / "config")
    if isinstance(err, TrimtabError) and record.reading:  # DVC's own reasons name the file
        return str(root / record.reading)
    if record.loading:
        return str(root / record.loading)
    return str(root / "dvc.yaml" if record.loaded == ["dvc.yaml"] else root)  # or all stages together


def main() -> None:
    """Print DVC's answer for the project that the command line names; see :func:`resolve`."""
    os.environ.setdefault("DVC_NO_ANALYTICS", "1")
    # Stdout carries the answer only: whatever DVC prints goes to stderr.
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as answer:
        os.dup2(2, 1)
        json.dump(_answer(*(Path(path).resolve() for path in sys.argv[1:])), answer, separators=(",", ":"))


def _answer(root: Path, home: Path | None = None) -> ResolverAnswer:
    gc.disable()  # a short-lived process with many objects
    try:
        graph, inputs, locks = resolve(root, home)
    except RefusedError as err:
        traceback.print_exception(err)
        why, where, inputs = err.args
        return {"graph": {"refused": {"why": why, "where": where}}, "inputs": inputs, "locks": []}
    return {"graph": graph.to_dict(), "inputs": inputs, "locks": locks}


if __name__ == "__main__":
    main()
