"""Section ``slo`` of ``params.yaml``: the service level objectives of the live model; see docs/slo.md."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, Self

from pydantic import Field, FiniteFloat

from trimtab.config import Params, parse_params
from trimtab.params_file import PARAMS_FILE, load_yaml


class Objective(Params):
    """What each objective has.

    Attributes:
        objective: Share of the period that has to be good. The rest is the error budget.
    """

    title: ClassVar[str]
    threshold: ClassVar[str]

    objective: float = Field(gt=0, lt=1)

    @property
    def allowed(self) -> float:
        """The share of the period that may be bad."""
        return 1.0 - self.objective

    def tighten(self, committed: Self | None) -> Self:
        """Return the stricter values of both: the higher objective, the lower threshold."""
        if committed is None:
            return self
        low, high = (getattr(each, self.threshold) for each in (self, committed))
        bounds = [bound for bound in (low, high) if bound is not None]
        changed = {
            "objective": max(self.objective, committed.objective),
            self.threshold: min(bounds) if bounds else None,
        }
        return committed.model_copy(update=changed)


class FreshnessObjective(Objective):
    """An objective about an age: the time in which something is older than ``max_days`` is bad.

    Attributes:
        period_days: The rolling period.
        max_days: The age from which on time is bad.
    """

    threshold = "max_days"

    period_days: float = Field(gt=0, strict=False)
    max_days: float = Field(gt=0, strict=False)


class WindowObjective(Objective):
    """An objective about windows of data, each of which is good or bad.

    Attributes:
        period_windows: The rolling period: the newest windows.
    """

    period_windows: int = Field(ge=1, le=1000)


class DataFreshness(FreshnessObjective):
    """The data are fresh while a new window was checked within ``max_days``."""

    title = "freshness of the data"


class ModelFreshness(FreshnessObjective):
    """The model is fresh for ``max_days`` after the live version became champion for the first time."""

    title = "freshness of the model"


class Quality(WindowObjective):
    """A window is good if the metric of ``drift.metric`` is not much worse than in the champion's reference.

    Attributes:
        max_drop: How much worse it may be, in the unit of the metric. By default a window is bad if it
            exceeds the bound of the drift policy that checked it.
    """

    title = "quality"
    threshold = "max_drop"

    max_drop: FiniteFloat | None = Field(default=None, gt=0)


class Fairness(WindowObjective):
    """A window is good if no slice got much worse, and the fairness checks of the model's gates passed.

    Attributes:
        max_slice_drop: How much worse the metric may be in the worst slice. By default a window is bad if it
            exceeds the bound of the drift policy that checked it.
    """

    title = "fairness"
    threshold = "max_slice_drop"

    max_slice_drop: FiniteFloat | None = Field(default=None, gt=0)


class Response(WindowObjective):
    """A window is good if its verdict asks for no answer, or is answered within ``max_hours``.

    Attributes:
        max_hours: Time from a verdict ``retrain`` or ``investigate`` to a new champion or a decision.
    """

    title = "answer to drift"
    threshold = "max_hours"

    max_hours: float = Field(gt=0, strict=False)


class Scores(WindowObjective):
    """A window is good if the champion's scores of it are there ``max_hours`` after it was checked first.

    Attributes:
        max_hours: That time.
    """

    title = "availability of scores"
    threshold = "max_hours"

    max_hours: float = Field(gt=0, strict=False)


class SloPolicy(Params):
    """Section ``slo`` of ``params.yaml``. Every objective is optional.

    Attributes:
        data_freshness: Time without a new window.
        model_freshness: Time with an old model.
        quality: Windows in which the metric dropped.
        fairness: Windows in which a slice got worse, or models whose fairness check failed.
        response: Verdicts that nobody answered in time.
        scores: Windows without scores.
    """

    data_freshness: DataFreshness | None = None
    model_freshness: ModelFreshness | None = None
    quality: Quality | None = None
    fairness: Fairness | None = None
    response: Response | None = None
    scores: Scores | None = None

    def objectives(self) -> Iterator[tuple[str, Objective]]:
        """Yield the objectives that are declared, by name."""
        for name in type(self).model_fields:
            declared: Objective | None = getattr(self, name)
            if declared is not None:
                yield name, declared

    def tighten(self, committed: SloPolicy) -> SloPolicy:
        """Return the stricter of both policies: a run may add an objective, and removes none."""
        own = dict(self.objectives())
        return self.model_copy(
            update={
                name: own[name].tighten(objective) if name in own else objective
                for name, objective in committed.objectives()
            }
        )


def read_slo_policy(root: Path) -> SloPolicy | None:
    """Return the objectives of a project; None if it declares none.

    Args:
        root: The folder of ``params.yaml``.

    Raises:
        ConfigError: The section is invalid.
    """
    file = root / PARAMS_FILE
    values = load_yaml(file) if file.is_file() else {}
    if not values.get("slo"):
        return None
    return parse_params(SloPolicy, values["slo"], where=f"{file}: slo")
