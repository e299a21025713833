"""What declared checks share: their fields, and how one is evaluated."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Annotated, ClassVar, Self

from pydantic import AfterValidator, Field, FiniteFloat, model_validator

from trimtab.config import Params
from trimtab.gate_report import Check, Severity
from trimtab.learning import BINARY, require_metric_name

if TYPE_CHECKING:
    from trimtab.gates.model.model_under_test import ModelUnderTest


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


class ModelCheck(DeclaredCheck, ABC):
    """A check that is evaluated on the model under test.

    A project's own check is a subclass; its fields are the arguments in ``params.yaml``.
    """

    @abstractmethod
    def evaluate(self, subject: ModelUnderTest) -> Check:
        """Return the check of the report; see :func:`~trimtab.gates.model.make_check`."""


class MeasuredCheck(ModelCheck):
    """A metric computed from scores and labels.

    Attributes:
        metric: The name of the metric, or the ``module:name`` of a project's own.
        threshold: Rows with this score or a higher one are predicted positive; for ``accuracy``,
            ``precision`` and ``recall``.
        point: Compare the figure itself with the bounds, not its interval.
    """

    metric: Annotated[str, AfterValidator(require_metric_name)]
    threshold: float | None = Field(default=None, ge=0, le=1)
    point: bool = False

    @model_validator(mode="after")
    def _threshold_goes_with_the_metric(self) -> Self:
        metric = BINARY.metrics.get(self.metric)
        if (self.threshold is not None) != (metric is not None and metric.needs_threshold):
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
        metric = BINARY.metrics.get(self.metric)
        if metric and metric.greater_is_better is None:
            raise ValueError(f"{self.metric} is best at 1: neither higher nor lower is better")
        return self
