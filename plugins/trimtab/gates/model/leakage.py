"""The leakage check: a single feature that predicts the label too well probably contains it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from trimtab.gate_report import Check
from trimtab.gates.model.check_result import estimate_check, make_part, unmet_bounds
from trimtab.gates.model.declared_check import ModelCheck
from trimtab.gates.model.model_under_test import ModelUnderTest
from trimtab.learning import Bootstrap, Estimate, Floats, Labels, Sampled, auc_of_counts

if TYPE_CHECKING:
    import pandas as pd

BINS = 20  # of equally many rows, for a column of numbers
FOLDS = 2


class LeakageCheck(ModelCheck):
    """No single feature predicts the label implausibly well.

    Attributes:
        max_auc: Largest ROC AUC of a single feature.
        point: Compare the figures themselves with the bound, not their intervals.
    """

    type: Literal["leakage"]
    max_auc: float = Field(gt=0.5, lt=1)
    point: bool = False

    def evaluate(self, subject: ModelUnderTest) -> Check:
        """Check the ROC AUC of each feature alone."""
        test = subject.test
        found = {
            name: _auc_of_rates(rate_by_value(test.rows[name], test.labels), test.labels, subject.bootstrap)
            for name in subject.model.features
        }
        problems = {
            name: [*unmet_bounds(one, point=self.point, most=self.max_auc)] for name, one in found.items()
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


def _auc_of_rates(rates: Floats, labels: Labels, bootstrap: Bootstrap) -> Estimate:
    """Return the ROC AUC of a few distinct rates: rows are resampled as counts of rate and label."""
    distinct, rank = np.unique(rates, return_inverse=True)
    counts = np.bincount(2 * rank + labels, minlength=2 * len(distinct))
    drawn = np.vstack([counts, bootstrap.cells(counts)]).astype(np.float64)
    whole, *draws = auc_of_counts(drawn[:, 1::2], drawn[:, ::2])
    return bootstrap.estimate(Sampled(float(whole), np.array(draws)))


def rate_by_value(column: pd.Series[Any], labels: Labels) -> Floats:
    """Return the share of positives among rows with the same value, computed on the other half of the rows.

    Numbers are binned: the relation need not be monotone. A null is a value, as a missing value may be
    the leak. With the rates of the other half, a column of many values cannot give each row its own label.

    Args:
        column: A feature.
        labels: Whether a row is positive, of shape (n_rows,).
    """
    codes = _codes(column)
    fold = np.arange(len(codes)) % FOLDS
    rates = np.empty(len(codes))
    for held in range(FOLDS):
        fitted = fold != held
        size = int(codes.max()) + 1
        seen = np.bincount(codes[fitted], minlength=size)
        positive = np.bincount(codes[fitted], weights=labels[fitted], minlength=size)
        overall = labels[fitted].mean()
        rate = np.where(seen > 0, positive / np.maximum(seen, 1), overall)
        rates[~fitted] = rate[codes[~fitted]]
    return rates


def _codes(column: pd.Series[Any]) -> NDArray[np.intp]:
    """Encode the values of a column as 0, 1, …, nulls included."""
    import pandas as pd

    if pd.api.types.is_numeric_dtype(column) and column.nunique() > BINS:
        column = pd.Series(pd.qcut(column.astype("float64"), BINS, labels=False, duplicates="drop"))
    codes: NDArray[np.intp] = np.asarray(pd.factorize(column, use_na_sentinel=False)[0], dtype=np.intp)
    return codes
