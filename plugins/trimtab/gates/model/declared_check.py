"""What declared checks share: their fields, and how one is evaluated."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Annotated, ClassVar, Self

from pydantic import AfterValidator, Field, FiniteFloat, ValidationInfo, model_validator

from trimtab.config import Params
from trimtab.extension import is_extension
from trimtab.gate_report import Check, Severity
from trimtab.learning import BINARY, ProblemType

if TYPE_CHECKING:
    from trimtab.gates.model.model_under_test import ModelUnderTest


def problem_type_of(info: ValidationInfo) -> ProblemType:
    """Return the problem type of the gate that declares a check; binary for a check without a gate."""
    problem_type: ProblemType = (info.context or {}).get("problem_type", BINARY)
    return problem_type


def _require_metric(name: str, info: ValidationInfo) -> str:
    return name if is_extension(name) else problem_type_of(info).require_metric_name(name).name


MetricName = Annotated[str, AfterValidator(_require_metric)]


def require_threshold(metric: str, threshold: float | None, problem_type: ProblemType) -> None:
    """Refuse a threshold that a metric has no use for, and a metric without the threshold that it needs.

    Raises:
        ValueError: It is so.
    """
    known = problem_type.metrics.get(metric)
    if (threshold is not None) != (known is not None and known.needs_threshold):
        needs = "needs a" if threshold is None else "has no"
        raise ValueError(f"{metric} {needs} threshold")


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

    def metric_names(self) -> tuple[str, ...]:
        """Return the names of the metrics that it needs, as declared."""
        return ()

    @abstractmethod
    def evaluate(self, subject: ModelUnderTest) -> Check:
        """Return the check of the report; see :func:`~trimtab.gates.model.make_check`."""


class MeasuredCheck(ModelCheck):
    """A metric computed from scores and labels.

    Attributes:
        metric: The name of a metric of the problem type, or the ``module:name`` of a project's own.
        threshold: Rows with this score or a higher one are predicted positive; for metrics that need one.
        point: Compare the figure itself with the bounds, not its interval.
    """

    metric: MetricName
    threshold: float | None = Field(default=None, ge=0, le=1)
    point: bool = False

    @model_validator(mode="after")
    def _threshold_goes_with_the_metric(self, info: ValidationInfo) -> Self:
        require_threshold(self.metric, self.threshold, problem_type_of(info))
        return self

    def metric_names(self) -> tuple[str, ...]:
        """Return the name of its metric."""
        return (self.metric,)


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
    def _can_be_compared(self, info: ValidationInfo) -> Self:
        metric = problem_type_of(info).metrics.get(self.metric)
        if metric and metric.greater_is_better is None:
            raise ValueError(f"the best {self.metric} is in between: neither higher nor lower is better")
        return self
