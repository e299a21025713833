"""Checks on how scores react to changed rows, whatever the labels: stability, invariance, direction.

A tolerance is absolute for a score up to 1, such as a probability, and relative to the size of a larger one.

Source of the kinds of checks: Ribeiro et al., Beyond Accuracy: Behavioral Testing of NLP Models with
CheckList (ACL 2020), here for tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, FiniteFloat, ValidationInfo, model_validator

from trimtab.gate_report import Check
from trimtab.gates.model.check_result import estimate_check, make_check, unmet_bounds
from trimtab.gates.model.declared_check import ModelCheck, problem_type_of
from trimtab.gates.model.model_under_test import ModelUnderTest, missing_columns
from trimtab.learning import Floats, share

if TYPE_CHECKING:
    import pandas as pd


class StabilityCheck(ModelCheck):
    """Scores are valid, and do not change when rows are scored again, in another order or alone.

    Attributes:
        rows: How many rows are scored one at a time.
        tolerance: By how much two scores of one row may differ; relative for scores above 1.
    """

    type: Literal["stability"]
    rows: int = Field(default=20, ge=1)
    tolerance: float = Field(default=1e-9, ge=0)

    def evaluate(self, subject: ModelUnderTest) -> Check:
        """Check that scores are valid and depend on their own row alone."""
        test, model = subject.test, subject.model
        random = np.random.default_rng(subject.bootstrap.seed)
        shuffled = random.permutation(len(test.rows))
        some = shuffled[: self.rows]
        alone = np.concatenate([model.predict(test.rows.iloc[[row]]) for row in some])
        again = {
            "when scored again": _changed(test.scores, model.predict(test.rows), self.tolerance),
            "in another order": _changed(
                test.scores[shuffled], model.predict(test.rows.iloc[shuffled]), self.tolerance
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
        tolerance: By how much a score may change; relative for scores above 1.
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
        moved = _changed(subject.test.scores, subject.model.predict(changed), self.tolerance)
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
        class_name: The class whose probability is the score, for a model of several classes.
        max_share: Largest share of the rows for which the score may do it.
        tolerance: Smaller changes are ignored; relative for scores above 1.
        point: Compare the share itself with the bound, not its interval.
    """

    type: Literal["direction"]
    column: str
    by: FiniteFloat
    never: Literal["lower", "raise"]
    class_name: str | int | float | bool | None = None
    max_share: float = Field(default=0.0, ge=0, lt=1)
    tolerance: float = Field(default=1e-9, ge=0)
    point: bool = False

    @model_validator(mode="after")
    def _by_is_not_zero(self) -> Self:
        if not self.by:
            raise ValueError("by is 0: nothing changes")
        return self

    @model_validator(mode="after")
    def _class_goes_with_the_problem_type(self, info: ValidationInfo) -> Self:
        problem_type = problem_type_of(info)
        if problem_type.needs_class and self.class_name is None:
            raise ValueError("class_name is missing: name the class whose probability must not change so")
        if not problem_type.needs_class and self.class_name is not None:
            raise ValueError(f"class_name: a score of the problem type {problem_type.name} has no class")
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
        problem = problem or subject.test.problem or _unknown_class(self, subject)
        if problem:
            return make_check(self, "direction", False, column=self.column, detail=problem)
        wrong, counted = _changed_wrongly(self, subject, rows), rows[self.column].notna().to_numpy()
        (found,) = subject.bootstrap.estimates([share(wrong, among=counted)], len(rows))
        scarce = "there are too few rows with a value"
        problems = [*unmet_bounds(found, point=self.point, most=self.max_share, scarce=scarce)]
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
    """Return which rows have a score that changed, of shape (n_rows,); NaN counts as changed."""
    stayed: NDArray[np.bool_] = np.abs(after - before) <= _allowed(before, tolerance)
    changed: NDArray[np.bool_] = np.any(~stayed.reshape(len(stayed), -1), axis=1)
    return changed


def _allowed(scores: Floats, tolerance: float) -> Floats:
    """Return by how much each score may change."""
    return tolerance * np.maximum(1.0, np.abs(scores))


def _unknown_class(check: DirectionCheck, subject: ModelUnderTest) -> str:
    try:
        _score_of_class(check, subject, subject.test.scores)
    except ValueError as err:
        return str(err)
    return ""


def _score_of_class(check: DirectionCheck, subject: ModelUnderTest, scores: Floats) -> Floats:
    """Return the score that must not fall, or rise, of shape (n_rows,)."""
    return subject.problem_type.of_class(scores, check.class_name)


def _changed_wrongly(check: DirectionCheck, subject: ModelUnderTest, rows: pd.DataFrame) -> NDArray[np.bool_]:
    changed = rows.assign(**{check.column: _added(rows[check.column], check.by)})
    before, after = (
        _score_of_class(check, subject, scores)
        for scores in (subject.test.scores, subject.model.predict(changed))
    )
    up = after - before if check.never == "lower" else before - after
    fine: NDArray[np.bool_] = up >= -_allowed(before, check.tolerance)
    return ~fine


def _added(column: pd.Series[Any], by: float) -> pd.Series[Any]:
    return column + (int(by) if by == int(by) else by)  # integers stay integers
