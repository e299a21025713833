"""The Python files that the commands of a stage run."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

from trimtab.extension import module_file

_PYTHON = re.compile(r"(?:.*/)?python[\d.]*")
_WITH_VALUE = {"-W", "-X"}  # options of the interpreter that the next word belongs to
_OPERATORS = frozenset("();<>|&\n")


def python_files(command: str, folder: Path) -> Iterator[tuple[Path, Path]]:
    """Yield each Python file that a shell command runs, and the folder that its imports start from.

    ``python script.py`` and ``python -m module`` are found. A command that a variable or another script hides
    is not.

    Args:
        command: The command of a stage.
        folder: Its working directory.
    """
    for words in _simple_commands(command):
        program = next((place for place, word in enumerate(words) if _PYTHON.fullmatch(word)), None)
        if program is not None:
            yield from _python_file(words[program + 1 :], folder)


def _python_file(words: Sequence[str], folder: Path) -> Iterator[tuple[Path, Path]]:
    rest = iter(words)
    for word in rest:
        if word == "-m":
            file = module_file(next(rest, ""), folder)
            if file and file.name == "__init__.py":
                file = file.with_name("__main__.py")
            if file and file.is_file():
                yield file, folder
            return
        if word == "-c":
            return
        if word in _WITH_VALUE:
            next(rest, None)
        elif not word.startswith("-"):
            script = folder / word
            if script.is_file():
                yield script, script.parent
            return


def _simple_commands(command: str) -> Iterator[list[str]]:
    """Yield the words of each command between the operators of the shell."""
    lexer = shlex.shlex(command, posix=True, punctuation_chars="();<>|&\n")
    lexer.whitespace_split, lexer.whitespace, lexer.commenters = True, " \t\r", ""
    words: list[str] = []
    try:
        for word in lexer:
            if set(word) <= _OPERATORS:
                yield words
                words = []
            else:
                words.append(word)
    except ValueError:  # a quote that the shell closes by its own rules
        return
    yield words
