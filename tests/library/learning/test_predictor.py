"""Predictors."""

from __future__ import annotations

import pandas as pd
from sklearn.linear_model import LinearRegression

from trimtab.learning import PROBLEM_TYPES, Predictor


def test_predictor_reads_its_columns_in_its_order_and_no_others():
    rows = pd.DataFrame({"a": [0.0, 1.0, 2.0], "b": [5.0, 3.0, 1.0]})
    model = LinearRegression().fit(rows[["b", "a"]], [1.0, 2.0, 4.0])
    predictor = Predictor(PROBLEM_TYPES["regression"], model, ("b", "a"))

    found = predictor.predict(rows.assign(late=1)[["late", "a", "b"]])

    assert found.tolist() == model.predict(rows[["b", "a"]]).tolist()
