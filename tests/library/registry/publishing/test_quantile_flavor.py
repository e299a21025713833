"""The flavors of XGBoost and CatBoost with quantiles that do not cross."""

from __future__ import annotations

import catboost
import mlflow
import numpy as np
import pandas as pd
import pytest
import xgboost
from mlflow.models import Model

from trimtab.registry.publishing import quantile_flavor

LEVELS = (0.1, 0.5, 0.9)
TABLE = pd.DataFrame(np.random.default_rng(3).normal(size=(300, 2)), columns=["a", "b"])
LABELS = TABLE["a"] + np.random.default_rng(4).normal(size=300)


def xgboost_model():
    objective = {"objective": "reg:quantileerror", "quantile_alpha": LEVELS, "nthread": 1, "max_depth": 6}
    booster = xgboost.train(objective, xgboost.DMatrix(TABLE, LABELS), 40)
    return {"xgb_model": booster}, booster.predict(xgboost.DMatrix(TABLE))


def catboost_model():
    model = catboost.CatBoostRegressor(
        loss_function=f"MultiQuantile:alpha={','.join(map(str, LEVELS))}",
        iterations=40,
        thread_count=1,
        verbose=False,
        allow_writing_files=False,
    ).fit(TABLE, LABELS)
    return {"cb_model": model}, model.predict(TABLE)


@pytest.mark.parametrize(("fit", "package"), [(xgboost_model, "xgboost"), (catboost_model, "catboost")])
def test_served_quantiles_are_sorted_and_the_flavor_loads_the_model_as_it_is(tmp_path, fit, package):
    settings, predicted = fit()

    quantile_flavor.save_model(
        str(tmp_path / "saved"), Model(), pip_requirements=[package, "mlflow"], **settings
    )

    served = mlflow.pyfunc.load_model(str(tmp_path / "saved")).predict(TABLE)
    np.testing.assert_allclose(served, np.sort(predicted, axis=1), atol=1e-9)
    assert package in Model.load(str(tmp_path / "saved")).flavors


def test_xgboost_of_the_test_crosses_without_the_flavor():
    _, predicted = xgboost_model()
    assert (np.diff(predicted, axis=1) < 0).any()
