"""The leakage check: a single feature that predicts the label too well probably contains it."""

from __future__ import annotations

from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, ValidationInfo, model_validator

from trimtab.gate_report import Check
from trimtab.gates.model.check_result import estimate_check, make_part, unmet_bounds
from trimtab.gates.model.declared_check import ModelCheck, problem_type_of
from trimtab.gates.model.model_under_test import ModelUnderTest
from trimtab.learning import Bootstrap, Estimate, Floats, ProblemType, Sampled

MOST_CELLS = 5000  # cells in a resample; with 1,000 resamples, 40 MB


class LeakageCheck(ModelCheck):
    """No single feature predicts the label implausibly well.

    Attributes:
        max_auc: Largest ROC AUC of a single feature; of several classes, the mean over one class against all
            others.
        max_r2: Largest R² of a single feature, if the label is a number.
        point: Compare the figures themselves with the bound, not their intervals.
    """

    type: Literal["leakage"]
    max_auc: float | None = Field(default=None, gt=0.5, lt=1)
    max_r2: float | None = Field(default=None, gt=0, lt=1)
    point: bool = False

    @model_validator(mode="after")
    def _bound_is_that_of_the_problem_type(self, info: ValidationInfo) -> Self:
        problem_type = problem_type_of(info)
        given = [name for name in ("max_auc", "max_r2") if getattr(self, name) is not None]
        if given != [problem_type.leakage_bound]:
            found = f", not {' and '.join(given)}" if given else ""
            raise ValueError(f"for {problem_type.name}, the check needs {problem_type.leakage_bound}{found}")
        return self

    def evaluate(self, subject: ModelUnderTest) -> Check:
        """Check how well each feature predicts the label alone."""
        test, problem_type = subject.test, subject.problem_type
        found = {
            name: _estimate(problem_type, test.rows[name], test.labels, subject.bootstrap)
            for name in subject.model.features
        }
        most = getattr(self, problem_type.leakage_bound)
        problems = {
            name: [*unmet_bounds(one, point=self.point, most=most, scarce=subject.scarce)]
            for name, one in found.items()
        }
        ranked = sorted(found, key=lambda name: -found[name].value)
        suspects = [name for name in ranked if problems[name]]
        return estimate_check(
            self,
            "leakage",
            found[ranked[0]],
            [f"{', '.join(suspects)} alone: may have seen the outcome"] if suspects else [],
            detail="" if suspects else f"the strongest single feature is {ranked[0]}",
            parts=tuple(
                make_part(name, found[name], rows=len(test.labels), passed=not problems[name])
                for name in ranked
            ),
        )


def _estimate(problem_type: ProblemType, column: Any, labels: NDArray[Any], bootstrap: Bootstrap) -> Estimate:
    """Estimate how well a feature predicts the labels alone.

    It predicts few distinct values, so that rows are resampled as counts of cells, unless there are too many.
    """
    predictions = problem_type.predict_from_feature(column, labels)
    cells, first, cell = np.unique(
        np.column_stack([predictions, labels]), axis=0, return_index=True, return_inverse=True
    )
    metric = problem_type.metrics[problem_type.leakage_metric]
    if len(cells) > MOST_CELLS:
        measured = problem_type.statistic(metric, labels, predictions)
        (found,) = bootstrap.estimates([measured], len(labels))
        return found
    counted = np.bincount(cell, weights=bootstrap.row_weights)
    drawn: Floats = np.vstack([counted, bootstrap.cells(cell)])
    with np.errstate(divide="ignore", invalid="ignore"):
        whole, *draws = problem_type.statistic(metric, labels[first], predictions[first])(drawn)
    return bootstrap.estimate(Sampled(float(whole), np.array(draws)))
