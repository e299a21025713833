"""Lock entries: a stage's part of ``dvc.lock``.

A lock entry has the command, the params, and the hashes of dependencies and outputs. Tasks exchange lock
entries, a few hundred bytes each, and never data. Paths in a lock entry are relative to the stage's working
directory.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypedDict, cast

from trimtab.flattening import flatten
from trimtab.json_value import JsonValue
from trimtab.pipeline.graph import PIPELINE_FILE, Stage, split_address
from trimtab.pipeline.lock.content import Content, ContentError, is_legacy, validate_content

Params = dict[str, dict[str, JsonValue]]  # params file to key to value


class LockItem(Content):
    """A dependency or an output of a lock entry: its content and its path.

    Attributes:
        path: Relative to the working directory, or a URL or an absolute path.
    """

    path: str


class LockEntry(TypedDict, total=False):
    """The lock entry of a stage, as ``dvc.lock`` has it; empty if the stage has none.

    Attributes:
        cmd: The shell command, or the list of commands.
        deps: The dependencies.
        params: Params file to key to value.
        outs: The outputs.
    """

    cmd: str | list[str]
    deps: list[LockItem]
    params: Params
    outs: list[LockItem]


_KEYS = ("path", "hash", "md5", "etag", "checksum", "size", "nfiles", "isexec")  # in DVC's order


def path_in_entry(stage: Stage, path: str) -> str:
    """Return how a lock entry writes a path of the graph."""
    if path in stage.paths_in_lock or is_external(path):
        return stage.paths_in_lock.get(path, path)
    return posixpath.relpath(path, stage.wdir)


def path_in_graph(stage: Stage, path: str) -> str:
    """Return how the graph writes a path of a lock entry."""
    return path if is_external(path) else posixpath.normpath(posixpath.join(stage.wdir, path))


def is_external(path: str) -> bool:
    """Whether a path is an absolute path or a URL."""
    return posixpath.isabs(path) or "://" in path


def output_contents(stage: Stage, entry: LockEntry) -> dict[str, Content]:
    """Return the contents of a stage's outputs by their paths in the graph.

    A lock entry is untrusted data: it comes from another task or from a cache. So its hashes are validated.
    A path that is no output of the stage is left out.

    Raises:
        ContentError: The lock entry or a hash in it is invalid.
    """
    where = f"lock entry of stage '{stage.name}'"
    try:
        outs = {path_in_graph(stage, out["path"]): without_path(out) for out in entry.get("outs") or []}
    except (KeyError, TypeError, AttributeError) as err:
        raise ContentError(
            "The outputs of the lock entry are not mappings with a path each",
            where=where,
            fix="run the stage again",
        ) from err
    return {out.path: validate_content(outs[out.path], where=where) for out in stage.outs if out.path in outs}


def has_legacy_outputs(entry: LockEntry) -> bool:
    """Whether DVC 2 hashed an output of a lock entry."""
    return any(is_legacy(out) for out in entry.get("outs", []))


def complete_entry(stage: Stage, entry: LockEntry, params: Params) -> LockEntry:
    """Return a lock entry that came from another task, with params and with its keys in DVC's order.

    Args:
        stage: The stage.
        entry: Its lock entry. JSON knows fewer types than YAML, so its params are replaced.
        params: The params of the stage at the revision.

    Raises:
        ContentError: A hash in the lock entry is invalid.
    """
    where = f"lock entry of stage '{stage.name}'"
    items = {
        kind: [validate_content(order_keys(item), where=where) for item in found]
        for kind, found in (("deps", entry.get("deps", [])), ("outs", entry.get("outs", [])))
    }
    values = {**entry, **items, "params": params}
    return cast(LockEntry, {key: values[key] for key in ("cmd", "deps", "params", "outs") if values.get(key)})


def lock_command(stage: Stage) -> str | list[str]:
    """Return the command of a stage as a lock entry has it."""
    return list(stage.cmd) if stage.cmd_is_list else stage.cmd[0]


def without_path(item: Mapping[str, object]) -> Content:
    """Return the content of a dependency or an output, its keys in DVC's order."""
    return cast(Content, {key: value for key, value in order_keys(item).items() if key != "path"})


def order_keys(item: Mapping[str, object]) -> dict[str, object]:
    """Return a dependency or an output with its keys in DVC's order: JSON in PostgreSQL loses the order."""
    return {key: item[key] for key in (*_KEYS, *item) if key in item}


def short_name(stage: str) -> str:
    """Return a stage's name in its own ``dvc.yaml``."""
    return split_address(stage)[1]


def relative_address(stage: str, folder: str) -> str:
    """Return DVC's address of a stage, relative to a folder of the project: ``../dvc.yaml:train``."""
    file = posixpath.relpath(posixpath.join(posixpath.dirname(lock_path(stage)), PIPELINE_FILE), folder)
    return short_name(stage) if file == PIPELINE_FILE else f"{file}:{short_name(stage)}"


def lock_path(stage: str) -> str:
    """Return the path of the ``dvc.lock`` of a stage, relative to the root."""
    return str(Path(split_address(stage)[0]).parent / "dvc.lock")


def differences(stage: Stage, locked: LockEntry, inputs: LockEntry) -> Iterator[str]:
    """Yield what has changed since a lock entry, as sentences for a person.

    As in DVC, only what the stage declares now counts. A dependency, param or output that it no longer
    declares is no change.

    Args:
        stage: The stage as it is now.
        locked: Its lock entry.
        inputs: Its command, dependencies and params as they are now, as a lock entry without outputs.
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
    known = {out["path"] for out in locked.get("outs", [])}
    outs = [path_in_entry(stage, out.path) for out in stage.outs]
    yield from (f"{path} is a new output" for path in outs if path not in known)


def _param_differences(
    stage: Stage, locked: Mapping[str, Mapping[str, object]], inputs: Mapping[str, Mapping[str, object]]
) -> Iterator[str]:
    whole_files = {path_in_entry(stage, file) for file, keys in stage.params.items() if not keys}
    for file, values in inputs.items():
        known = locked.get(file, {})
        for key in [*values, *(known.keys() - values.keys() if file in whole_files else ())]:
            if key not in known or key not in values or _as_json(known[key]) != _as_json(values[key]):
                yield from _changed_values(key, known, values)


def _changed_values(key: str, known: Mapping[str, object], values: Mapping[str, object]) -> Iterator[str]:
    """Yield the changed values of a param; of a section, each with a key of its own."""
    before, after = (
        dict(flatten(cast("JsonValue", side[key]), key)) if key in side else {} for side in (known, values)
    )
    changed = [
        each
        for each in {**before, **after}
        if each not in before or each not in after or _as_json(before[each]) != _as_json(after[each])
    ]
    for each in changed:
        yield f"{each}: {_param_text(before, each)} → {_param_text(after, each)}"
    if not changed:  # an empty section came or went
        yield f"{key} changed"


def _param_text(values: Mapping[str, JsonValue], key: str) -> str:
    if key not in values:
        return "(none)"
    value = values[key]
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _as_json(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value  # a params file in Python may have tuples


def _hash(item: Mapping[str, object]) -> object:
    """Return the hash of a dependency: DVC's own, or that of the store it is in."""
    return next((item[name] for name in ("md5", "etag", "checksum") if name in item), None)
