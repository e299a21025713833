"""The fairness check: it compares a rate between groups.

Equal selection rates are demographic parity. Equal true positive rates are equality of opportunity, and with
equal false positive rates equalized odds (Hardt, Price & Srebro, NeurIPS 2016). If base rates differ, these
criteria exclude each other, so the declaration names the rate.
"""

from __future__ import annotations

from typing import Literal, Self

import numpy as np
from pydantic import Field, model_validator

from trimtab.errors import closest
from trimtab.gate_report import Check
from trimtab.gates.model.check_result import estimate_check, make_check, make_part, unmet_bounds
from trimtab.gates.model.declared_check import ModelCheck
from trimtab.gates.model.model_under_test import ModelUnderTest, ScoredTable, missing_columns
from trimtab.gates.model.slices import TableSlice, slice_table
from trimtab.learning import Estimate, Floats, Sampled, Statistic, share, within

Rate = Literal["selection", "true_positive", "false_positive"]


class FairnessCheck(ModelCheck):
    """A rate is similar in all groups.

    Attributes:
        column: The column of the groups.
        groups: The groups to compare; by default all with ``min_rows`` rows.
        min_rows: Smallest number of rows of a group.
        rate: ``selection`` is the share of rows that are predicted positive. ``true_positive`` and
            ``false_positive`` are the same share of the positives and of the negatives.
        threshold: Rows with this score or a higher one are predicted positive.
        max_difference: Largest difference between the highest and the lowest rate.
        min_ratio: Smallest ratio of the lowest rate to the highest.
        point: Compare the figure itself with the bound, not its interval.
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

    def evaluate(self, subject: ModelUnderTest) -> Check:
        """Compare the highest rate with the lowest, in each resample separately."""
        name, test = f"fairness {self.rate}", subject.test
        groups, problem = _groups(self, test)
        if problem:
            return make_check(self, name, False, column=self.column, detail=problem)
        rates = subject.bootstrap.sample([_rate(self, test, group) for group in groups], len(test.labels))
        found = subject.bootstrap.estimate(_spread(self, rates))
        problems = [*unmet_bounds(found, point=self.point, least=self.min_ratio, most=self.max_difference)]
        each = [subject.bootstrap.estimate(rate) for rate in rates]
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


def _rate(check: FairnessCheck, test: ScoredTable, group: TableSlice) -> Statistic:
    called, labels = (test.scores >= check.threshold)[group.chosen], test.labels[group.chosen]
    among = {"selection": None, "true_positive": labels, "false_positive": ~labels}[check.rate]
    return within(share(called, among), group.chosen)


def _spread(check: FairnessCheck, rates: list[Sampled]) -> Sampled:
    """Return the difference of the highest and the lowest rate, or their ratio."""
    values, draws = np.array([rate.value for rate in rates]), np.stack([rate.draws for rate in rates])

    def between(several: Floats) -> Floats:
        low, high = several.min(axis=0), several.max(axis=0)
        spread: Floats = high - low if check.min_ratio is None else low / high
        return spread

    with np.errstate(divide="ignore", invalid="ignore"):  # undefined if no row is predicted positive
        return Sampled(float(between(values[:, None])[0]), between(draws))


def _extremes(groups: list[TableSlice], each: list[Estimate]) -> str:
    ranked = sorted(zip(groups, each, strict=True), key=lambda pair: pair[1].value)
    return f"{ranked[0][0].name} {ranked[0][1].value:.4g}, {ranked[-1][0].name} {ranked[-1][1].value:.4g}"
