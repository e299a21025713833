"""The lock file ``dvc.lock``: parsed once per content, and written byte for byte as DVC writes it."""

from __future__ import annotations

import contextlib
import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from trimtab.atomic_write import write_text_atomically
from trimtab.json_cache import JsonCache, content_key
from trimtab.pipeline.lock.lock_entry import LockEntry
from trimtab.pipeline.lock.lock_yaml import HEAD, lock_file_text, shares_objects
from trimtab.yaml_limits import MAX_LOCK_BYTES, refuse_bomb

LOCK_FILE = "dvc.lock"
MAX_PARSED_FILES = 20  # in the cache


@dataclass(frozen=True)
class LockFile:
    """The content of a ``dvc.lock``.

    Attributes:
        text: The text; empty if the file does not exist.
        stages: The lock entry of each stage, by its name in that file.
    """

    text: str
    stages: Mapping[str, LockEntry]

    @classmethod
    def read(cls, path: Path, *, cache: Path) -> LockFile:
        """Read a lock file. A file that does not exist has no entries.

        Args:
            path: The file.
            cache: Cache folder for parsed lock files: DVC's YAML reader takes a millisecond a line.
        """
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return cls("", {})
        return cls(text, _parse(text, cache))

    def with_entries(self, entries: Mapping[str, LockEntry], *, cache: Path) -> LockFile:
        """Return the lock file with entries replaced, and new ones added in their order.

        Args:
            entries: Lock entries by name in this file. An unchanged entry that DVC would write again is among
                them: DVC then normalizes a file that a person has edited.
            cache: As for :meth:`read`.
        """
        if not entries:
            return self
        # YAML would write an object that two entries share as an alias.
        copies = {name: copy.deepcopy(entry) for name, entry in entries.items()}
        stages = {**self.stages, **copies}
        before = {name: lock_file_text(name, entry) for name, entry in self.stages.items()}
        is_unshared = not any(map(shares_objects, copies.values()))
        if is_unshared and self.text in ("", HEAD + "".join(before.values())):
            changed = [name for name in entries if self.stages.get(name) != stages[name]]
            text = HEAD + "".join(
                {**before, **{name: lock_file_text(name, stages[name]) for name in changed}}.values()
            )
        else:
            text = _edit(self.text, {name: stages[name] for name in entries})
        _cache_entries(text, stages, cache)
        return LockFile(text, stages)

    def write(self, path: Path) -> None:
        """Write the lock file atomically."""
        write_text_atomically(path, self.text)


def _edit(text: str, changed: Mapping[str, LockEntry]) -> str:
    """Edit a text that DVC has not written, as DVC does: its comments and style stay."""
    from dvc.utils.serialize import dumps_yaml, parse_yaml_for_update

    data = parse_yaml_for_update(text or HEAD, LOCK_FILE)
    data["stages"] = data.get("stages") or {}
    data["stages"].update(changed)
    return str(dumps_yaml(data))


def _parse(text: str, cache: Path) -> dict[str, LockEntry]:
    known = _json_cache(cache).read(content_key(text))
    if isinstance(known, dict):
        return known
    from dvc.utils.serialize import parse_yaml

    refuse_bomb(text, where=LOCK_FILE, largest=MAX_LOCK_BYTES)
    stages: dict[str, LockEntry] = parse_yaml(text, LOCK_FILE).get("stages") or {}
    _cache_entries(text, stages, cache)
    return stages


def _cache_entries(text: str, stages: Mapping[str, LockEntry], cache: Path) -> None:
    """Write the parsed entries to the cache if JSON can represent them."""
    with contextlib.suppress(TypeError, ValueError):
        plain = json.dumps(stages)
        if json.loads(plain) == stages:  # not so with a date, or with a number as a key
            _json_cache(cache).write(content_key(text), plain)


def _json_cache(folder: Path) -> JsonCache:
    return JsonCache(folder, ".json", MAX_PARSED_FILES)
