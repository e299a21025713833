"""Params files: the values that a stage depends on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from trimtab.errors import StageError, closest
from trimtab.flattening import flatten
from trimtab.json_value import JsonValue
from trimtab.params_file import PARAMS_FILE
from trimtab.pipeline.graph import Stage
from trimtab.pipeline.lock import Params, path_in_entry
from trimtab.yaml_limits import refuse_bomb


class ParamsFiles:
    """The params files of a checkout, in every format that DVC reads. An unchanged file is read once.

    Args:
        root: The checkout's root.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._read: dict[str, tuple[tuple[int, int, int], Any]] = {}

    def params_of(self, stage: Stage) -> Params:
        """Return the params that a stage depends on, as a lock entry has them, in DVC's order.

        Raises:
            StageError: A params file or a key does not exist, or DVC cannot read the file or hash a value.
        """
        try:
            files = {path_in_entry(stage, file): self._values(stage, file) for file in stage.params}
            json.dumps(files, sort_keys=True)  # as DVC does, to hash them
        except TypeError as err:
            raise StageError(
                f"DVC cannot hash the params: {err}",
                where=f"stage '{stage.name}', {', '.join(stage.params)}",
                fix="use numbers, texts, lists and mappings; put a date in quotes",
            ) from err
        return {name: files[name] for name in sorted(files, key=lambda name: (name != PARAMS_FILE, name))}

    def _values(self, stage: Stage, file: str) -> dict[str, JsonValue]:
        import dpath

        values, keys = self._load(stage, file), stage.params[file]
        if not keys:
            return {key: values[key] for key in sorted(values)}
        found: dict[str, JsonValue] = {}
        for key in sorted(keys):
            try:
                found[key] = cast(JsonValue, dpath.get(values, key, separator="."))
            except KeyError as err:
                known = dict(flatten(values, only_addressable=True)) if isinstance(values, Mapping) else {}
                raise StageError(
                    f"The param '{key}' does not exist{closest(key, known)}",
                    where=f"{file}, stage '{stage.name}'",
                    fix=f"add it to {file}, or remove it from `params` of the stage",
                ) from err
        return found

    def _load(self, stage: Stage, file: str) -> Any:
        from dvc.fs import localfs
        from dvc.utils.serialize import ParseError, load_path

        path = self._root / file
        try:
            status = path.stat()
            version = (status.st_mtime_ns, status.st_size, status.st_ino)
            if file not in self._read or self._read[file][0] != version:
                if path.suffix in (".yaml", ".yml"):
                    refuse_bomb(path.read_bytes(), where=str(path))
                self._read[file] = (version, load_path(str(path), localfs))
        except FileNotFoundError as err:
            raise StageError(
                "The params file does not exist", where=f"{file}, stage '{stage.name}'", fix="create it"
            ) from err
        except (ParseError, OSError) as err:
            raise StageError(
                f"The params file cannot be read: {err}", where=f"{file}, stage '{stage.name}'"
            ) from err
        return self._read[file][1]
