"""What every declared check has."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import Field, FiniteFloat, model_validator

from trimtab.config import Params
from trimtab.gate_report import Severity
from trimtab.metric_names import AT_THRESHOLD, NEITHER_WAY, MetricName


class DeclaredCheck(Params):
    """What every check has.

    Attributes:
        severity: ``critical`` blocks, ``warning`` is told, ``info`` is recorded.
        notes: Why it is there, what to do when it fails.
    """

    needs: ClassVar[tuple[str, ...]] = ("model", "test")

    type: str
    severity: Severity = "critical"
    notes: str = ""


class MeasuredCheck(DeclaredCheck):
    """A metric computed from scores and labels.

    Attributes:
        metric: Which.
        threshold: From which score on a row is called positive; for ``accuracy``, ``precision``, ``recall``.
        point: Judge the figure itself and not its interval.
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
        min: The least it may be; met if the whole interval is.
        max: The most it may be; likewise.
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
    """A metric against that of another model or table: it has to be known whether more or less is better."""

    @model_validator(mode="after")
    def _can_be_compared(self) -> Self:
        if self.metric in NEITHER_WAY:
            raise ValueError(f"{self.metric} is best at 1, so that neither more nor less is better")
        return self
