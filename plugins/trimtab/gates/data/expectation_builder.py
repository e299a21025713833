"""Builds Great Expectations' objects from a suite; an unknown expectation or argument is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from trimtab.errors import ConfigError, closest
from trimtab.extension import import_module
from trimtab.gates.data import expectations
from trimtab.gates.data.suite import Expectation, Suite

if TYPE_CHECKING:
    from trimtab.gates.data.gx_compat import Expectation as GxExpectation


def build_expectations(suite: Suite, facts: Mapping[str, object]) -> list[GxExpectation]:
    """Return the expectations as Great Expectations' own objects, in order.

    Args:
        suite: The suite.
        facts: Facts about the table's files, by the names in ``GIVEN_BY_THE_GATE``.

    Raises:
        ConfigError: A module that cannot be imported, or a type or an argument that Great Expectations does
            not know, or does not accept.
    """
    expectations.register()
    for module in suite.modules:
        import_module(module, Path.cwd(), where=f"{suite.path}: modules")
    return [
        _build(entry, index, facts, suite.position(index)) for index, entry in enumerate(suite.expectations)
    ]


def _build(entry: Expectation, index: int, facts: Mapping[str, object], where: str) -> GxExpectation:
    from trimtab.gates.data.gx_compat import GreatExpectationsError
    from trimtab.gates.data.gx_compat import pydantic as gx_pydantic

    implementation = _implementation(entry.type, where)
    _refuse_unknown_arguments(implementation, entry, where)
    _refuse_unparsed_condition(entry, where)
    given = {name: value for name, value in facts.items() if name in implementation.__fields__}
    try:
        return implementation(
            **entry.kwargs,
            **given,
            severity=entry.severity,
            notes=entry.notes or None,
            meta={**(entry.meta or {}), "position": index},
        )
    except (gx_pydantic.ValidationError, GreatExpectationsError, ValueError) as err:
        raise ConfigError(
            f"{entry.type} does not accept its arguments: {_reasons(err)}",
            where=where,
            fix="correct them; no data has been read",
        ) from err


def _reasons(err: Exception) -> str:
    problems = err.errors() if hasattr(err, "errors") else []
    named = [f"'{'.'.join(map(str, problem['loc']))}': {problem['msg']}" for problem in problems]
    return "; ".join(named) or str(err)


def _implementation(name: str, where: str) -> type[GxExpectation]:
    from trimtab.gates.data.gx_compat import ExpectationNotFoundError, registry

    try:
        implementation: type[GxExpectation] = registry.get_expectation_impl(name)
    except ExpectationNotFoundError as err:
        snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
        known = registry.list_registered_expectation_implementations()
        raise ConfigError(
            f"There is no expectation '{name}'{closest(snake, known)}",
            where=where,
            fix="use a type that Great Expectations lists, or docs/gates.md; no data has been read",
        ) from err
    return implementation


def _refuse_unknown_arguments(implementation: type[GxExpectation], entry: Expectation, where: str) -> None:
    from trimtab.gates.data.gx_compat import Expectation as BaseExpectation

    inner = {*BaseExpectation.__fields__, "batch_id", *expectations.GIVEN_BY_THE_GATE}
    known = [name for name in implementation.__fields__ if name not in inner]
    unknown = [f"'{name}'{closest(name, known)}" for name in entry.kwargs if name not in known]
    if unknown:
        raise ConfigError(
            f"{entry.type} has no argument {', '.join(unknown)}",
            where=where,
            fix=f"it takes {', '.join(known)}; no data has been read",
        )


def _refuse_unparsed_condition(entry: Expectation, where: str) -> None:
    """Great Expectations takes a row condition as text and finds out later whether anything can read it."""
    condition, parser = entry.kwargs.get("row_condition"), entry.kwargs.get("condition_parser")
    if isinstance(condition, str) and parser not in ("pandas", "great_expectations"):
        raise ConfigError(
            f"{entry.type} has a row_condition that nothing reads",
            where=where,
            fix="give condition_parser: pandas or condition_parser: great_expectations with it",
        )
