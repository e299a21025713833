"""Checks on how scores react to changed rows, whatever the labels: stability, invariance, direction.

Source of the kinds of checks: Ribeiro et al., Beyond Accuracy: Behavioral Testing of NLP Models with
CheckList (ACL 2020), here for tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, FiniteFloat, model_validator

from trimtab.gate_report import Check
from trimtab.gates.model.check_result import estimate_check, make_check, unmet_bounds
from trimtab.gates.model.declared_check import ModelCheck
from trimtab.gates.model.model_under_test import ModelUnderTest, missing_columns
from trimtab.learning import Floats, share

if TYPE_CHECKING:
    import pandas as pd


class StabilityCheck(ModelCheck):
    """Scores are probabilities, and do not change when rows are scored again, in another order or alone.

    Attributes:
        rows: How many rows are scored one at a time.
        tolerance: By how much two scores of one row may differ.
    """

    type: Literal["stability"]
    rows: int = Field(default=20, ge=1)
    tolerance: float = Field(default=1e-9, ge=0)

    def evaluate(self, subject: ModelUnderTest) -> Check:
        """Check that scores are probabilities and depend on their own row alone."""
        test, model = subject.test, subject.model
        random = np.random.default_rng(subject.bootstrap.seed)
        shuffled = random.permutation(len(test.rows))
        some = shuffled[: self.rows]
        alone = np.concatenate([model.score(test.rows.iloc[[row]]) for row in some])
        again = {
            "when scored again": _changed(test.scores, model.score(test.rows), self.tolerance),
            "in another order": _changed(
                test.scores[shuffled], model.score(test.rows.iloc[shuffled]), self.tolerance
            ),
            "alone, not among others": _changed(test.scores[some], alone, self.tolerance),
        }
        lines = [f"{int(moved.sum()):,} rows score differently {when}" for when, moved in again.items()]
        problems = [
            test.problem,
            *(line for line, moved in zip(lines, again.values(), strict=True) if moved.any()),
        ]
        detail = "; ".join(filter(None, problems))
        return make_check(self, "stability", not detail, rows=len(test.rows), detail=detail)


class InvarianceCheck(ModelCheck):
    """Shuffling a column changes no score.

    Attributes:
        column: The column that must not matter.
        tolerance: By how much a score may change.
    """

    type: Literal["invariance"]
    column: str
    tolerance: float = Field(default=1e-9, ge=0)

    def evaluate(self, subject: ModelUnderTest) -> Check:
        """Check that a column does not matter: its values are shuffled between rows."""
        rows = subject.test.rows
        if problem := missing_columns([self.column], rows):
            return make_check(self, "invariance", False, column=self.column, detail=problem)
        if self.column not in subject.model.features:
            return make_check(
                self, "invariance", True, column=self.column, detail="the model does not read it"
            )
        shuffled = np.random.default_rng(subject.bootstrap.seed).permutation(len(rows))
        changed = rows.assign(**{self.column: rows[self.column].to_numpy()[shuffled]})
        moved = _changed(subject.test.scores, subject.model.score(changed), self.tolerance)
        return make_check(
            self,
            "invariance",
            not moved.any(),
            column=self.column,
            unexpected=int(moved.sum()),
            rows=len(rows),
            detail="scores change when its values are shuffled" if moved.any() else "",
        )


class DirectionCheck(ModelCheck):
    """Adding to a column changes scores in one direction only.

    Attributes:
        column: A column of numbers.
        by: What is added, in the unit of the column; a negative number is subtracted.
        never: What the score must not do.
        max_share: Largest share of the rows for which the score may do it.
        tolerance: Smaller changes are ignored.
        point: Compare the share itself with the bound, not its interval.
    """

    type: Literal["direction"]
    column: str
    by: FiniteFloat
    never: Literal["lower", "raise"]
    max_share: float = Field(default=0.0, ge=0, lt=1)
    tolerance: float = Field(default=1e-9, ge=0)
    point: bool = False

    @model_validator(mode="after")
    def _by_is_not_zero(self) -> Self:
        if not self.by:
            raise ValueError("by is 0: nothing changes")
        return self

    def evaluate(self, subject: ModelUnderTest) -> Check:
        """Check that scores change in one direction only when a column is increased; nulls stay null."""
        import pandas as pd

        rows = subject.test.rows
        problem = missing_columns([self.column], rows)
        if not problem and self.column not in subject.model.features:
            problem = "the model does not read it"
        if not problem and not pd.api.types.is_numeric_dtype(rows[self.column]):
            problem = f"it holds {rows[self.column].dtype}, not numbers"
        if not problem and rows[self.column].isna().all():
            problem = "every value is null, so nothing was checked"
        problem = problem or subject.test.problem
        if problem:
            return make_check(self, "direction", False, column=self.column, detail=problem)
        wrong, counted = _changed_wrongly(self, subject, rows), rows[self.column].notna().to_numpy()
        (found,) = subject.bootstrap.estimates([share(wrong, among=counted)], len(rows))
        problems = [*unmet_bounds(found, point=self.point, most=self.max_share)]
        return estimate_check(
            self,
            "direction",
            found,
            problems,
            column=self.column,
            unexpected=int((wrong & counted).sum()),
            rows=int(counted.sum()),
        )


def _changed(before: Floats, after: Floats, tolerance: float) -> NDArray[np.bool_]:
    """Return which scores changed; NaN counts as changed."""
    stayed: NDArray[np.bool_] = np.abs(after - before) <= tolerance
    return ~stayed


def _changed_wrongly(check: DirectionCheck, subject: ModelUnderTest, rows: pd.DataFrame) -> NDArray[np.bool_]:
    before = subject.test.scores
    after = subject.model.score(rows.assign(**{check.column: _added(rows[check.column], check.by)}))
    up = after - before if check.never == "lower" else before - after
    fine: NDArray[np.bool_] = up >= -check.tolerance
    return ~fine


def _added(column: pd.Series[Any], by: float) -> pd.Series[Any]:
    return column + (int(by) if by == int(by) else by)  # integers stay integers
