"""Expectation suites as data, in Great Expectations' own terms.

Great Expectations drops an expectation it does not know with a log line, and the emptied suite passes. Here
anything that is not understood is refused, before a row is read.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import Field

from trimtab.config import Params, load_yaml, parse_params
from trimtab.errors import ConfigError, closest
from trimtab.gates.report import Severity


class Expectation(Params):
    """One entry of a suite."""

    type: str = Field(min_length=1)
    kwargs: dict[str, Any] = Field(default_factory=dict)
    severity: Severity = "critical"
    notes: str | list[str] = ""
    description: str | None = None
    meta: dict[str, Any] | None = None
    id: str | None = None


class _SuiteFile(Params):
    name: str = Field(min_length=1)
    expectations: list[dict[str, Any]] = Field(min_length=1)
    notes: str | list[str] | None = None
    meta: dict[str, Any] | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Suite:
    """What a table is expected to be.

    Attributes:
        path: The file it came from.
        expectations: At least one, no two the same.
    """

    path: Path
    name: str
    expectations: tuple[Expectation, ...]

    def position(self, index: int) -> str:
        """Return where the expectation of that index stands, for a message."""
        return f"{self.path}: expectation {index + 1} of {len(self.expectations)}"

    def build(self) -> list[Any]:
        """Return the expectations as Great Expectations' own objects, in order.

        Raises:
            ConfigError: A type or an argument that Great Expectations does not know, or does not accept.
        """
        return [_build(entry, index, self.position(index)) for index, entry in enumerate(self.expectations)]


def load_suite(path: Path) -> Suite:
    """Load a suite from a YAML or JSON file, without importing Great Expectations.

    Raises:
        ConfigError: The file is missing or broken, the suite is empty, a key or severity is unknown, or an
            expectation is there twice.
    """
    content = _load_json(path) if path.suffix == ".json" else load_yaml(path)
    file = parse_params(_SuiteFile, content, where=str(path))
    total = len(file.expectations)
    entries = tuple(
        parse_params(Expectation, entry, where=f"{path}: expectation {number} of {total}")
        for number, entry in enumerate(file.expectations, start=1)
    )
    suite = Suite(path, file.name, entries)
    _refuse_doubles(suite)
    return suite


def _load_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as err:
        raise ConfigError("The file does not exist", where=str(path)) from err
    except ValueError as err:
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


def _build(entry: Expectation, index: int, where: str) -> Any:
    from great_expectations.compatibility import pydantic as gx_pydantic

    implementation = _implementation(entry.type, where)
    _refuse_unknown_arguments(implementation, entry, where)
    try:
        return implementation(
            **entry.kwargs,
            severity=entry.severity,
            notes=entry.notes or None,
            meta={**(entry.meta or {}), "position": index},
        )
    except gx_pydantic.ValidationError as err:
        problems = [f"'{'.'.join(map(str, problem['loc']))}': {problem['msg']}" for problem in err.errors()]
        raise ConfigError(
            f"{entry.type} does not accept its arguments: {'; '.join(problems)}",
            where=where,
            fix="correct them; no data has been read",
        ) from err


def _implementation(name: str, where: str) -> Any:
    from great_expectations.exceptions import ExpectationNotFoundError
    from great_expectations.expectations import registry

    try:
        return registry.get_expectation_impl(name)
    except ExpectationNotFoundError as err:
        snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
        known = registry.list_registered_expectation_implementations()
        raise ConfigError(
            f"There is no expectation '{name}'{closest(snake, known)}",
            where=where,
            fix="use a type that Great Expectations lists; no data has been read",
        ) from err


def _refuse_unknown_arguments(implementation: Any, entry: Expectation, where: str) -> None:
    from great_expectations.expectations.expectation import Expectation as GxExpectation

    inner = {*GxExpectation.__fields__, "batch_id"}
    known = [name for name in implementation.__fields__ if name not in inner]
    unknown = [f"'{name}'{closest(name, known)}" for name in entry.kwargs if name not in known]
    if unknown:
        raise ConfigError(
            f"{entry.type} has no argument {', '.join(unknown)}",
            where=where,
            fix=f"it takes {', '.join(known)}; no data has been read",
        )
