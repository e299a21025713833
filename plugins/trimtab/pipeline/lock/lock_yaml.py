"""The YAML text of lock entries, byte for byte as DVC writes it.

DVC's YAML writer takes milliseconds an entry. Most entries have only short simple text, hashes and numbers.
Their YAML is simple too, and this module writes it. DVC's writer writes all other entries.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from trimtab.pipeline.lock.lock_entry import LockEntry

HEAD = "schema: '2.0'\nstages:\n"
WIDTH = 79  # DVC folds longer lines
# Text that starts with a letter, has no indicator of YAML and is no keyword of YAML.
_SIMPLE_TEXT = re.compile(r"(?!.*(: |:$| #|  | $))[A-Za-z_/][\x20-\x7e]*")
_KEYWORDS = re.compile(r"(?i:null|true|false|yes|no|on|off|y|n)")
_HASH = re.compile(r"(?!\d+e\d+$|0b)(?=\d*[a-f])[0-9a-f]{32}(\.dir)?")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


class _NotSimpleError(ValueError):
    """A value that DVC's writer must write."""


def lock_file_text(name: str, entry: LockEntry) -> str:
    """Return the lines of a stage in ``dvc.lock``.

    Args:
        name: The stage's name in that file.
        entry: Its lock entry.
    """
    try:
        if shares_objects(entry):
            raise _NotSimpleError
        return "".join(_mapping({name: entry}, "  "))
    except _NotSimpleError:
        from dvc.utils.serialize import dumps_yaml

        return str(dumps_yaml({"stages": {name: entry}})).removeprefix("stages:\n")


def entry_text(entry: LockEntry) -> str:
    """Return the text of a lock entry as a file of its own, as in DVC's run cache."""
    try:
        if shares_objects(entry):
            raise _NotSimpleError
        return "".join(_mapping(entry, ""))
    except _NotSimpleError:
        from dvc.utils.serialize import dumps_yaml

        return str(dumps_yaml(entry))


def _mapping(values: Mapping[str, object], pad: str) -> Iterator[str]:
    for key, value in values.items():
        head = f"{pad}{_simple_text(key)}:"
        if isinstance(value, Mapping) and value:
            yield f"{head}\n"
            yield from _mapping(value, f"{pad}  ")
        elif isinstance(value, list) and value:
            yield f"{head}\n"
            yield from _sequence(value, pad)
        else:
            yield _line(f"{head} {_scalar(value)}")


def _sequence(values: list[object], pad: str) -> Iterator[str]:
    for value in values:
        if isinstance(value, Mapping) and value:
            first, *rest = _mapping(value, f"{pad}  ")
            yield f"{pad}- {first[len(pad) + 2 :]}"
            yield from rest
        else:
            yield _line(f"{pad}- {_scalar(value)}")


def _line(text: str) -> str:
    if len(text) > WIDTH:
        raise _NotSimpleError
    return f"{text}\n"


def _scalar(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float) and _NUMBER.fullmatch(repr(value)):
        return repr(value)
    if isinstance(value, str) and _HASH.fullmatch(value):
        return value
    return _simple_text(value)


def _simple_text(value: object) -> str:
    if not isinstance(value, str) or not _SIMPLE_TEXT.fullmatch(value) or _KEYWORDS.fullmatch(value):
        raise _NotSimpleError
    return value


def shares_objects(entry: LockEntry) -> bool:
    """Whether an object occurs twice in a lock entry. YAML writes it once, and an alias."""
    pending: list[object] = [entry]
    seen = set[int]()
    while pending:
        value = pending.pop()
        if isinstance(value, Mapping | list):
            if id(value) in seen:
                return True
            seen.add(id(value))
            pending.extend(value.values() if isinstance(value, Mapping) else value)
    return False
