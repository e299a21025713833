"""Expectation suites as data, in Great Expectations' own terms.

Great Expectations drops an unknown expectation with a log line, and the emptied suite passes. Here an unknown
key, expectation or argument is refused before a row is read.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from trimtab.config import Params, parse_params
from trimtab.errors import ConfigError
from trimtab.gate_report import Severity
from trimtab.params_file import load_yaml


class Expectation(Params):
    """One entry of a suite.

    Attributes:
        tags: Free words, shown in the report.
        each_file: Whether it is evaluated on every file of a folder separately, not on all files together.
    """

    type: str = Field(min_length=1)
    kwargs: dict[str, object] = Field(default_factory=dict)
    severity: Severity = "critical"
    notes: str | list[str] = ""
    tags: list[str] = Field(default_factory=list)
    each_file: bool = False
    description: str | None = None
    meta: dict[str, object] | None = None
    id: str | None = None


class _SuiteFile(Params):
    name: str = Field(min_length=1)
    expectations: list[dict[str, object]] = Field(min_length=1)
    modules: list[str] = Field(default_factory=list)
    sensitive: list[str] = Field(default_factory=list)
    on_failure: Literal["stop", "quarantine"] = "stop"
    max_quarantined: float | None = Field(default=None, gt=0, lt=1)
    notes: str | list[str] | None = None
    meta: dict[str, object] | None = None
    id: str | None = None

    @model_validator(mode="after")
    def _quarantine_has_a_limit(self) -> Self:
        if (self.on_failure == "quarantine") != (self.max_quarantined is not None):
            raise ValueError("on_failure: quarantine and max_quarantined, a share of the rows, go together")
        return self


@dataclass(frozen=True, slots=True)
class Suite:
    """An expectation suite.

    Attributes:
        path: The file of the suite.
        expectations: At least one expectation, without duplicates.
        modules: Modules of the project that define custom expectations.
        sensitive: Columns whose values must not be shown.
        max_quarantined: Share of the rows that may be quarantined; None if a failure stops the pipeline.
    """

    path: Path
    name: str
    expectations: tuple[Expectation, ...]
    modules: tuple[str, ...] = ()
    sensitive: tuple[str, ...] = ()
    max_quarantined: float | None = None

    def position(self, index: int) -> str:
        """Return the file and the number of an expectation, for a message."""
        return f"{self.path}: expectation {index + 1} of {len(self.expectations)}"

    def hides(self, entry: Expectation) -> bool:
        """Whether an expectation names a sensitive column in its arguments."""
        named = json.dumps(entry.kwargs, default=str, ensure_ascii=False)
        return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", named) for name in self.sensitive)


def load_suite(path: Path) -> Suite:
    """Load a suite from a YAML or JSON file, without importing Great Expectations.

    Raises:
        ConfigError: The file is missing or broken, the suite is empty, a key or severity is unknown, or an
            expectation is a duplicate.
    """
    content = _load_json(path) if path.suffix == ".json" else load_yaml(path)
    file = parse_params(_SuiteFile, content, where=str(path))
    total = len(file.expectations)
    entries = tuple(
        parse_params(Expectation, entry, where=f"{path}: expectation {number} of {total}")
        for number, entry in enumerate(file.expectations, start=1)
    )
    suite = Suite(path, file.name, entries, tuple(file.modules), tuple(file.sensitive), file.max_quarantined)
    _refuse_doubles(suite)
    return suite


def _load_json(path: Path) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as err:
        raise ConfigError("The file does not exist", where=str(path)) from err
    except (ValueError, RecursionError) as err:
        raise ConfigError(f"The file is not valid JSON: {err}", where=str(path)) from err


def _refuse_doubles(suite: Suite) -> None:
    first: dict[str, int] = {}
    for index, entry in enumerate(suite.expectations):
        key = json.dumps([entry.type, entry.kwargs], sort_keys=True, default=str)
        if key in first:
            raise ConfigError(
                f"{entry.type} is there twice with the same arguments, first as number {first[key] + 1}",
                where=suite.position(index),
                fix="remove one of them",
            )
        first[key] = index
