"""The fields that declared checks share."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import Field, FiniteFloat, model_validator

from trimtab.config import Params
from trimtab.gate_report import Severity
from trimtab.learning.metric_names import AT_THRESHOLD, NEITHER_WAY, MetricName


class DeclaredCheck(Params):
    """A check as declared in ``params.yaml``.

    Attributes:
        severity: ``critical`` fails the gate, ``warning`` makes it warn, ``info`` is recorded only.
        notes: Why the check exists, what to do when it fails.
    """

    needs: ClassVar[tuple[str, ...]] = ("model", "test")

    type: str
    severity: Severity = "critical"
    notes: str = ""


class MeasuredCheck(DeclaredCheck):
    """A metric computed from scores and labels.

    Attributes:
        metric: The metric.
        threshold: Rows with this score or a higher one are predicted positive; for ``accuracy``,
            ``precision`` and ``recall``.
        point: Compare the figure itself with the bounds, not its interval.
    """

    metric: MetricName
    threshold: float | None = Field(default=None, ge=0, le=1)
    point: bool = False

    @model_validator(mode="after")
    def _threshold_goes_with_the_metric(self) -> Self:
        if (self.threshold is not None) != (self.metric in AT_THRESHOLD):
            needs = "needs a" if self.threshold is None else "has no"
            raise ValueError(f"{self.metric} {needs} threshold")
        return self


class BoundedCheck(MeasuredCheck):
    """A metric between bounds.

    Attributes:
        min: Lower bound of the whole interval.
        max: Upper bound of the whole interval.
    """

    min: FiniteFloat | None = None
    max: FiniteFloat | None = None

    @model_validator(mode="after")
    def _can_be_met(self) -> Self:
        if self.min is None and self.max is None:
            raise ValueError("a check needs min or max")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("min is above max: nothing can pass")
        return self


class ComparedCheck(MeasuredCheck):
    """A metric that is compared with that of another model or table, so that higher or lower is better."""

    @model_validator(mode="after")
    def _can_be_compared(self) -> Self:
        if self.metric in NEITHER_WAY:
            raise ValueError(f"{self.metric} is best at 1: neither higher nor lower is better")
        return self
