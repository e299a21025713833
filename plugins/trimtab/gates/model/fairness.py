"""The fairness check: it compares a rate, or a metric, between groups.

Equal selection rates are demographic parity. Equal true positive rates are equality of opportunity, and with
equal false positive rates equalized odds (Hardt, Price & Srebro, NeurIPS 2016). If base rates differ, these
criteria exclude each other, so the declaration names the rate. A metric says whether the model is as good for
each group.
"""

from __future__ import annotations

from typing import Literal, Self

import numpy as np
from pydantic import Field, FiniteFloat, ValidationInfo, model_validator

from trimtab.errors import closest
from trimtab.gate_report import Check
from trimtab.gates.model.check_result import estimate_check, make_check, make_part, unmet_bounds
from trimtab.gates.model.declared_check import (
    MetricName,
    ModelCheck,
    problem_type_of,
    require_threshold,
)
from trimtab.gates.model.model_under_test import ModelUnderTest, ScoredTable, missing_columns
from trimtab.gates.model.slices import TableSlice, slice_table
from trimtab.learning import Estimate, Floats, Labels, Sampled, Statistic, share, within

Rate = Literal["selection", "true_positive", "false_positive"]


class FairnessCheck(ModelCheck):
    """A rate or a metric is similar in all groups.

    Attributes:
        column: The column of the groups.
        groups: The groups to compare; by default all with ``min_rows`` rows.
        min_rows: Smallest number of rows of a group.
        rate: ``selection`` is the share of rows that are predicted positive. ``true_positive`` and
            ``false_positive`` are the same share of the positives and of the negatives. For binary labels.
        metric: A metric instead of a rate.
        threshold: Rows with this score or a higher one are predicted positive; for rates, and for metrics
            that need one.
        max_difference: Largest difference between the highest and the lowest figure, in the unit of the
            metric.
        min_ratio: Smallest ratio of the lowest figure to the highest.
        point: Compare the figure itself with the bound, not its interval.
    """

    type: Literal["fairness"]
    column: str
    groups: list[str | int | bool] = Field(default=[])
    min_rows: int = Field(default=1, ge=1)
    rate: Rate | None = None
    metric: MetricName | None = None
    threshold: float | None = Field(default=None, ge=0, le=1)
    max_difference: FiniteFloat | None = Field(default=None, ge=0)
    min_ratio: float | None = Field(default=None, gt=0, le=1)
    point: bool = False

    @model_validator(mode="after")
    def _one_bound(self) -> Self:
        if (self.max_difference is None) == (self.min_ratio is None):
            raise ValueError("a check needs either max_difference or min_ratio")
        if len(self.groups) == 1:
            raise ValueError("one group cannot be compared")
        return self

    @model_validator(mode="after")
    def _one_figure(self, info: ValidationInfo) -> Self:
        problem_type = problem_type_of(info)
        if (self.rate is None) == (self.metric is None):
            raise ValueError("a check needs either rate or metric")
        if self.metric is not None:
            require_threshold(self.metric, self.threshold, problem_type)
            return self
        if not problem_type.takes_threshold:
            raise ValueError(f"rate: the problem type {problem_type.name} has no rates; name a metric")
        if self.threshold is None:
            raise ValueError(f"the rate {self.rate} needs a threshold")
        if self.max_difference is not None and self.max_difference >= 1:
            raise ValueError("max_difference is 1 or more: every rate is within it")
        return self

    def metric_names(self) -> tuple[str, ...]:
        """Return the name of its metric, if it names one."""
        return (self.metric,) if self.metric else ()

    def evaluate(self, subject: ModelUnderTest) -> Check:
        """Compare the highest figure with the lowest, in each resample separately."""
        test = subject.test
        name = f"fairness {subject.metric(self.metric).name if self.metric else self.rate}"
        groups, problem = _groups(self, test)
        if problem:
            return make_check(self, name, False, column=self.column, detail=problem)
        figures = subject.bootstrap.sample(
            [_figure(self, subject, group) for group in groups], len(test.labels)
        )
        found = subject.bootstrap.estimate(_spread(self, figures))
        problems = [
            *unmet_bounds(
                found,
                point=self.point,
                least=self.min_ratio,
                most=self.max_difference,
                undefined="a group has no figure, or the figures have no ratio",
                scarce="there are too few rows of a group",
            )
        ]
        each = [subject.bootstrap.estimate(figure) for figure in figures]
        return estimate_check(
            self,
            name,
            found,
            problems,
            column=self.column,
            detail=_extremes(groups, each),
            parts=tuple(
                make_part(group.name, one, rows=len(group.chosen), passed=not problems)
                for group, one in zip(groups, each, strict=True)
            ),
        )


def _groups(check: FairnessCheck, test: ScoredTable) -> tuple[list[TableSlice], str]:
    """Return the groups to compare, or why they cannot be compared."""
    if problem := missing_columns([check.column], test.rows) or test.problem:
        return [], problem
    every = {part.name.partition("=")[2]: part for part in slice_table(test.rows, [check.column])}
    named = [str(group) for group in check.groups] or [
        group for group, part in every.items() if len(part.chosen) >= check.min_rows
    ]
    absent = [f"there is no group '{group}'{closest(group, every)}" for group in named if group not in every]
    small = [
        f"{group} has {len(every[group].chosen):,} rows, fewer than {check.min_rows:,}"
        for group in named
        if group in every and len(every[group].chosen) < check.min_rows
    ]
    few = [] if len(named) > 1 else [f"fewer than two groups have {check.min_rows:,} rows"]
    problem = "; ".join([*absent, *small, *few])
    return ([] if problem else [every[group] for group in named]), problem


def _figure(check: FairnessCheck, subject: ModelUnderTest, group: TableSlice) -> Statistic:
    labels, scores = subject.test.labels[group.chosen], subject.test.scores[group.chosen]
    if check.metric:
        return within(subject.statistic(check.metric, labels, scores, check.threshold), group.chosen)
    return within(_rate(check, labels, scores), group.chosen)


def _rate(check: FairnessCheck, labels: Labels, scores: Floats) -> Statistic:
    if check.threshold is None:
        raise ValueError("a rate without a threshold is refused when it is declared")
    called = scores >= check.threshold
    if check.rate == "selection":
        return share(called)
    return share(called, labels if check.rate == "true_positive" else ~labels)


def _spread(check: FairnessCheck, figures: list[Sampled]) -> Sampled:
    """Return the difference of the highest and the lowest figure, or their ratio."""
    values = np.array([figure.value for figure in figures])
    draws = np.stack([figure.draws for figure in figures])

    def between(several: Floats) -> Floats:
        low, high = several.min(axis=0), several.max(axis=0)
        spread: Floats = high - low if check.min_ratio is None else np.where(low < 0, np.nan, low / high)
        return spread

    with np.errstate(divide="ignore", invalid="ignore"):  # undefined if no row is predicted positive
        return Sampled(float(between(values[:, None])[0]), between(draws))


def _extremes(groups: list[TableSlice], each: list[Estimate]) -> str:
    ranked = sorted(zip(groups, each, strict=True), key=lambda pair: pair[1].value)
    return f"{ranked[0][0].name} {ranked[0][1].value:.4g}, {ranked[-1][0].name} {ranked[-1][1].value:.4g}"
