"""A drafted expectation, written for a person to edit."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass

from trimtab.value_format import to_json_value


@dataclass(frozen=True, slots=True)
class Draft:
    """One drafted expectation and its evidence."""

    type: str
    kwargs: Mapping[str, object]
    evidence: str
    severity: str = "critical"
    each_file: bool = False

    def lines(self) -> list[str]:
        """Return the lines of YAML; the arguments are JSON, which is YAML too."""
        extra = ["    each_file: true"] if self.each_file else []
        kwargs = json.dumps(to_json_value(self.kwargs), ensure_ascii=False)
        return [
            f"  # {self.evidence}",
            f"  - type: {self.type}",
            f"    kwargs: {kwargs}",
            *extra,
            f"    severity: {self.severity}",
            "",
        ]


def bounds(low: float, high: float, digits: int) -> dict[str, float | int]:
    """Return bounds as arguments, rounded outwards."""
    return {"min_value": floor(low, digits), "max_value": ceiling(high, digits)}


def mostly(share: float) -> dict[str, float]:
    """Return the argument ``mostly``; nothing if all rows must pass."""
    return {} if share >= 1 else {"mostly": max(0.0, floor(share, 4))}


def floor(value: float, digits: int) -> float | int:
    """Return a number rounded down."""
    scaled = math.floor(value * 10**digits) / 10**digits
    return int(scaled) if not digits else scaled


def ceiling(value: float, digits: int) -> float | int:
    """Return a number rounded up."""
    return -floor(-value, digits)
