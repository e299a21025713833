"""An amount of a metric in ``params.yaml``: a number in the metric's unit, or a percentage of a figure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import BeforeValidator

_PERCENTAGE = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?%")


@dataclass(frozen=True, slots=True)
class AtLeast:
    """Annotates a field that holds a number or a text with the lowest number that a form accepts.

    Attributes:
        ge: The number.
    """

    ge: float


def resolve_amount(amount: float | str, figure: float) -> float:
    """Return an amount in the unit of the metric.

    Args:
        amount: A number, or a percentage such as ``5 %``.
        figure: The figure that a percentage is relative to; its sign does not matter.

    Raises:
        ValueError: The amount is another text.
    """
    return _parse_percentage(amount) * abs(figure) if isinstance(amount, str) else amount


def _parse_percentage(text: str) -> float:
    found = _PERCENTAGE.fullmatch(text)
    if found is None:
        raise ValueError("it is neither a number nor a percentage, as `5 %`")
    return float(found[1]) / 100


def _require_amount(value: object) -> float | str:
    if isinstance(value, str):
        _parse_percentage(value)
        return value
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf"):
        raise ValueError("it is no number of 0 or more, and no percentage such as `5 %`")
    return float(value)


def _require_positive_amount(value: object) -> float | str:
    amount = _require_amount(value)
    if not resolve_amount(amount, 1):
        raise ValueError("it is not above 0")
    return amount


def _or_none(value: object) -> float | str | None:
    return None if value is None else _require_amount(value)


def _positive_or_none(value: object) -> float | str | None:
    return None if value is None else _require_positive_amount(value)


Amount = Annotated[float | str, BeforeValidator(_require_amount), AtLeast(0)]
OptionalAmount = Annotated[float | str | None, BeforeValidator(_or_none), AtLeast(0)]
OptionalPositiveAmount = Annotated[float | str | None, BeforeValidator(_positive_or_none), AtLeast(0)]
