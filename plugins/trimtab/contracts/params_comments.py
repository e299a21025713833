"""The contract of ``params.yaml``: each param has a comment, and something reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from trimtab.contracts.checked_project import CheckedProject
from trimtab.contracts.problem import Problem
from trimtab.flattening import flatten
from trimtab.params_file import PARAMS_FILE
from trimtab.params_sections import SECTIONS
from trimtab.pipeline.graph import PIPELINE_FILE, Stage

_QUOTED = re.compile(r"""'[^']*'|"(?:\\.|[^"\\])*\"""")
_COMMENT = re.compile(r"(?:^|\s)#\s*\S")
_REFERENCE = re.compile(r"\$\{\s*([^\s}]+)\s*\}")
_SECTION_OPTION = re.compile(r"--section[ =](\w+)")


def check_params(pipeline: CheckedProject) -> Iterator[Problem]:
    """Yield the params without a comment, and those that nothing reads.

    The comment is what a colleague has beside a number: its unit, its range, what it is for. A param that
    nothing reads changes nothing, and whoever sets it in the trigger form believes that it does.
    """
    sections = _sections_of_the_library(pipeline)
    text = _ParamsText(pipeline)
    used = _used_keys(pipeline)
    for key, _ in flatten(pipeline.params, only_addressable=True):
        if key.partition(".")[0] in sections:
            continue
        where = pipeline.where(PARAMS_FILE, key)
        if not text.has_comment(key):
            yield Problem(
                f"The param '{key}' has no comment", where, "say its unit and its range in its line"
            )
        if used is not None and not any(_is_part(key, other) or _is_part(other, key) for other in used):
            yield Problem(
                f"No stage reads the param '{key}'",
                where,
                "add it, or its section, to `params` of the stage that reads it; or remove it",
            )


def _sections_of_the_library(pipeline: CheckedProject) -> set[str]:
    gates = [stage for stage in pipeline.graph.stages if stage.gate == "model"]
    return {*SECTIONS, *(section for gate in gates for section in _sections_of(gate))}


def _sections_of(gate: Stage) -> set[str]:
    named = {section for command in gate.cmd for section in _SECTION_OPTION.findall(command)}
    return named or {gate.name}


def _used_keys(pipeline: CheckedProject) -> set[str] | None:
    """Return the keys that stages or ``dvc.yaml`` refer to; None if a stage reads the whole file."""
    used: set[str] = set()
    for stage in pipeline.graph.stages:
        keys = stage.params.get(PARAMS_FILE)
        if keys is not None and not keys:
            return None
        used.update(keys or ())
    for file in pipeline.files:
        if file == PIPELINE_FILE or file.endswith(f"/{PIPELINE_FILE}"):
            used.update(_REFERENCE.findall((pipeline.root / file).read_text(encoding="utf-8")))
    return used


def _is_part(key: str, of: str) -> bool:
    """Whether a key is another one, or lies below it. An item of a list is ``key[0]``."""
    return key == of or key.startswith((f"{of}.", f"{of}["))


class _ParamsText:
    """The lines of ``params.yaml``."""

    def __init__(self, pipeline: CheckedProject) -> None:
        path = pipeline.root / PARAMS_FILE
        self._text = path.read_text(encoding="utf-8") if path.is_file() else ""
        self._lines = self._text.splitlines()

    @cached_property
    def _content(self) -> object:
        from ruamel.yaml import YAML

        return YAML(typ="rt").load(self._text)

    def has_comment(self, key: str) -> bool:
        """Whether the line of a key has a comment, or the line above is one."""
        number = self._line_of(key)
        above = self._lines[number - 1].strip() if number else ""
        return bool(_COMMENT.search(_QUOTED.sub("", self._lines[number]))) or above.startswith("#")

    def _line_of(self, key: str) -> int:
        content: object = self._content
        number = 0
        for part in key.split("."):
            mapping: dict[str, object] = content  # type: ignore[assignment]
            number = mapping.lc.key(part)[0]  # type: ignore[attr-defined]
            content = mapping[part]
        return number
