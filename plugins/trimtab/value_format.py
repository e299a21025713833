"""Values as a report shows them: plain JSON, and short text."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Any

LONGEST_TEXT = 160


def plain(value: Any) -> Any:
    """Return a value as JSON can hold it: no numpy, no NaN, no float noise, no changing order."""
    if hasattr(value, "tolist"):  # a numpy scalar or array; np.float64 is a float too, so this comes first
        value = value.tolist()
    if value is None or (isinstance(value, (bool, int, str)) and not isinstance(value, Enum)):
        return value
    if isinstance(value, float):
        return _rounded(value) if math.isfinite(value) else str(value)
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted((plain(item) for item in value), key=str)
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return str(value)


def _rounded(value: float) -> float:
    shorter = float(f"{value:.10g}")
    return shorter if math.isfinite(shorter) else value  # the largest floats would round up to infinity


def text(value: Any) -> str:
    """Return a value as a short text for people, cut after 160 characters."""
    return _cut(_text(plain(value)))


def arguments(values: Mapping[str, Any]) -> str:
    """Return named values as they would stand in a call, cut likewise."""
    return _cut(_text(plain(values))[1:-1])


def _cut(shown: str) -> str:
    return shown if len(shown) <= LONGEST_TEXT else shown[: LONGEST_TEXT - 1] + "…"


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}={_text(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_text(item) for item in value) + "]"
    if isinstance(value, str):
        return f"'{value}'" if value.isprintable() else repr(value)
    if isinstance(value, bool) or value is None:
        return str(value)
    return f"{value:,}" if isinstance(value, int) else f"{value:,.6g}"
