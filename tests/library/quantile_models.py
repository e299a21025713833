"""A model of several quantiles, made of regressors of scikit-learn's as docs/forking.md shows it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, clone
from sklearn.linear_model import QuantileRegressor
from sklearn.multioutput import MultiOutputRegressor
from sklearn.pipeline import Pipeline, make_pipeline

LEVELS = (0.05, 0.5, 0.95)
MOST_ROWS = 500  # to learn from; a linear program of more rows takes seconds


def fit_quantiles(
    first: BaseEstimator,
    rows: pd.DataFrame,
    labels: Sequence[float] | np.ndarray | pd.Series,
    levels: Sequence[float] = LEVELS,
) -> Pipeline:
    """Fit a linear regression of each level to the rows that a first step has transformed."""
    columns, known = first.fit_transform(rows[:MOST_ROWS]), np.asarray(labels)[:MOST_ROWS]
    regressor = QuantileRegressor(alpha=0)
    model = MultiOutputRegressor(regressor)
    model.estimators_ = [clone(regressor).set_params(quantile=level).fit(columns, known) for level in levels]
    return make_pipeline(first, model)
