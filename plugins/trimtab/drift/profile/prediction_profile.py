"""The profile of a model's predictions, with the labels of the same rows."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import BaseModel, ConfigDict, Field, NonNegativeFloat, field_validator, model_validator

from trimtab.drift.profile.binning import quantile_edges
from trimtab.drift.profile.column_profile import COARSE_BINS, FINE_BINS, BinIndices, NumericProfile
from trimtab.drift.profile.slices import Slices
from trimtab.drift.statistics import (
    Attribution,
    ErrorModel,
    Figure,
    ScoredRows,
    as_columns,
    bin_means,
    round_figure,
)
from trimtab.learning import PROBLEM_TYPES, Expectation, Floats, ProblemType, require_problem_type

MANY_COLUMNS = 20  # of predictions; more have fewer bins each, so that a profile has kilobytes


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class PredictionColumn(_Part):
    """One column of predictions, and what was observed for similar predictions.

    What is observed depends on the problem type: whether the row is positive, whether it is of the column's
    class, or label minus prediction.

    Attributes:
        mean: Mean observed value.
        deviation: Its standard deviation.
        predicted: The predictions in quantile bins, from which statistics are computed.
        sums: Sum of the observed values per bin of ``predicted``: the calibration of the model.
        squares: Sum of their squares per bin.
        histogram: The predictions in bins of equal width, for the report.
    """

    mean: float
    deviation: NonNegativeFloat
    predicted: NumericProfile
    sums: tuple[float, ...]
    squares: tuple[float, ...]
    histogram: NumericProfile

    @model_validator(mode="after")
    def _sums_fit_bins(self) -> Self:
        if {len(self.sums), len(self.squares)} != {len(self.predicted.counts)}:
            raise ValueError("the number of sums is not the number of bins of the predictions")
        return self

    @property
    def bin_means(self) -> NDArray[np.float64]:
        """The mean observed value per bin, of shape (n_bins,)."""
        return bin_means(self.predicted.counts, self.sums)


class PredictionProfile(_Part):
    """The profile of a model's predictions, with the labels of the same rows.

    Attributes:
        problem: Name of the problem type.
        classes: The classes, in the order of the columns; empty for a problem type without classes.
        unit: The unit of the label, for reports.
        figures: The metrics that are defined for the reference.
        columns: The columns of predictions, by name.
        slices: Performance of the model by slice.
        errors: The error model, for predictions that do not say how certain they are.
        attributions: How much the predictions depend on each feature; empty if it was not measured, and then
            not in the file either.
    """

    problem: str
    classes: tuple[str, ...]
    unit: str
    figures: dict[str, Figure]
    columns: dict[str, PredictionColumn]
    slices: Slices
    errors: ErrorModel | None
    attributions: dict[str, Attribution] = Field(default={}, exclude_if=lambda found: not found)

    @field_validator("problem")
    @classmethod
    def _problem_type_exists(cls, name: str) -> str:
        return require_problem_type(name)

    @model_validator(mode="after")
    def _columns_fit_the_problem(self) -> Self:
        if self.classes != self.problem_type.classes or tuple(self.columns) != self.problem_type.columns:
            raise ValueError(f"the columns of predictions are not {', '.join(self.problem_type.columns)}")
        if self.problem_type.default_metric not in self.figures:
            raise ValueError(f"the figure of {self.problem_type.default_metric} is missing")
        return self

    @cached_property
    def problem_type(self) -> ProblemType:
        """The problem type, with the classes or the levels that the columns are named after."""
        return PROBLEM_TYPES[self.problem].with_columns(tuple(self.columns))

    def bin_indices(self, predictions: Floats) -> BinIndices:
        """Return the bin of each prediction, of shape (n_rows, n_columns)."""
        columns = zip(self.columns.values(), as_columns(predictions).T, strict=True)
        return np.column_stack([column.predicted.bin_indices_of_floats(values) for column, values in columns])

    def expectation(self, predictions: Floats, counts: Mapping[str, ArrayLike]) -> Expectation:
        """Return what to expect of rows without labels.

        Args:
            predictions: The predictions.
            counts: By feature, the rows per bin of its profile in this reference.
        """
        bins = self.bin_indices(predictions)
        errors = self.errors.expect(column_counts(counts, bins, self.columns)) if self.errors else {}
        return Expectation(predictions, bins, [column.bin_means for column in self.columns.values()], errors)


def profile_columns(
    scored: ScoredRows, known: Mapping[str, PredictionColumn] | None = None
) -> dict[str, PredictionColumn]:
    """Return the profile of each column of predictions.

    Args:
        scored: Predictions and labels of the reference; all rows have a label.
        known: Columns whose bins to use.
    """
    problem = scored.problem
    observed = problem.calibrated_values(scored.labels, scored.predictions)
    bins = FINE_BINS if len(problem.columns) <= MANY_COLUMNS else COARSE_BINS
    found = {}
    for name, values, predictions in zip(problem.columns, observed.T, scored.by_column.T, strict=True):
        before = known[name] if known else None
        edges = before.predicted.edges if before else quantile_edges(predictions, bins)
        widths = before.histogram.edges if before else problem.histogram_edges(predictions)
        profile = NumericProfile.empty(edges).count(predictions)
        indices, number = profile.bin_indices_of_floats(predictions), len(profile.counts)
        found[name] = PredictionColumn(
            mean=round_figure(float(values.mean())),
            deviation=round_figure(float(values.std())),
            predicted=profile,
            sums=_rounded(np.bincount(indices, weights=values, minlength=number)),
            squares=_rounded(np.bincount(indices, weights=values**2, minlength=number)),
            histogram=NumericProfile.empty(widths).count(predictions),
        )
    return found


def column_counts(
    features: Mapping[str, ArrayLike], bins: BinIndices, columns: Mapping[str, PredictionColumn]
) -> dict[str, NDArray[np.int64]]:
    """Return the rows per bin of each column that an error model knows: the features and the predictions.

    A feature keeps its name. A column of predictions is named in parentheses, as no feature is.

    Args:
        features: By feature, the rows per bin.
        bins: The bin of each prediction, of shape (n_rows, n_columns).
        columns: The columns of predictions.
    """
    of_predictions = {
        f"({name})": np.bincount(indices, minlength=len(column.predicted.bin_counts()))
        for (name, column), indices in zip(columns.items(), bins.T, strict=True)
    }
    return {**{name: np.asarray(counts) for name, counts in features.items()}, **of_predictions}


def _rounded(values: NDArray[Any]) -> tuple[float, ...]:
    return tuple(round_figure(float(value)) for value in values)
