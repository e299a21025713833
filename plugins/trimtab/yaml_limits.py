"""How much a YAML text becomes once it is read: a few lines of aliases can fill any memory."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from trimtab.errors import ConfigError

LARGEST = 2_000_000  # bytes of a file that people write; reading so much takes a minute
LARGEST_LOCK = 64_000_000  # bytes of a lock file: one of 4,000 stages has two million
DEEPEST = 100  # mappings and lists in one another
TOO_LARGE = "The YAML file is too large to be read"
SMALLER = "write a smaller file, without aliases"
COPIED = 1_000_000  # characters that aliases may add


def refuse_bomb(text: bytes | str, *, where: str, largest: int = LARGEST) -> None:
    """Refuse a text that becomes something huge when YAML is read from it; other errors are the reader's.

    Args:
        text: Of a file, as it is.
        where: For the message: the file.
        largest: How long it may be.

    Raises:
        ConfigError: It is too long, nested too deeply, or aliases make too much of it.
    """
    wrong = f"it has {len(text):,} bytes, more than {largest:,}" if len(text) > largest else _growth(text)
    if wrong:
        raise ConfigError(
            f"{TOO_LARGE}: {wrong}",
            where=where,
            fix=SMALLER,
        )


def _growth(text: bytes | str) -> str:
    """Say what makes too much of a text."""
    import yaml

    try:
        return _counted(yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    except (yaml.YAMLError, UnicodeError):  # of YAML 1.1, or no YAML at all
        return _counted_as_read(text)


def _counted_as_read(text: bytes | str) -> str:
    from ruamel.yaml import YAML, YAMLError

    try:
        return _counted(YAML(typ="safe", pure=True).parse(text))
    except (YAMLError, UnicodeError):  # as the reader will say
        return ""


def _counted(events: Iterable[Any]) -> str:
    """Count characters, those of an alias as often as it stands there, without making any of it."""
    sizes: dict[str, int] = {}
    open_: list[tuple[str | None, int]] = []
    size = copied = 0
    for event in events:
        kind = type(event).__name__
        if kind in ("MappingStartEvent", "SequenceStartEvent"):
            open_.append((event.anchor, size))
            size += 1
            if len(open_) > DEEPEST:
                return f"more than {DEEPEST} mappings and lists are in one another"
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            anchor, before = open_.pop()
            if anchor:
                sizes[anchor] = size - before
        elif kind == "ScalarEvent":
            size += len(event.value) + 1
            if event.anchor:
                sizes[event.anchor] = len(event.value) + 1
        elif kind == "AliasEvent":
            if event.anchor in (anchor for anchor, _ in open_):
                return f"the alias '{event.anchor[:20]}' is in what it stands for"
            more = sizes.get(event.anchor, 1)
            size, copied = size + more, copied + more
            if copied > COPIED:
                return f"aliases add more than {COPIED:,} characters"
    return ""
