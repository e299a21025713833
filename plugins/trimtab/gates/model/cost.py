"""Checks on the cost of a model: its scoring time, the memory of scoring, and the size of its file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, model_validator

from trimtab.gate_report import Check
from trimtab.gates.model.check_result import make_check
from trimtab.gates.model.declared_check import DeclaredCheck, ModelCheck
from trimtab.gates.model.model_under_test import ModelUnderTest
from trimtab.gates.model.scoring_job import ScoringJob, run_scoring_job
from trimtab.learning import DIGITS, ScoringCost, model_bytes, scoring_seconds

Bound: TypeAlias = Annotated[float, Field(gt=0)] | None


class InferenceCheck(DeclaredCheck):
    """Scoring is fast enough, and needs little enough memory.

    The bounds on 1x and 10x rows are on one scoring of the test table, and of the table repeated ten times,
    in a process of its own. A check without such a bound starts none, since that takes seconds.

    Attributes:
        max_seconds: Largest scoring time of 1,000 rows, in seconds.
        max_seconds_1x: Largest scoring time of the test table, in seconds.
        max_seconds_10x: Largest scoring time of ten times its rows, in seconds.
        max_megabytes_1x: Largest memory that scoring the test table adds, in megabytes of 1,000,000 bytes.
        max_megabytes_10x: Largest memory that scoring ten times its rows adds, likewise.
    """

    type: Literal["inference"]
    max_seconds: Bound = None
    max_seconds_1x: Bound = None
    max_seconds_10x: Bound = None
    max_megabytes_1x: Bound = None
    max_megabytes_10x: Bound = None

    @model_validator(mode="after")
    def _has_a_bound(self) -> Self:
        if self.max_seconds is None and not self._table_bounds:
            raise ValueError("a check needs max_seconds, or max_seconds or max_megabytes with _1x or _10x")
        return self

    @property
    def _table_bounds(self) -> dict[int, tuple[Bound, Bound]]:
        """The bounds on seconds and megabytes, by how many times the table is repeated."""
        bounds = {
            1: (self.max_seconds_1x, self.max_megabytes_1x),
            10: (self.max_seconds_10x, self.max_megabytes_10x),
        }
        return {times: pair for times, pair in bounds.items() if any(pair)}

    def measure(self, subject: ModelUnderTest) -> tuple[Check, list[str]]:
        """Check the scoring time of 1,000 rows, the median of five rounds, and the cost of scoring tables.

        Returns:
            The check, without the figures, which differ from run to run; and the figures as lines of text.

        Raises:
            ModelError: The process that scores the tables failed.
        """
        problems, remarks = [], []
        if self.max_seconds is not None:
            seconds = scoring_seconds(subject.model.predict, subject.test.rows)
            problems += ["too slow"] if seconds > self.max_seconds else []
            remarks.append(f"inference: {seconds:.3g} s for 1,000 rows")
        costs = run_scoring_job(_job(subject, (*self._table_bounds,))) if self._table_bounds else {}
        for times, cost in costs.items():
            problems += _find_costly(cost, *self._table_bounds[times], rows=f"{times}x rows")
            figures = f"{cost.seconds:.3g} s and {cost.megabytes:.3g} MB"
            remarks.append(f"inference of {times}x rows: {figures} for {cost.rows:,} rows")
        unstored = (
            "time and memory differ from run to run: they are printed, not stored"
            if costs
            else "the time differs from run to run: it is printed, not stored"
        )
        return make_check(self, "inference", not problems, detail="; ".join(problems) or unstored), remarks


class SizeCheck(ModelCheck):
    """The model's file is small enough.

    Attributes:
        max_megabytes: Largest size, in megabytes of 1,000,000 bytes.
    """

    type: Literal["size"]
    max_megabytes: float = Field(gt=0)

    def evaluate(self, subject: ModelUnderTest) -> Check:
        """Check the size of the model file."""
        megabytes = model_bytes(subject.path) / 1e6
        passed = megabytes <= self.max_megabytes
        detail = "" if passed else f"above {self.max_megabytes:g}"
        return make_check(self, "size", passed, observed=round(megabytes, DIGITS), detail=detail)


def _job(subject: ModelUnderTest, times: tuple[int, ...]) -> ScoringJob:
    return ScoringJob(
        model=str(subject.path),
        table=str(subject.test_path),
        features=subject.model.features,
        problem_type=subject.problem_type.name,
        trusted_types=subject.trusted_types,
        times=times,
    )


def _find_costly(cost: ScoringCost, max_seconds: Bound, max_megabytes: Bound, *, rows: str) -> Iterator[str]:
    """Yield a message for each bound that is not met."""
    if max_seconds is not None and cost.seconds > max_seconds:
        yield f"too slow with {rows}"
    if max_megabytes is not None and cost.megabytes > max_megabytes:
        yield f"too much memory with {rows}"
