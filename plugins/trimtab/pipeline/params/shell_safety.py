"""Whether a text given for a run may take the place of one in a params file.

Templating may put a param into a command or a path. Whoever triggers a run is not who wrote the command. So
what they give is one word that needs no quotes, of the kind that the params file has.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from trimtab.pipeline.lock import OWN

LONGEST = 1000  # characters of a text
_ALWAYS, _IF_KNOWN = set("._-"), set("@%+=:,/")  # beside letters and digits; no shell knows any of them
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?")
_DATE = re.compile(r"[0-9][0-9T:+.Z-]*")
_ABSOLUTE = re.compile(r"(^|[@%+=:,])/")
_SEPARATORS = re.compile(r"[@%+=:,/]")


def danger_of(value: Any, current: Any) -> str:
    """Return what makes a value dangerous, or nothing.

    | the params file has | a run may give |
    |---|---|
    | a date, a number | another one |
    | a word or a path | letters, digits, `.`, `_`, `-` and those of `@%+=:,/` that are there already |
    | an absolute path, one with `..`, a URL | another one in the same folder |
    | anything else, such as a sentence | one word |

    Args:
        value: The value given, of any type; texts in lists and mappings are looked at too.
        current: The value it replaces: each text may be of the kind of any text in it.
    """
    known = list(_texts(current))
    for text in _texts(value):
        if text not in known:
            dangers = [_danger(text, other) for other in known or [""]]
            if all(dangers):
                return dangers[0]
    return ""


def holds_control_characters(value: Any) -> bool:
    """Whether a text holds what a terminal or a C program takes for an order, line ends excepted."""
    return not all(
        character.isprintable() or character in "\n\r\t" for text in _texts(value) for character in text
    )


def _danger(text: str, known: str) -> str:
    if len(text) > LONGEST:
        return f"it has {len(text):,} characters, more than {LONGEST:,}"
    if _is_date(known):
        return "" if _is_date(text) else "it is no date"
    if _NUMBER.fullmatch(known) and not (text.startswith("-") and not known.startswith("-")):
        return "" if _NUMBER.fullmatch(text) else "it is no number"
    return _of_path(text, known) or _of_word(text, known)


def _of_word(text: str, known: str) -> str:
    if text.startswith("-"):
        return "it begins with a dash, as options of commands do"
    if not text:
        return "it is empty"
    allowed = _ALWAYS | (_IF_KNOWN & set(known))
    strange = {character for character in text if not character.isalnum()} - allowed
    if strange and all(map(str.isspace, strange)):
        return "it is more than one word"
    if strange:
        return f"{' '.join(map(ascii, sorted(strange)))} may mean something to a shell"
    if unicodedata.normalize("NFKC", text) != text:
        return "it holds characters that look like others"
    if not (text[0].isalnum() or text[0] in ("_", known[:1])):
        return f"it begins with {text[0]!r}"
    if any(part.startswith("-") and not _NUMBER.fullmatch(part) for part in _SEPARATORS.split(text)):
        return "a part of it begins with a dash, as options of commands do"
    return ""


def _of_path(text: str, known: str) -> str:
    parts = _SEPARATORS.split(text)
    if _ABSOLUTE.search(known) or ".." in _SEPARATORS.split(known):
        folder = known.rpartition("/")[0] + "/"
        rest = _SEPARATORS.split(text.removeprefix(folder))
        beside = text.startswith(folder) and ".." not in rest and folder != "/"
        return "" if beside else f"it leads out of the folder {folder}"
    if ".." in parts:
        return "'..' leads out of the project"
    if _ABSOLUTE.search(text):
        return "an absolute path, or a URL, leads out of the project"
    if any(part.lower() in OWN for part in parts):
        return "it leads into a folder of git's or DVC's own"
    return ""


def _is_date(text: str) -> bool:
    if not _DATE.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


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
