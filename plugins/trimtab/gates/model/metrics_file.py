"""Checks on the metrics file: bounds of a metric, and comparison with another metric of the file."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, FiniteFloat, model_validator

from trimtab.errors import closest
from trimtab.flattening import flatten
from trimtab.gate_report import Check
from trimtab.gates.model.check_result import make_check
from trimtab.gates.model.declared_check import DeclaredCheck
from trimtab.tables import GateInputError

LOOKS_LIKE_A_LOSS = ("loss", "error", "brier", "mae", "mse")


class MetricCheck(DeclaredCheck):
    """Bounds on a metric of the metrics file, named by its dotted path; it has no interval.

    Attributes:
        metric: The dotted path of the metric in the metrics file.
        min: Lower bound of the metric.
        max: Upper bound of the metric.
        better_than: Another metric of the file, which it must be better than, by at least ``by``.
        by: See ``better_than``.
        greater_is_better: Whether higher is better; required if the name looks like a loss.
    """

    needs: ClassVar[tuple[str, ...]] = ("metrics",)

    type: Literal["metric"] = "metric"
    metric: str
    min: FiniteFloat | None = None
    max: FiniteFloat | None = None
    better_than: str | None = None
    by: FiniteFloat = Field(default=0.0, ge=0)
    greater_is_better: bool | None = None

    @model_validator(mode="after")
    def _has_a_bound(self) -> Self:
        if self.min is None and self.max is None and self.better_than is None:
            raise ValueError("a check needs min, max or better_than")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("min is above max: nothing can pass")
        if self.better_than is None and (self.by or self.greater_is_better is not None):
            raise ValueError("by and greater_is_better go with better_than")
        if self.better_than is not None and self.greater_is_better is None and self._looks_like_a_loss():
            raise ValueError("this looks like a loss: say greater_is_better: false (or true)")
        return self

    def evaluate(self, found: Mapping[str, Any]) -> Check:
        """Check one metric; a metric that is missing or not finite fails."""
        named = [self.metric] if self.better_than is None else [self.metric, self.better_than]
        invalid = [problem for name in named if (problem := _problem_with(name, found))]
        problems = invalid or [*_broken_bounds(self, found)]
        detail = "; ".join(problems) or _comparison(self, found)
        return make_check(self, self.metric, not problems, observed=found.get(self.metric), detail=detail)

    def _looks_like_a_loss(self) -> bool:
        return any(word in self.metric.rpartition(".")[2].lower() for word in LOOKS_LIKE_A_LOSS)


def read_metrics(path: Path) -> dict[str, Any]:
    """Return the metrics of a metrics file by their dotted paths.

    Raises:
        GateInputError: The file cannot be read, is not JSON, or is not a mapping.
    """
    try:
        metrics = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(metrics, dict):
            raise ValueError("the file holds no mapping of names to numbers")
        return dict(flatten(metrics))
    except (OSError, ValueError) as err:
        reason = err.strerror if isinstance(err, OSError) else err
        raise GateInputError("error", f"The metrics cannot be read: {reason}", where=path.name) from err


def _problem_with(name: str, found: Mapping[str, Any]) -> str:
    if name not in found:
        return f"there is no metric '{name}'{closest(name, found)}"
    value = found[name]
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return f"{name} is {value!r}, which is not a number"
    return "" if math.isfinite(value) else f"{name} is {value}, which is not finite"


def _broken_bounds(check: MetricCheck, found: Mapping[str, Any]) -> Iterator[str]:
    value = found[check.metric]
    if check.min is not None and value < check.min:
        yield f"below {check.min:g}"
    if check.max is not None and value > check.max:
        yield f"above {check.max:g}"
    if check.better_than is not None:
        gain = value - found[check.better_than]
        gain = round(
            -gain if check.greater_is_better is False else gain, 12
        )  # 0.7 - 0.69 is a hair under 0.01
        if gain < check.by or gain <= 0:
            margin = f"not better by {check.by:g}" if check.by else "no better"
            yield f"{margin} than {check.better_than}, {found[check.better_than]:g}"


def _comparison(check: MetricCheck, found: Mapping[str, Any]) -> str:
    return "" if check.better_than is None else f"{check.better_than} is {found[check.better_than]:g}"
