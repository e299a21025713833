"""Size limits of YAML texts: a few lines of nested aliases expand to more than any memory (a YAML bomb)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from trimtab.errors import ConfigError

MAX_YAML_BYTES = 2_000_000  # bytes of a file that people write; DVC reads so much in a minute
MAX_LOCK_BYTES = 64_000_000  # bytes of a lock file; that of 4,000 stages has two million
MAX_DEPTH = 100  # of nested mappings and lists
TOO_LARGE = "The YAML file is too large to be read"
WRITE_SMALLER_FILE = "write a smaller file, without aliases"
MAX_ALIAS_CHARACTERS = 1_000_000  # that all aliases together may add


def refuse_bomb(text: bytes | str, *, where: str, largest: int = MAX_YAML_BYTES) -> None:
    """Check that a YAML text is small once it is parsed. A syntax error is left to the parser.

    Args:
        text: The text of the file.
        where: The file, for the message.
        largest: The maximum number of bytes.

    Raises:
        ConfigError: The text is too long, nested too deeply, or its aliases expand to too much text.
    """
    problem = (
        f"it has {len(text):,} bytes, more than {largest:,}" if len(text) > largest else _find_growth(text)
    )
    if problem:
        raise ConfigError(
            f"{TOO_LARGE}: {problem}",
            where=where,
            fix=WRITE_SMALLER_FILE,
        )


def _find_growth(text: bytes | str) -> str:
    """Return why a text is too large once it is parsed; empty if it is not."""
    import yaml

    try:
        return _measure(yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    except (yaml.YAMLError, UnicodeError):  # YAML 1.2 only, or not YAML
        return _measure_yaml_1_2(text)


def _measure_yaml_1_2(text: bytes | str) -> str:
    from ruamel.yaml import YAML, YAMLError

    try:
        return _measure(YAML(typ="safe", pure=True).parse(text))
    except (YAMLError, UnicodeError):  # the parser reports it
        return ""


def _measure(events: Iterable[Any]) -> str:
    """Measure the parsed size from the events of the parser: aliases count, but are never expanded."""
    sizes: dict[str, int] = {}
    open_: list[tuple[str | None, int]] = []
    size = copied = 0
    for event in events:
        kind = type(event).__name__
        if kind in ("MappingStartEvent", "SequenceStartEvent"):
            open_.append((event.anchor, size))
            size += 1
            if len(open_) > MAX_DEPTH:
                return f"its mappings and lists are nested more than {MAX_DEPTH} levels deep"
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
                return f"the alias '{event.anchor[:20]}' is part of its own anchor"
            more = sizes.get(event.anchor, 1)
            size, copied = size + more, copied + more
            if copied > MAX_ALIAS_CHARACTERS:
                return f"its aliases add more than {MAX_ALIAS_CHARACTERS:,} characters"
    return ""
