"""A check that an override is safe in a shell command and in a path.

Templating may put a param into a command or a path. The person who triggers a run did not write the command.
So a text must be one word that a shell needs no quotes for, and of the same kind as in the params file.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime

from trimtab.pipeline.lock import RESERVED_FOLDERS

MAX_LENGTH = 1000  # characters of a text
# Allowed besides letters and digits: always, or if the text in the params file has them. None is special in a
# shell.
_ALWAYS, _IF_CURRENT = set("._-"), set("@%+=:,/")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?")
_DATE = re.compile(r"[0-9][0-9T:+.Z-]*")
_ABSOLUTE = re.compile(r"(^|[@%+=:,])/")
_SEPARATORS = re.compile(r"[@%+=:,/]")


def find_danger(value: object, current: object) -> str:
    """Return why a value is not safe; empty if it is.

    | the params file has | a run may set |
    |---|---|
    | a date, a number | another date, another number |
    | a word or a path | letters, digits, `.`, `_`, `-` and those of `@%+=:,/` that the current text has |
    | an absolute path, a path with `..`, a URL | another one in the same folder |
    | anything else, such as a sentence | one word |

    Args:
        value: The override, of any type. Texts in lists and mappings are checked too.
        current: The value in the params file. A text may be of the kind of any text in it.
    """
    known = list(_texts(current))
    for text in _texts(value):
        if text not in known:
            dangers = [_danger(text, other) for other in known or [""]]
            if all(dangers):
                return dangers[0]
    return ""


def has_control_characters(value: object) -> bool:
    """Whether a text has control characters other than line ends and tabs."""
    return not all(
        character.isprintable() or character in "\n\r\t" for text in _texts(value) for character in text
    )


def _danger(text: str, known: str) -> str:
    if len(text) > MAX_LENGTH:
        return f"it has {len(text):,} characters, more than {MAX_LENGTH:,}"
    if _is_date(known):
        return "" if _is_date(text) else "it is not a date"
    if _NUMBER.fullmatch(known) and not (text.startswith("-") and not known.startswith("-")):
        return "" if _NUMBER.fullmatch(text) else "it is not a number"
    return _path_danger(text, known) or _word_danger(text, known)


def _word_danger(text: str, known: str) -> str:
    if text.startswith("-"):
        return "it begins with a dash, like a command option"
    if not text:
        return "it is empty"
    allowed = _ALWAYS | (_IF_CURRENT & set(known))
    strange = {character for character in text if not character.isalnum()} - allowed
    if strange and all(map(str.isspace, strange)):
        return "it is more than one word"
    if strange:
        return f"{' '.join(map(ascii, sorted(strange)))} may be special in a shell"
    if unicodedata.normalize("NFKC", text) != text:
        return "it has characters that look like other characters"
    if not (text[0].isalnum() or text[0] in ("_", known[:1])):
        return f"it begins with {text[0]!r}"
    if any(part.startswith("-") and not _NUMBER.fullmatch(part) for part in _SEPARATORS.split(text)):
        return "a part of it begins with a dash, like a command option"
    return ""


def _path_danger(text: str, known: str) -> str:
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
    if any(part.lower() in RESERVED_FOLDERS for part in parts):
        return "it leads into a folder of git or DVC"
    return ""


def _is_date(text: str) -> bool:
    if not _DATE.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(key)
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)
