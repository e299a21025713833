"""Lock entries: what a stage's run is, in a few hundred bytes.

An entry is a stage's part of ``dvc.lock``: command, hashes of dependencies and outputs, params. It is all
that travels between tasks. Paths in it are relative to the stage's working directory.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from trimtab.pipeline.graph import PIPELINE_FILE, Stage, split_address
from trimtab.pipeline.lock.content import ContentError, checked

Entry = dict[str, Any]

_KEYS = ("path", "hash", "md5", "etag", "checksum", "size", "nfiles", "isexec")


def path_in_entry(stage: Stage, path: str) -> str:
    """Return a path of the graph as an entry has it; what is no relative path stays as it is."""
    if path in stage.spelled or is_external(path):
        return stage.spelled.get(path, path)
    return posixpath.relpath(path, stage.wdir)


def path_in_graph(stage: Stage, path: str) -> str:
    """Return a path of an entry as the graph has it."""
    return path if is_external(path) else posixpath.normpath(posixpath.join(stage.wdir, path))


def is_external(path: str) -> bool:
    """Whether a path is an absolute one or a URL."""
    return posixpath.isabs(path) or "://" in path


def contents(stage: Stage, entry: Entry) -> dict[str, Entry]:
    """Map the outputs of an entry, by their paths in the graph, to their contents.

    An entry has travelled, or lay in a cache. So what it says is checked, and a path that is no output of the
    stage leads nowhere.

    Raises:
        ContentError: The entry is none of DVC's, or a hash in it is none.
    """
    where = f"lock entry of stage '{stage.name}'"
    try:
        made = {path_in_graph(stage, out["path"]): without_path(out) for out in entry.get("outs") or []}
    except (KeyError, TypeError, AttributeError) as err:
        raise ContentError(
            "The outputs of the lock entry are no mappings with a path each",
            where=where,
            fix="run the stage again",
        ) from err
    return {out.path: checked(made[out.path], where=where) for out in stage.outs if out.path in made}


def command(stage: Stage) -> str | list[str]:
    """Return the command of a stage as an entry has it."""
    return list(stage.cmd) if stage.listed else stage.cmd[0]


def without_path(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a dependency or an output of an entry holds."""
    return {key: value for key, value in in_order(item).items() if key != "path"}


def in_order(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return a dependency or an output with its keys as DVC orders them: PostgreSQL's JSON keeps no order."""
    return {key: item[key] for key in (*_KEYS, *item) if key in item}


def short_name(stage: str) -> str:
    """Return a stage's name in its own ``dvc.yaml``."""
    return split_address(stage)[1]


def address(stage: str, folder: str) -> str:
    """Return how DVC addresses a stage from a folder of the project: ``../dvc.yaml:train``."""
    file = posixpath.relpath(posixpath.join(posixpath.dirname(lock_path(stage)), PIPELINE_FILE), folder)
    return short_name(stage) if file == PIPELINE_FILE else f"{file}:{short_name(stage)}"


def lock_path(stage: str) -> str:
    """Return the path of the ``dvc.lock`` that holds a stage, relative to the root."""
    return str(Path(split_address(stage)[0]).parent / "dvc.lock")


def differences(stage: Stage, locked: Entry, inputs: Entry) -> Iterator[str]:
    """Say what is not as the lock entry has it, for a person.

    As for DVC, only what the stage names now counts: a dependency, param or output that it no longer names
    changes nothing.

    Args:
        stage: The stage as it is now.
        locked: Its entry.
        inputs: Its command, dependencies and params as they are now, in an entry's form.
    """
    if locked.get("cmd") != inputs["cmd"]:
        yield "cmd changed"
    before = {dep["path"]: dep for dep in locked.get("deps", [])}
    for dep in inputs.get("deps", []):
        old = before.get(dep["path"])
        if old is None:
            yield f"{dep['path']} is a new dependency"
        elif _hash(old) != _hash(dep):
            yield f"{dep['path']} changed"
    yield from _param_differences(stage, locked.get("params", {}), inputs.get("params", {}))
    made = {out["path"] for out in locked.get("outs", [])}
    outs = [path_in_entry(stage, out.path) for out in stage.outs]
    yield from (f"{path} is a new output" for path in outs if path not in made)


def _param_differences(stage: Stage, locked: Mapping[str, Any], inputs: Mapping[str, Any]) -> Iterator[str]:
    whole_files = {path_in_entry(stage, file) for file, keys in stage.params.items() if not keys}
    for file, values in inputs.items():
        known = locked.get(file, {})
        for key in [*values, *(known.keys() - values.keys() if file in whole_files else ())]:
            if key not in known or key not in values or _plain(known[key]) != _plain(values[key]):
                yield f"{key}: {known.get(key, '(none)')} → {values.get(key, '(none)')}"


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value  # a params file in Python may have tuples


def _hash(item: Mapping[str, Any]) -> Any:
    """The hash of a dependency: DVC's own, or what the store it is in gives instead."""
    return next((item[name] for name in ("md5", "etag", "checksum") if name in item), None)
