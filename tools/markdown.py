"""Docstrings and help texts as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable

ROLE = re.compile(r":\w+:`~?(?:[\w.]*\.)?(\w+)`")


def inline(text: str) -> str:
    """Return a text of a docstring as one line of Markdown."""
    parts = re.split(r"(`[^`]+`)", " ".join(ROLE.sub(r"`\1`", text.replace("``", "`")).split()))
    return "".join(part if part.startswith("`") else re.sub(r"([<*_\[])", r"\\\1", part) for part in parts)


def word(text: str) -> str:
    """Return a word of code; an empty one stays empty."""
    return f"`{text}`" if text else ""


def words(texts: Iterable[str]) -> str:
    """Return words of code, separated by commas."""
    return ", ".join(map(word, texts))


def shell(command: str) -> str:
    """Return a block with a command of the shell."""
    return f"```sh\n{command}\n```"


def table(*rows: Iterable[str]) -> str:
    """Return a table, whose first row is its head. A column without any text is left out."""
    columns = [column for column in zip(*rows, strict=True) if any(column[1:])]
    head, *others = zip(*columns, strict=True)
    lines = [head, ("---",) * len(head), *others]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
