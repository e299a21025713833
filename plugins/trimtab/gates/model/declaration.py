"""What a model gate may declare.

``params.yaml``, under the name of the gate's stage::

    validate_model:
      label: late
      checks:
        - {metric: model.rows, min: 5000}                      # a figure of the metrics file
        - {type: score, metric: roc_auc, min: 0.62}            # computed here, judged by its interval
        - {type: gain, metric: roc_auc}                        # better than the baseline
        - {type: slices, metric: roc_auc, by: [origin, carrier], min_rows: 500, min: 0.5}

docs/model-gates.md has them all.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, FiniteFloat, model_validator

from trimtab.config import Params, load_params, parse_params
from trimtab.errors import ConfigError, closest
from trimtab.gates.model.bootstrap import Bootstrap
from trimtab.gates.model.metrics import AT_THRESHOLD, NEITHER_WAY, MetricName
from trimtab.gates.report import Severity

LOOKS_LIKE_A_LOSS = ("loss", "error", "brier", "mae", "mse")
Rate = Literal["selection", "true_positive", "false_positive"]


class Declared(Params):
    """What every check has.

    Attributes:
        severity: ``critical`` blocks, ``warning`` is told, ``info`` is recorded.
        notes: Why it is there, what to do when it fails.
    """

    needs: ClassVar[tuple[str, ...]] = ("model", "test")

    type: str
    severity: Severity = "critical"
    notes: str = ""


class Measured(Declared):
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


class Bounded(Measured):
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


class Compared(Measured):
    """A metric against that of another model or table: it has to be known whether more or less is better."""

    @model_validator(mode="after")
    def _can_be_compared(self) -> Self:
        if self.metric in NEITHER_WAY:
            raise ValueError(f"{self.metric} is best at 1, so that neither more nor less is better")
        return self


class MetricCheck(Declared):
    """Bounds on a figure of the metrics file, named by its dotted path; it has no interval.

    Attributes:
        better_than: Another figure of the file that it has to beat, ``by`` at least so much.
        greater_is_better: Whether more is better; has to be said where the name looks like a loss.
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
    def _is_a_bound(self) -> Self:
        if self.min is None and self.max is None and self.better_than is None:
            raise ValueError("a check needs min, max or better_than")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("min is above max: nothing can pass")
        if self.better_than is None and (self.by or self.greater_is_better is not None):
            raise ValueError("by and greater_is_better go with better_than")
        if self.better_than is not None and self.greater_is_better is None and self._looks_like_a_loss():
            raise ValueError("this looks like a loss: say greater_is_better: false (or true)")
        return self

    def _looks_like_a_loss(self) -> bool:
        return any(word in self.metric.rpartition(".")[2].lower() for word in LOOKS_LIKE_A_LOSS)


class ScoreCheck(Bounded):
    """Bounds on a metric of the test table."""

    type: Literal["score"]


class SliceCheck(Bounded):
    """Bounds on a metric in every slice of the test table.

    Attributes:
        by: Columns to slice by, each on its own; a list of two is the pair.
        min_rows: Slices with fewer rows are counted, not judged.
    """

    type: Literal["slices"]
    by: list[str | list[str]] = Field(min_length=1)
    min_rows: int = Field(ge=1)

    @model_validator(mode="after")
    def _columns_or_pairs(self) -> Self:
        if any(isinstance(columns, list) and len(columns) != 2 for columns in self.by):
            raise ValueError("by is a list of columns, or of pairs of columns")
        return self


class GainCheck(Compared):
    """How much better than the baseline's, on the same rows.

    Attributes:
        above: The gain has to be more than this; equal is not better.
    """

    needs: ClassVar[tuple[str, ...]] = ("model", "test", "baseline")

    type: Literal["gain"]
    above: FiniteFloat = 0.0


class GapCheck(Compared):
    """How much better on the training table than on the test table.

    Attributes:
        max: The most it may be.
    """

    needs: ClassVar[tuple[str, ...]] = ("model", "test", "train")

    type: Literal["gap"]
    max: FiniteFloat = Field(ge=0)


class StabilityCheck(Declared):
    """Scores are probabilities, and the same twice, in any order, one row at a time or many.

    Attributes:
        rows: How many rows are scored one at a time.
        tolerance: By how much two scores of one row may differ.
    """

    type: Literal["stability"]
    rows: int = Field(default=20, ge=1)
    tolerance: float = Field(default=1e-9, ge=0)


class InvarianceCheck(Declared):
    """Shuffling a column changes no score.

    Attributes:
        column: The column that has to be irrelevant.
        tolerance: By how much a score may move.
    """

    type: Literal["invariance"]
    column: str
    tolerance: float = Field(default=1e-9, ge=0)


class DirectionCheck(Declared):
    """Adding to a column moves scores one way only.

    Attributes:
        column: A column of numbers.
        by: What is added, in the column's unit; below 0 takes away.
        never: What the score must not do.
        max_share: Share of the rows for which it may.
        tolerance: Movements up to this are none.
        point: Judge the share itself and not its interval.
    """

    type: Literal["direction"]
    column: str
    by: FiniteFloat
    never: Literal["lower", "raise"]
    max_share: float = Field(default=0.0, ge=0, lt=1)
    tolerance: float = Field(default=1e-9, ge=0)
    point: bool = False

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.by:
            raise ValueError("by is 0: nothing changes")
        return self


class LeakageCheck(Declared):
    """No feature alone tells the label implausibly well.

    Attributes:
        max_auc: The most a single feature may reach.
        point: Judge the figures themselves and not their intervals.
    """

    type: Literal["leakage"]
    max_auc: float = Field(gt=0.5, lt=1)
    point: bool = False


class FairnessCheck(Declared):
    """A rate is alike in every group.

    Attributes:
        column: The column that names the group.
        groups: The groups to compare; by default every one with ``min_rows`` rows.
        min_rows: A group needs as many to be judged.
        rate: ``selection`` is the share called positive; ``true_positive`` and ``false_positive`` are the
            share of the positives, and of the negatives, that is.
        threshold: From which score on a row is called positive.
        max_difference: The most the highest rate may lie above the lowest.
        min_ratio: The least the lowest may be, as a share of the highest.
        point: Judge the figure itself and not its interval.
    """

    type: Literal["fairness"]
    column: str
    groups: list[str | int | bool] = Field(default=[])
    min_rows: int = Field(default=1, ge=1)
    rate: Rate
    threshold: float = Field(ge=0, le=1)
    max_difference: float | None = Field(default=None, ge=0, lt=1)
    min_ratio: float | None = Field(default=None, gt=0, le=1)
    point: bool = False

    @model_validator(mode="after")
    def _one_bound(self) -> Self:
        if (self.max_difference is None) == (self.min_ratio is None):
            raise ValueError("a check needs either max_difference or min_ratio")
        if len(self.groups) == 1:
            raise ValueError("one group cannot be compared")
        return self


class InferenceCheck(Declared):
    """Scoring is fast enough.

    Attributes:
        max_seconds: For 1,000 rows.
    """

    type: Literal["inference"]
    max_seconds: float = Field(gt=0)


class SizeCheck(Declared):
    """The model's file is small enough.

    Attributes:
        max_megabytes: Of a million bytes.
    """

    type: Literal["size"]
    max_megabytes: float = Field(gt=0)


TYPES: Mapping[str, type[Declared]] = {
    "metric": MetricCheck,
    "score": ScoreCheck,
    "slices": SliceCheck,
    "gain": GainCheck,
    "gap": GapCheck,
    "stability": StabilityCheck,
    "invariance": InvarianceCheck,
    "direction": DirectionCheck,
    "leakage": LeakageCheck,
    "fairness": FairnessCheck,
    "inference": InferenceCheck,
    "size": SizeCheck,
}


class ModelGate(Params):
    """The section of a model gate.

    Attributes:
        checks: What is checked.
        label: The test table's column of outcomes, 0 or 1.
        trusted_types: The types the model's file may hold beyond those skops knows to be harmless.
        confidence: Of every interval.
        resamples: Of the bootstrap.
        seed: Of everything drawn at random.
    """

    checks: list[dict[str, Any]] = Field(min_length=1)
    label: str = ""
    trusted_types: list[str] = Field(default=[])
    confidence: float = Field(default=0.95, gt=0.5, lt=1)
    resamples: int = Field(default=1000, ge=100)
    seed: int = Field(default=0, ge=0)

    @property
    def bootstrap(self) -> Bootstrap:
        """How uncertainty is measured."""
        return Bootstrap(self.resamples, self.confidence, self.seed)


def load_gate(
    params: Path, section: str, given: Mapping[str, Path | None]
) -> tuple[ModelGate, list[Declared]]:
    """Read a gate's section.

    Args:
        params: The params file.
        section: Its section that holds ``checks``.
        given: The files the gate was given, by the name of the option.

    Raises:
        ConfigError: The section or a check in it cannot be used, or needs a file that is not given.
    """
    gate = load_params(ModelGate, section, params)
    checks = [
        _parse(check, where=f"{params}: {section}: check {number} of {len(gate.checks)}")
        for number, check in enumerate(gate.checks, start=1)
    ]
    absent = {name: check for check in checks for name in check.needs if given.get(name) is None}
    if absent:
        options = " and ".join(f"--{name}" for name in absent)
        kinds = ", ".join(sorted({check.type for check in absent.values()}))
        raise ConfigError(
            f"Checks of type {kinds} need {options}", where=f"{params}: {section}", fix=f"give {options}"
        )
    if not gate.label and any("test" in check.needs for check in checks):
        raise ConfigError(
            "The column of outcomes is not named", where=f"{params}: {section}", fix="add `label: <column>`"
        )
    return gate, checks


def _parse(values: Mapping[str, Any], *, where: str) -> Declared:
    kind = str(values.get("type", "metric"))
    if kind not in TYPES:
        raise ConfigError(
            f"There is no check of type {kind!r}{closest(kind, TYPES)}",
            where=where,
            fix=f"choose one of {', '.join(TYPES)}",
        )
    return parse_params(TYPES[kind], values, where=where)
