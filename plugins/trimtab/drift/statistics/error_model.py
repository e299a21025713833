"""The error model: which error to expect in which bin of the features and of the prediction.

It is an additive ridge regression on the bins, as indicators. Along the bins of a number, second differences
are penalized too, so that the effects are a smooth curve, which the few rows of a tail do not bend (penalized
splines, here of degree 0: Eilers & Marx, "Flexible Smoothing with B-splines and Penalties", 1996). The mean
error of a window then follows from the window's histograms alone. The model knows nothing of bins that the
reference has no rows in, nor of what only a combination of features makes harder.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict
from scipy.linalg import block_diag

from trimtab.learning import Floats

SHRINKAGE = 30.0  # rows of mean error that a category is pulled with: in small ones the error is chance
ORDERED_SHRINKAGE = 3.0  # the same of a bin of a number, which its neighbours pull too ...
SMOOTHNESS = 50.0  # ... with this weight of squared second differences, in rows
DIGITS = 5  # significant ones of a coefficient

Counts = NDArray[np.int64]


class ErrorModel(BaseModel):
    """An additive model of the mean of each error.

    Attributes:
        means: The mean of each error in the reference.
        effects: By error and column, how far the error is from the mean in each bin; weighted by the rows of
            the reference, the effects of a column sum to 0.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    means: dict[str, float]
    effects: dict[str, dict[str, tuple[float, ...]]]

    @classmethod
    def fit(
        cls,
        errors: Mapping[str, Floats],
        means: Mapping[str, float],
        bins: Mapping[str, NDArray[np.integer]],
        groups: Mapping[str, NDArray[np.intp]],
        ordered: Mapping[str, int],
        counts: Mapping[str, Counts],
    ) -> Self:
        """Fit the model.

        Args:
            errors: Each error of some rows, of shape (n_rows,).
            means: The mean of each error of all rows.
            bins: By column, the bin of these rows, of shape (n_rows,).
            groups: By column, the group of each bin, of shape (n_bins,). Bins of a group have one effect.
            ordered: By column, the number of its first groups that are in order; 0 for categories.
            counts: By column, the number of all rows per bin, of shape (n_bins,).
        """
        sizes = [int(groups[name].max()) + 1 for name in bins]
        design = np.hstack(
            [np.eye(size)[groups[name][bins[name]]] for name, size in zip(bins, sizes, strict=True)]
        )
        design -= design.mean(axis=0)
        penalty = block_diag(*(_penalty(size, ordered[name]) for name, size in zip(bins, sizes, strict=True)))
        targets = np.column_stack([values - values.mean() for values in errors.values()])
        found = np.linalg.solve(design.T @ design + penalty, design.T @ targets)
        ends = np.cumsum(sizes)[:-1]
        effects = {
            error: {
                name: of_groups[groups[name]]
                for name, of_groups in zip(bins, np.split(column, ends), strict=True)
            }
            for error, column in zip(errors, found.T, strict=True)
        }
        return cls(means=dict(means), effects=_centred(effects, counts))

    def expect(self, counts: Mapping[str, Counts]) -> dict[str, float]:
        """Return the mean of each error to expect in a window.

        Args:
            counts: By column, the number of rows of the window per bin, of shape (n_bins,).
        """
        return {
            error: mean
            + sum(
                float(np.dot(effects, counts[name]) / counts[name].sum())
                for name, effects in self.effects[error].items()
            )
            for error, mean in self.means.items()
        }

    def merge(self, other: Self, share: float, counts: Mapping[str, Counts]) -> Self:
        """Return the mean of two models of the same bins.

        Args:
            other: The other model.
            share: The weight of this one, 0 to 1.
            counts: By column, the number of rows of both references per bin.
        """
        effects = {
            error: {
                name: share * np.array(values) + (1 - share) * np.array(other.effects[error][name])
                for name, values in columns.items()
            }
            for error, columns in self.effects.items()
        }
        means = {error: share * mean + (1 - share) * other.means[error] for error, mean in self.means.items()}
        return type(self)(means=means, effects=_centred(effects, counts))


def _penalty(groups: int, ordered: int) -> Floats:
    """Return the penalty of the effects of a column, of shape (n_groups, n_groups)."""
    penalty = np.diag(np.where(np.arange(groups) < ordered, ORDERED_SHRINKAGE, SHRINKAGE))
    bends = np.diff(np.eye(ordered, groups), n=2, axis=0)
    return penalty + SMOOTHNESS * bends.T @ bends


def _centred(
    effects: Mapping[str, Mapping[str, Floats]], counts: Mapping[str, Counts]
) -> dict[str, dict[str, tuple[float, ...]]]:
    return {
        error: {name: _centre(values, counts[name]) for name, values in columns.items()}
        for error, columns in effects.items()
    }


def _centre(effects: Floats, counts: Counts) -> tuple[float, ...]:
    """Return effects whose weighted mean is 0. A bin without rows has no effect."""
    centred = np.where(counts > 0, effects - np.average(effects, weights=counts), 0)
    return tuple(float(f"{effect:.{DIGITS}g}") for effect in centred)
