"""Checks on metrics of the scores: bounds, slices, gain over the baseline, gap to the training table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal, Self

from numpy.typing import NDArray
from pydantic import Field, FiniteFloat, model_validator

from trimtab.gate_report import Check
from trimtab.gates.model.check_result import estimate_check, make_check, make_part, unmet_bounds
from trimtab.gates.model.declared_check import BoundedCheck, ComparedCheck, MeasuredCheck
from trimtab.gates.model.model_under_test import ModelUnderTest, ScoredTable, missing_columns
from trimtab.gates.model.slices import TableSlice, slice_table
from trimtab.learning import DIGITS, Estimate, Floats, Metric, Sampled, Statistic, within

NAMED = 3  # failed slices that the detail of a check names


class ScoreCheck(BoundedCheck):
    """Bounds on a metric of the test table."""

    type: Literal["score"]

    def evaluate(self, subject: ModelUnderTest) -> Check:
        """Check a metric of the test table."""
        name, test = f"score {subject.metric(self.metric).name}", subject.test
        if test.problem:
            return make_check(self, name, False, detail=test.problem)
        measured = _statistic(self, subject, test.labels, test.scores)
        (found,) = subject.bootstrap.estimates([measured], len(test.labels))
        return estimate_check(self, name, found, _unmet(self, subject, found, self.min, self.max))


class SliceCheck(BoundedCheck):
    """Bounds on a metric in every slice of the test table.

    Attributes:
        by: Columns to slice by, each on its own; a list of two columns is a pair.
        min_rows: Slices with fewer rows are counted, but not checked.
    """

    type: Literal["slices"]
    by: list[str | list[str]] = Field(min_length=1)
    min_rows: int = Field(ge=1)

    @model_validator(mode="after")
    def _columns_or_pairs(self) -> Self:
        if any(isinstance(columns, list) and len(columns) != 2 for columns in self.by):
            raise ValueError("by is a list of columns, or of pairs of columns")
        return self

    def evaluate(self, subject: ModelUnderTest) -> Check:
        """Check a metric in every slice with enough rows; fail if no slice has enough."""
        name, test = f"slices {subject.metric(self.metric).name}", subject.test
        groups = [[by] if isinstance(by, str) else by for by in self.by]
        problem = missing_columns([column for group in groups for column in group], test.rows) or test.problem
        if problem:
            return make_check(self, name, False, detail=problem)
        every = [part for group in groups for part in slice_table(test.rows, group)]
        supported = [part for part in every if len(part.chosen) >= self.min_rows]
        small = f"{len(every) - len(supported)} of {len(every)} slices have fewer than {self.min_rows:,} rows"
        if not supported:
            return make_check(self, name, False, detail=f"nothing to check: {small}")
        ranked = _evaluate_slices(self, subject, supported)
        worst, failed = ranked[0], [one for one in ranked if one.problems]
        named = [f"{one.part.name} {' and '.join(one.problems)}" for one in failed[:NAMED]]
        detail = [
            f"{len(failed)} of {len(ranked)} slices failed: {', '.join(named)}" if failed else "",
            f"worst is {worst.part.name}, {len(worst.part.chosen):,} rows",
            small if len(supported) < len(every) else "",
        ]
        parts = [
            make_part(one.part.name, one.found, rows=len(one.part.chosen), passed=not one.problems)
            for one in ranked
        ]
        line = estimate_check(self, name, worst.found, worst.problems, parts=tuple(parts))
        return replace(line, detail="; ".join(filter(None, detail)))


class GainCheck(ComparedCheck):
    """The gain of the model over the baseline, on the same rows.

    Attributes:
        above: Lower bound of the gain; an equal gain fails.
    """

    needs: ClassVar[tuple[str, ...]] = ("model", "test", "baseline")

    type: Literal["gain"]
    above: FiniteFloat = 0.0

    def evaluate(self, subject: ModelUnderTest) -> Check:
        """Check the gain over the baseline: both models share the resamples."""
        metric, test, baseline = subject.metric(self.metric), subject.test, subject.baseline
        name = f"gain {metric.name}"
        if baseline is None:
            raise ValueError("the baseline was not scored")
        problem = test.problem or subject.problem_type.find_invalid(baseline)
        if problem:
            return make_check(self, name, False, detail=problem)
        pair = [_statistic(self, subject, test.labels, scores) for scores in (test.scores, baseline)]
        model, other = subject.bootstrap.sample(pair, len(test.labels))
        found = _gain(subject, model.minus(other).times(metric.sign), metric, *pair)
        problems = _unmet(self, subject, found, least=self.above)
        if not problems and (found.value if self.point else found.low) <= self.above:
            problems = [f"no more than {self.above:g}" if found.value <= self.above else "not surely more"]
        detail = f"model {model.value:.6g}, baseline {other.value:.6g}"
        return estimate_check(self, name, found, problems, detail=detail)


class GapCheck(ComparedCheck):
    """The gap between the training table and the test table.

    Attributes:
        max: Largest gap.
    """

    needs: ClassVar[tuple[str, ...]] = ("model", "test", "train")

    type: Literal["gap"]
    max: FiniteFloat = Field(ge=0)

    def evaluate(self, subject: ModelUnderTest) -> Check:
        """Check how much better the metric is on the training table."""
        metric, test, train = subject.metric(self.metric), subject.test, subject.train
        name = f"gap {metric.name}"
        if train is None:
            raise ValueError("the training table was not scored")
        problem = test.problem or train.problem
        if problem:
            return make_check(self, name, False, detail=problem)
        unseen, seen = (_sampled(self, table, subject, stream) for stream, table in enumerate((test, train)))
        found = subject.bootstrap.estimate(seen.minus(unseen).times(metric.sign))
        problems = _unmet(self, subject, found, most=self.max)
        detail = f"training {seen.value:.6g}, test {unseen.value:.6g}"
        return estimate_check(self, name, found, problems, detail=detail)


@dataclass(frozen=True, slots=True)
class _EvaluatedSlice:
    part: TableSlice
    found: Estimate
    problems: Sequence[str]
    margin: float  # distance to the nearest bound; negative if it is not met


def _statistic(
    check: MeasuredCheck, subject: ModelUnderTest, labels: NDArray[Any], scores: Floats
) -> Statistic:
    return subject.statistic(check.metric, labels, scores, check.threshold)


def _gain(
    subject: ModelUnderTest, gain: Sampled, metric: Metric, model: Statistic, baseline: Statistic
) -> Estimate:
    low, high = subject.problem_type.gain_interval(
        subject.bootstrap,
        gain,
        lambda weights: metric.sign * (model(weights) - baseline(weights)),
        len(subject.test.labels),
    )
    return Estimate(*(round(value, DIGITS) for value in (gain.value, low, high)))


def _evaluate_slices(
    check: SliceCheck, subject: ModelUnderTest, parts: Sequence[TableSlice]
) -> list[_EvaluatedSlice]:
    """Evaluate the slices; the worst comes first."""
    test = subject.test
    measured = [
        within(_statistic(check, subject, test.labels[part.chosen], test.scores[part.chosen]), part.chosen)
        for part in parts
    ]
    found = subject.bootstrap.estimates(measured, len(test.labels))
    ranked = [
        _EvaluatedSlice(part, one, _unmet(check, subject, one, check.min, check.max), _margin(check, one))
        for part, one in zip(parts, found, strict=True)
    ]
    return sorted(ranked, key=lambda one: one.margin)


def _margin(check: BoundedCheck, found: Estimate) -> float:
    low, high = (found.value, found.value) if check.point else found.interval or (math.nan, math.nan)
    margins = [low - check.min] if check.min is not None else []
    margins += [check.max - high] if check.max is not None else []
    return -math.inf if any(map(math.isnan, margins)) else min(margins)


def _sampled(check: GapCheck, table: ScoredTable, subject: ModelUnderTest, stream: int) -> Sampled:
    measured = _statistic(check, subject, table.labels, table.scores)
    bootstrap = replace(subject.bootstrap, blocks=table.blocks, row_weights=table.weights)
    (sampled,) = bootstrap.sample([measured], len(table.labels), stream=stream)
    return sampled


def _unmet(
    check: MeasuredCheck,
    subject: ModelUnderTest,
    found: Estimate,
    least: float | None = None,
    most: float | None = None,
) -> list[str]:
    problem_type = subject.problem_type
    return [
        *unmet_bounds(
            found,
            point=check.point,
            least=least,
            most=most,
            undefined=problem_type.why_undefined(subject.metric(check.metric)),
            scarce=subject.scarce,
        )
    ]
