"""Values of params files: what there is, what a stage depends on, and what a run may set instead."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from textwrap import shorten
from typing import Any

from trimtab.config import PARAMS_FILE, load_yaml
from trimtab.errors import ConfigError, StageError, closest
from trimtab.flattening import flatten
from trimtab.pipeline.graph import Stage
from trimtab.pipeline.lock import path_in_entry
from trimtab.pipeline.params.shell_safety import danger_of, holds_control_characters
from trimtab.pipeline.params.value_size import excess_of
from trimtab.yaml_limits import refuse_bomb

SHOWN = 100  # characters of a value in a message
FIXED = "trusted_types"  # what may execute when a model is loaded: only a commit says so (decision 0022)


def check_overrides(
    root: Path, overrides: Mapping[str, Any], *, params: Path | None = None
) -> dict[str, Any]:
    """Check values given for a run against ``params.yaml``.

    Args:
        root: The project's root.
        overrides: Dotted key to value.
        params: Another ``params.yaml`` than the one there.

    Returns:
        Those that differ from what ``params.yaml`` already says; an integer where it holds a number with a
        point comes back as one.

    Raises:
        ConfigError: A key is not in ``params.yaml`` or may not be set, its value there has another type or is
            of another kind, or the value given is too much, or might run something or lead out of the project
            where a command or a path is made of it.
    """
    if not overrides:
        return {}
    refuse_fixed(overrides)
    current = dict(flatten(load_yaml(params or root / PARAMS_FILE), only_addressable=True))
    return {
        key: checked
        for key, value in sorted(overrides.items())
        if (checked := _checked(root, key, value, current)) != current[key]
    }


def is_fixed(key: str) -> bool:
    """Whether only a commit may change a param."""
    return key.rpartition(".")[2] == FIXED


def refuse_fixed(keys: Iterable[str]) -> None:
    """Refuse params that a run may not set.

    Raises:
        ConfigError: One of them is.
    """
    for key in filter(is_fixed, keys):
        raise ConfigError(
            f"The param '{key}' cannot be set for a run: it says what may execute when a model is loaded",
            where=f"{PARAMS_FILE}: {key}",
            fix=f"change it in {PARAMS_FILE}, in a commit that somebody reviews; nothing has been run",
        )


def _checked(root: Path, key: str, value: Any, current: Mapping[str, Any]) -> Any:
    if key not in current:
        raise ConfigError(
            f"There is no param '{key}'{closest(key, current)}",
            where=PARAMS_FILE,
            fix="give a key of params.yaml; nothing has been run",
        )
    excess = excess_of(value)
    if excess:
        raise ConfigError(
            f"The value given for the param '{key}' is too much: {excess}",
            where=f"{PARAMS_FILE}: {key}",
            fix=f"give a smaller one, or write this one into {PARAMS_FILE}; nothing has been run",
        )
    wanted = type(current[key])
    if wanted is float and type(value) is int:
        return float(value)
    if type(value) is not wanted and (current[key] is not None or isinstance(value, list | dict)):
        raise ConfigError(
            f"The param '{key}' cannot be {_shown(value)}: "
            f"it is a {type(value).__name__}, not a {wanted.__name__}",
            where=f"{PARAMS_FILE}: {key} = {_shown(current[key])}",
            fix="give a value of the same type; nothing has been run",
        )
    if isinstance(value, list) and current[key]:
        _check_elements(key, value, current[key])
    danger = danger_of(value, current[key])
    if danger and (holds_control_characters(value) or not _takes_any_text(root, key)):
        raise ConfigError(
            f"The param '{key}' cannot be {_shown(value)}: {danger}",
            where=f"{PARAMS_FILE}: {key} = {_shown(current[key])}",
            fix=f"give another value, write this one into {PARAMS_FILE}, or see docs/forking.md, `any_text`; "
            "nothing has been run",
        )
    return value


def _takes_any_text(root: Path, key: str) -> bool:
    """Whether a stage says, in ``meta: {trimtab: {any_text: [key]}}``, that it puts quotes around a param."""
    from trimtab.pipeline.graph import (
        Project,  # which needs the cache of graphs, and hardly a run does
    )

    if not (root / ".dvc").is_dir():
        return False
    said = [(stage.meta.get("trimtab") or {}).get("any_text") for stage in Project(root).graph().stages]
    return any(key in keys for keys in said if isinstance(keys, list))


def _shown(value: Any) -> str:
    return shorten(repr(value), SHOWN, placeholder="...")


def _check_elements(key: str, value: list[Any], current: list[Any]) -> None:
    known = {type(element) for element in current}
    for element in value:
        if type(element) not in known and not (float in known and type(element) is int):
            raise ConfigError(
                f"The param '{key}' cannot hold {_shown(element)}: it is a {type(element).__name__}",
                where=f"{PARAMS_FILE}: {key} = {_shown(current)}",
                fix="give elements of the types there are; nothing has been run",
            )


def apply_overrides(text: str, overrides: Mapping[str, Any]) -> str:
    """Return the text of a params file with values set, its comments and order kept.

    Args:
        text: Content of ``params.yaml``.
        overrides: Dotted keys, as :func:`check_overrides` returns them.
    """
    from dvc.utils.serialize import dumps_yaml, parse_yaml_for_update

    values = parse_yaml_for_update(text, PARAMS_FILE)
    for key, value in overrides.items():
        *parents, last = key.split(".")
        target = values
        for parent in parents:
            target = target[parent]
        target[last] = value
    return str(dumps_yaml(values))


class ParamsFiles:
    """The params files of a checkout, of every kind DVC reads, each read once while it stays the same.

    Args:
        root: The checkout's root.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._read: dict[str, tuple[tuple[int, int, int], Any]] = {}

    def of(self, stage: Stage) -> dict[str, dict[str, Any]]:
        """Return the params a stage depends on, as an entry has them: file to key to value, in DVC's order.

        Raises:
            StageError: A params file or a key is not there, the file cannot be read, or DVC cannot hash it.
        """
        try:
            files = {path_in_entry(stage, file): self._values(stage, file) for file in stage.params}
            json.dumps(files, sort_keys=True)  # as DVC does, to hash them
        except TypeError as err:
            raise StageError(
                f"DVC cannot hash the params: {err}",
                where=f"stage '{stage.name}', {', '.join(stage.params)}",
                fix="use numbers, texts, lists and mappings; put quotes around a date",
            ) from err
        return {name: files[name] for name in sorted(files, key=lambda name: (name != PARAMS_FILE, name))}

    def _values(self, stage: Stage, file: str) -> dict[str, Any]:
        import dpath

        values, keys = self._load(stage, file), stage.params[file]
        if not keys:
            return {key: values[key] for key in sorted(values)}
        found = {}
        for key in sorted(keys):
            try:
                found[key] = dpath.get(values, key, separator=".")
            except KeyError as err:
                known = dict(flatten(values, only_addressable=True)) if isinstance(values, Mapping) else {}
                raise StageError(
                    f"The param '{key}' is not there{closest(key, known)}",
                    where=f"{file}, stage '{stage.name}'",
                    fix=f"add it to {file}, or take it out of `params`",
                ) from err
        return found

    def _load(self, stage: Stage, file: str) -> Any:
        from dvc.fs import localfs
        from dvc.utils.serialize import ParseError, load_path

        path = self._root / file
        try:
            about = path.stat()
            version = (about.st_mtime_ns, about.st_size, about.st_ino)
            if file not in self._read or self._read[file][0] != version:
                if path.suffix in (".yaml", ".yml"):
                    refuse_bomb(path.read_bytes(), where=str(path))
                self._read[file] = (version, load_path(str(path), localfs))
        except FileNotFoundError as err:
            raise StageError(
                "The params file does not exist", where=f"{file}, stage '{stage.name}'", fix="write it"
            ) from err
        except (ParseError, OSError) as err:
            raise StageError(
                f"The params file cannot be read: {err}", where=f"{file}, stage '{stage.name}'"
            ) from err
        return self._read[file][1]
