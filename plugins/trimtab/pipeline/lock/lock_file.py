"""``dvc.lock``: read once per content, and written to the byte as DVC writes it."""

from __future__ import annotations

import contextlib
import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from trimtab.atomic_write import write_text_atomically
from trimtab.json_cache import JsonCache, content_key
from trimtab.pipeline.lock.lock_entry import Entry
from trimtab.pipeline.lock.lock_yaml import HEAD, shares, text_of
from trimtab.yaml_limits import LARGEST_LOCK, refuse_bomb

NAME = "dvc.lock"
KEPT = 20  # parsed contents


@dataclass(frozen=True)
class LockFile:
    """One ``dvc.lock``.

    Attributes:
        text: What is in it; empty if there is none.
        stages: The entry of each stage, by its name in that file.
    """

    text: str
    stages: Mapping[str, Entry]

    @classmethod
    def read(cls, path: Path, *, cache: Path) -> LockFile:
        """Read a lock file; one that is not there holds nothing.

        Args:
            path: The file.
            cache: Folder that keeps what was parsed, by content: YAML takes a millisecond a line.
        """
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return cls("", {})
        return cls(text, _parsed(text, cache))

    def with_entries(self, entries: Mapping[str, Entry], *, cache: Path) -> LockFile:
        """Return it with entries replaced, and new ones added in their order.

        Args:
            entries: By name in this file; params as they are read from their files. Also those that are in it
                already, if DVC would write them again: in a file that a person has edited, that is seen.
            cache: As for :meth:`read`.
        """
        if not entries:
            return self
        copies = {name: copy.deepcopy(entry) for name, entry in entries.items()}  # what two share is no alias
        stages = {**self.stages, **copies}
        before = {name: text_of(name, entry) for name, entry in self.stages.items()}
        plain = not any(map(shares, copies.values()))
        if plain and self.text in ("", HEAD + "".join(before.values())):
            changed = [name for name in entries if self.stages.get(name) != stages[name]]
            text = HEAD + "".join(
                {**before, **{name: text_of(name, stages[name]) for name in changed}}.values()
            )
        else:
            text = _edited(self.text, {name: stages[name] for name in entries})
        _remember(text, stages, cache)
        return LockFile(text, stages)

    def write(self, path: Path) -> None:
        """Write the lock file atomically."""
        write_text_atomically(path, self.text)


def _edited(text: str, changed: Mapping[str, Entry]) -> str:
    """Do as DVC does with a file that is not as it would write it: keep comments and style."""
    from dvc.utils.serialize import dumps_yaml, parse_yaml_for_update

    data = parse_yaml_for_update(text or HEAD, NAME)
    data["stages"] = data.get("stages") or {}
    data["stages"].update(changed)
    return str(dumps_yaml(data))


def _parsed(text: str, cache: Path) -> dict[str, Entry]:
    known = _json_cache(cache).read(content_key(text))
    if isinstance(known, dict):
        return known
    from dvc.utils.serialize import parse_yaml

    refuse_bomb(text, where=NAME, largest=LARGEST_LOCK)
    stages: dict[str, Entry] = parse_yaml(text, NAME).get("stages") or {}
    _remember(text, stages, cache)
    return stages


def _remember(text: str, stages: Mapping[str, Entry], cache: Path) -> None:
    """Keep what a text says, if JSON can say it too; a cache that cannot be written costs time only."""
    with contextlib.suppress(TypeError, ValueError):
        plain = json.dumps(stages)
        if json.loads(plain) == stages:  # not so with a date, or with a number as a key
            _json_cache(cache).write(content_key(text), plain)


def _json_cache(folder: Path) -> JsonCache:
    return JsonCache(folder, ".json", KEPT)
