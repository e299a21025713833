"""Values of the data, as JSON and as short text for people."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import date
from enum import Enum

from trimtab.json_value import JsonValue

LONGEST_TEXT = 160  # characters
GROUPED = 10_000  # the smallest number whose digits are in groups


def to_json_value(value: object) -> JsonValue:
    """Convert a value to what JSON can hold: no numpy type, no NaN, no rounding noise, one order of a set."""
    if hasattr(value, "tolist"):  # a numpy scalar or array; np.float64 is a float too, so this comes first
        value = value.tolist()
    if value is None or (isinstance(value, (bool, int, str)) and not isinstance(value, Enum)):
        return value
    if isinstance(value, float):
        return _rounded(value) if math.isfinite(value) else str(value)
    if isinstance(value, Enum):
        return to_json_value(value.value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): to_json_value(item) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted((to_json_value(item) for item in value), key=str)
    if isinstance(value, (list, tuple)):
        return [to_json_value(item) for item in value]
    return str(value)


def format_value(value: object) -> str:
    """Format a value as short text, cut after 160 characters."""
    return _cut(_format(to_json_value(value)))


def format_arguments(values: Mapping[str, object]) -> str:
    """Format named values as the arguments of a call, cut after 160 characters."""
    return _cut(_format(to_json_value(values))[1:-1])


def _rounded(value: float) -> float:
    rounded = float(f"{value:.10g}")
    return rounded if math.isfinite(rounded) else value  # the largest floats would round up to infinity


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def _format(value: JsonValue) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}={_format(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_format(item) for item in value) + "]"
    if isinstance(value, str):
        return f"'{value}'" if value.isprintable() else repr(value)
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    plain = abs(value) < GROUPED  # a year, a time of day
    return f"{value:{'' if plain else ','}{'' if isinstance(value, int) else '.6g'}}"
