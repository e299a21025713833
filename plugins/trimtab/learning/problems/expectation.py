"""The figures of a model that are expected before the labels arrive.

If a classifier is as well calibrated as in the reference, its calibrated probabilities tell how often it is
wrong. This is confidence-based performance estimation (CBPE in the documentation of NannyML; Garg et al.,
"Leveraging Unlabeled Data to Predict Out-of-Distribution Performance", ICLR 2022, and Guillory et al.,
"Predicting with Confidence on Unseen Distributions", ICCV 2021, estimate accuracy from confidence). A
regression has no confidence, so a model of its errors takes that place (direct loss estimation, DLE, in the
documentation of NannyML).

Both show what a shift of features and predictions costs. Neither can show concept drift: other labels for
the same features.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trimtab.learning.problems.standard_error import sorted_rows
from trimtab.learning.resampling.bootstrap import Floats

if TYPE_CHECKING:
    from trimtab.learning.metrics.metric import Metric
    from trimtab.learning.problems.problem_type import ProblemType

DRAWS = 20  # of the labels
MOST_DRAWN = 200_000  # labels, if the table is not larger itself
SEED = 0


@dataclass(frozen=True)
class Expectation:
    """What a reference makes one expect of rows without labels.

    Attributes:
        predictions: The predictions.
        bins: The bin of the reference that each prediction is in, of shape (n_rows, n_columns).
        means: By column of predictions, the mean of what is calibrated in each bin of the reference.
        errors: The expected mean of each error that the problem type names.
    """

    predictions: Floats
    bins: NDArray[np.intp]
    means: Sequence[Floats]
    errors: Mapping[str, float] = field(default_factory=dict)

    @property
    def calibrated(self) -> Floats:
        """The expected values, of shape (n_rows, n_columns)."""
        return np.column_stack([means[bins] for means, bins in zip(self.means, self.bins.T, strict=True)])


def drawn_figure(
    problem: ProblemType,
    metric: Metric,
    predictions: Floats,
    probabilities: Floats,
    *,
    dtype: type = np.intp,
) -> float | None:
    """Return the mean of a metric over labels that are drawn from calibrated probabilities.

    The draws of a row are spread evenly over its probabilities (systematic sampling). So the mean of a metric
    that is a mean of rows, such as log loss or accuracy, is close to its expectation.

    Args:
        problem: The problem type.
        metric: A metric without a threshold.
        predictions: The predictions.
        probabilities: The calibrated probability of each class, of shape (n_rows, n_classes).
        dtype: The type of the labels, which are made of the numbers of the classes.

    Returns:
        The mean; None if the metric is undefined for all drawn labels.
    """
    order = sorted_rows(predictions, probabilities)
    predictions, below = predictions[order], probabilities[order].cumsum(axis=1)[:, :-1]
    start = np.random.default_rng(SEED).random(len(order))
    draws = max(1, min(DRAWS, MOST_DRAWN // len(order)))
    figures = []
    for draw in range(draws):
        place = (start + draw / draws) % 1
        labels = (place[:, None] >= below).sum(axis=1).astype(dtype)
        with np.errstate(divide="ignore", invalid="ignore"):  # an undefined figure is NaN, and is left out
            figures.append(problem.figure(metric, labels, predictions))
    defined = [figure for figure in figures if np.isfinite(figure)]
    return float(np.mean(defined)) if defined else None


def expected_auc(rows: ArrayLike, rates: ArrayLike) -> float | None:
    """Return the ROC AUC of scores whose bins have these positive rates; None if only one class is expected.

    ROC AUC is the probability that a positive row is in a higher bin than a negative row, plus half the
    probability that both are in the same bin.

    Args:
        rows: Rows per bin of ascending scores, of shape (n_bins,).
        rates: Share of positive labels per bin, of shape (n_bins,).
    """
    n, p = np.asarray(rows, dtype=np.float64), np.asarray(rates, dtype=np.float64)
    positive, negative = n * p, n * (1 - p)
    below = np.cumsum(negative) - negative / 2
    pairs = positive.sum() * negative.sum()
    return float(np.sum(positive * below) / pairs) if pairs > 0 else None
