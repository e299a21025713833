"""Attribution: how much a model's predictions depend on a feature.

Some rows get the feature's values of other rows. How far their predictions move is the attribution of the
feature, and how much worse the metric gets is its importance (permutation importance: Breiman, "Random
Forests", 2001, section 10). Any model can be asked this.

No row gives a value and gets one too. So the pairs of rows are independent, and the standard errors are those
of independent rows. If the rows of one table were shuffled among themselves, they would be too small by up to
the square root of 2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import BaseModel, ConfigDict, Field, NonNegativeFloat

from trimtab.drift.statistics.rounding import round_figure
from trimtab.drift.statistics.scored_rows import ScoredRows
from trimtab.drift.statistics.significance import mean_design_effect
from trimtab.learning import Bootstrap, Floats, Metric, ProblemType, Sampled

if TYPE_CHECKING:
    import pandas as pd

Predict: TypeAlias = "Callable[[pd.DataFrame], ArrayLike]"

PAIRS = 2000  # of rows
MOST_PREDICTIONS = 100_000  # with more than fifty features there are fewer pairs
FEWEST_PAIRS = 20
MIN_ROWS = 20  # of a period, for a metric
RESAMPLES, CONFIDENCE, SEED = 200, 0.95, 0
DIGITS = 4  # of a design effect


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class AttributionFigure(_Part):
    """A figure on one feature.

    Attributes:
        value: The figure.
        error: Its standard error, for independent rows.
        design_effect: Its variance between periods, relative to that of independent rows.
    """

    value: float
    error: NonNegativeFloat
    design_effect: float = Field(default=1.0, ge=1)


class Attribution(_Part):
    """How much the predictions depend on one feature.

    Attributes:
        movement: How far the predictions move on average without the feature: a share of probability, or a
            number in the unit of the label.
        importance: How much worse each metric gets without the feature, by name; empty without labels.
    """

    movement: AttributionFigure
    importance: dict[str, AttributionFigure]


def measure_attributions(
    problem: ProblemType,
    rows: pd.DataFrame,
    predictions: ArrayLike,
    labels: ArrayLike | None,
    predict: Predict,
    *,
    features: Sequence[str],
    metrics: Mapping[str, Metric],
    periods: NDArray[np.intp] | None = None,
) -> dict[str, Attribution]:
    """Measure the attribution of features on a sample of rows.

    Args:
        problem: The problem type, with the classes of the model.
        rows: The table that the model predicts for.
        predictions: Its predictions, in the shape of the problem type.
        labels: The values of the label column, of shape (n_rows,). Some may be missing; None for all.
        predict: Returns the predictions for rows with the columns of ``rows``.
        features: The columns to measure.
        metrics: The metrics of the importance, by name.
        periods: Each row's period, numbered from 0, of shape (n_rows,).

    Returns:
        The attribution by feature; empty for a table with too few rows.

    Raises:
        DriftError: What ``predict`` returns is invalid.
    """
    import pandas as pd

    number = min(PAIRS, MOST_PREDICTIONS // max(len(features), 1), len(rows) // 2)
    if number < FEWEST_PAIRS:
        return {}
    drawn = np.random.default_rng(SEED).choice(len(rows), 2 * number, replace=False)
    receivers, donors = np.sort(drawn[:number]), drawn[number:]
    received, labelled = rows.iloc[receivers], None if labels is None else pd.Series(labels).iloc[receivers]

    def read(predicted: ArrayLike) -> ScoredRows:
        return ScoredRows.read(problem, predicted, labelled, rows=number)

    whole = read(np.asarray(predictions)[receivers])
    changed = {name: read(predict(received.assign(**{name: rows[name].array[donors]}))) for name in features}
    of_row = None if periods is None else periods[receivers]
    importances = _measure_importances(whole, changed, metrics, of_row)
    return {
        name: Attribution(
            movement=_mean(problem.distances(whole.predictions, other.predictions), of_row),
            importance=importances.get(name, {}),
        )
        for name, other in changed.items()
    }


def _mean(values: Floats, periods: NDArray[np.intp] | None) -> AttributionFigure:
    return AttributionFigure(
        value=round_figure(float(values.mean())),
        error=round_figure(float(values.std(ddof=1)) / len(values) ** 0.5),
        design_effect=1.0 if periods is None else round(mean_design_effect(values, periods), DIGITS),
    )


def _measure_importances(
    whole: ScoredRows,
    changed: Mapping[str, ScoredRows],
    metrics: Mapping[str, Metric],
    periods: NDArray[np.intp] | None,
) -> dict[str, dict[str, AttributionFigure]]:
    """Return how much worse each metric gets, by feature and metric; undefined ones are left out."""
    problem, labels = whole.problem, whole.labels
    if not whole.labelled or problem.find_unmeasurable(labels):
        return {}
    bootstrap = Bootstrap(RESAMPLES, CONFIDENCE, SEED)
    of_period = _period_weights(whole.known, periods)
    predictions = [each.predictions_of_known for each in (whole, *changed.values())]
    found: dict[str, dict[str, AttributionFigure]] = {name: {} for name in changed}
    for metric in metrics.values():
        statistics = [problem.statistic(metric, labels, each) for each in predictions]
        before, *others = bootstrap.sample(statistics, len(labels))
        with np.errstate(divide="ignore", invalid="ignore"):  # an undefined figure is NaN, and is left out
            before_by_period, *others_by_period = [statistic(of_period) for statistic in statistics]
        for name, other, by_period in zip(changed, others, others_by_period, strict=True):
            lost = before.minus(other).times(metric.sign)
            figure = _lost_figure(lost, len(labels), before_by_period - by_period, of_period.sum(axis=1))
            if figure is not None:
                found[name][metric.name] = figure
    return found


def _period_weights(known: NDArray[np.bool_], periods: NDArray[np.intp] | None) -> Floats:
    """Return which rows with a label are of each period that has enough, of shape (n_periods, n_known).

    Without two such periods, all rows are one period.
    """
    of_row = np.zeros(int(known.sum()), dtype=np.intp) if periods is None else periods[known]
    numbers, rows = np.unique(of_row, return_counts=True)
    large = numbers[rows >= MIN_ROWS]
    if len(large) < 2:
        return np.ones((1, len(of_row)))
    weights: Floats = (large[:, None] == of_row).astype(np.float64)
    return weights


def _lost_figure(lost: Sampled, rows: int, by_period: Floats, sizes: Floats) -> AttributionFigure | None:
    """Return the figure of a loss; None if it is undefined, or for half of the resamples.

    Args:
        lost: The loss, in all rows and in each resample.
        rows: Number of rows.
        by_period: The loss in each period, of shape (n_periods,); its sign does not matter.
        sizes: Rows of each period, of shape (n_periods,).
    """
    draws = lost.draws[np.isfinite(lost.draws)]
    if not np.isfinite(lost.value) or 2 * len(draws) <= len(lost.draws):
        return None
    error = float(np.std(draws, ddof=1))
    return AttributionFigure(
        value=round_figure(lost.value) + 0.0,  # never -0.0
        error=round_figure(error),
        design_effect=round(_design_effect(by_period, sizes, error**2 * rows), DIGITS),
    )


def _design_effect(by_period: Floats, sizes: Floats, variance: float) -> float:
    """Return the variance of a figure between periods, relative to that of a row; at least 1."""
    defined = np.isfinite(by_period)
    if defined.sum() < 2 or not variance:
        return 1.0
    values, sizes = by_period[defined], sizes[defined]
    squares = sizes * (values - np.average(values, weights=sizes)) ** 2
    return max(1.0, float(squares.sum()) / (len(values) - 1) / variance)
