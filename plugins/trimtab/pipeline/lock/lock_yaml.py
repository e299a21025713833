"""The text of a lock entry, as DVC's YAML writer has it.

That writer takes milliseconds an entry. Most entries hold nothing but short plain text, hashes and numbers,
whose YAML is plain too: it is put together here. Any other entry goes through DVC's writer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from trimtab.pipeline.lock.lock_entry import Entry

HEAD = "schema: '2.0'\nstages:\n"
WIDTH = 79  # longer lines are folded
# Text that starts with a letter, holds no mark of YAML and is none of its words.
_PLAIN = re.compile(r"(?!.*(: |:$| #|  | $))[A-Za-z_/][\x20-\x7e]*")
_WORDS = re.compile(r"(?i:null|true|false|yes|no|on|off|y|n)")
_HASH = re.compile(r"(?!\d+e\d+$|0b)(?=\d*[a-f])[0-9a-f]{32}(\.dir)?")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


class _NotPlainError(ValueError):
    """Something that DVC's writer has to write."""


def text_of(name: str, entry: Entry) -> str:
    """Return the lines of one stage in ``dvc.lock``.

    Args:
        name: The stage's name in that file.
        entry: Its entry.
    """
    try:
        if shares(entry):
            raise _NotPlainError
        return "".join(_mapping({name: entry}, "  "))
    except _NotPlainError:
        from dvc.utils.serialize import dumps_yaml

        return str(dumps_yaml({"stages": {name: entry}})).removeprefix("stages:\n")


def entry_text(entry: Entry) -> str:
    """Return an entry as a file of its own, as DVC's run cache keeps it."""
    try:
        if shares(entry):
            raise _NotPlainError
        return "".join(_mapping(entry, ""))
    except _NotPlainError:
        from dvc.utils.serialize import dumps_yaml

        return str(dumps_yaml(entry))


def _mapping(values: Mapping[Any, Any], pad: str) -> Iterator[str]:
    for key, value in values.items():
        head = f"{pad}{_plain(key)}:"
        if isinstance(value, Mapping) and value:
            yield f"{head}\n"
            yield from _mapping(value, f"{pad}  ")
        elif isinstance(value, list) and value:
            yield f"{head}\n"
            yield from _sequence(value, pad)
        else:
            yield _line(f"{head} {_scalar(value)}")


def _sequence(values: list[Any], pad: str) -> Iterator[str]:
    for value in values:
        if isinstance(value, Mapping) and value:
            first, *rest = _mapping(value, f"{pad}  ")
            yield f"{pad}- {first[len(pad) + 2 :]}"
            yield from rest
        else:
            yield _line(f"{pad}- {_scalar(value)}")


def _line(text: str) -> str:
    if len(text) > WIDTH:
        raise _NotPlainError
    return f"{text}\n"


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float) and _NUMBER.fullmatch(repr(value)):
        return repr(value)
    if isinstance(value, str) and _HASH.fullmatch(value):
        return value
    return _plain(value)


def _plain(value: Any) -> str:
    if not isinstance(value, str) or not _PLAIN.fullmatch(value) or _WORDS.fullmatch(value):
        raise _NotPlainError
    return value


def shares(entry: Entry) -> bool:
    """Whether two places hold the same object, which YAML writes once."""
    pending: list[Any] = [entry]
    seen = set[int]()
    while pending:
        value = pending.pop()
        if isinstance(value, Mapping | list):
            if id(value) in seen:
                return True
            seen.add(id(value))
            pending.extend(value.values() if isinstance(value, Mapping) else value)
    return False
