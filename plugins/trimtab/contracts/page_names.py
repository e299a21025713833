"""The contract of a pipeline's docs: what they name exists.

Only a name that can be nothing else is checked: a command, a path below a folder that exists, a param of a
section that exists, an id of a DAG of this pipeline. Anything else may be the name of something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from trimtab.contracts.checked_project import CheckedProject
from trimtab.contracts.known_names import KnownNames
from trimtab.contracts.problem import Problem
from trimtab.template import read_ownership

_FENCE = re.compile(
    r"^(?P<mark>```+|~~~+) *(?P<language>[\w-]*)[^\n]*\n(?P<code>.*?)^(?P=mark) *$", re.M | re.S
)
_SPAN = re.compile(r"(?<!`)(?P<ticks>`+)(?P<code>[^`\n]+)(?P=ticks)(?!`)")
_SHELLS = {"bash", "console", "sh", "shell"}


@dataclass(frozen=True)
class _Span:
    """Code in a page.

    Attributes:
        line: The number of its line.
        code: The text.
        is_command: Whether it is a line of a shell.
    """

    line: int
    code: str
    is_command: bool = False


def check_page_names(pipeline: CheckedProject) -> Iterator[Problem]:
    """Yield what a Markdown file of the pipeline names and does not exist.

    A reader who types a command of the docs, or looks for a param of the docs, has to find it.
    """
    names = KnownNames(pipeline)
    for file in _pages(pipeline):
        text = (pipeline.root / file).read_text(encoding="utf-8")
        for span in _spans(text):
            for what, fix in names.missing(span.code, is_command=span.is_command):
                yield Problem(
                    f"{what}: `{span.code}`",
                    pipeline.where(f"{file}, line {span.line}"),
                    f"{fix}; or correct the page",
                )


def _pages(pipeline: CheckedProject) -> Iterator[str]:
    """Yield the Markdown files of the pipeline that are the project's own."""
    ownership = read_ownership()
    for file in pipeline.files:
        path = (pipeline.root / file).relative_to(pipeline.top).as_posix()
        if file.endswith(".md") and ownership.owner(path) == "fork":
            yield file


def _spans(text: str) -> Iterator[_Span]:
    """Yield the code spans of a page, and the lines of its shell blocks."""
    for fence in _FENCE.finditer(text):
        if fence["language"] in _SHELLS:
            first = text.count("\n", 0, fence.start("code")) + 1
            for offset, line in enumerate(fence["code"].splitlines()):
                command = line.partition(" #")[0].strip().removeprefix("$ ")
                yield _Span(first + offset, command, is_command=True)
    prose = _FENCE.sub(lambda fence: "\n" * fence[0].count("\n"), text)
    for span in _SPAN.finditer(prose):
        yield _Span(prose.count("\n", 0, span.start()) + 1, span["code"].strip())
