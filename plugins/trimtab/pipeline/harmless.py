"""Whether a text given for a run may take the place of one in a params file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

_SHELL = set(";&|<>$`\\\"'(){}[]*?!#~\n\r")  # what a shell does not take literally
_ABSOLUTE = re.compile(r"^(/|~|[A-Za-z]:[\\/])")
_UPWARDS = re.compile(r"(^|[/\\])\.\.([/\\]|$)")


def danger_of(value: Any, current: Any) -> str:
    """Return what makes a value dangerous, or nothing.

    Templating may put a param into a command or a path. So a text may hold what means something to a shell,
    or lead out of the project, only as far as the one in the params file does.

    Args:
        value: The value given, of any type; texts in lists and mappings are looked at too.
        current: The value it replaces.
    """
    known = " ".join(_texts(current))
    for text in _texts(value):
        shell = sorted(_SHELL & set(text) - set(known))
        if shell:
            return f"{' '.join(map(repr, shell))} may mean something to a shell"
        if not all(character.isprintable() or character in "\n\r\t" for character in text):
            return "it holds control characters"
        if _UPWARDS.search(text) and not _UPWARDS.search(known):
            return "'..' leads out of the project"
        if _ABSOLUTE.match(text) and not any(map(_ABSOLUTE.match, _texts(current))):
            return "an absolute path leads out of the project"
    return ""


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(key)
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)
