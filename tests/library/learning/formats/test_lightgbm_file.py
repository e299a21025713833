"""LightGBM's text files."""

from __future__ import annotations

import lightgbm
import numpy as np
import pandas as pd
import pytest

from tests.library.learning.formats.model_files import LABELS, ROWS, SIZE, lightgbm_file
from trimtab.errors import ModelError
from trimtab.learning.formats.lightgbm_file import load


@pytest.mark.parametrize("objective", ["regression_l1", "quantile", "huber", "poisson", "tweedie"])
def test_objective_of_numbers_is_a_regression(tmp_path, monkeypatch, objective):
    monkeypatch.setitem(LABELS, "regression", np.abs(SIZE))

    assert not hasattr(load(lightgbm_file(tmp_path, "regression", objective=objective).path), "classes_")


def test_objective_of_one_against_all_has_the_classes(tmp_path):
    estimator = load(lightgbm_file(tmp_path, "multiclass", objective="multiclassova").path)

    assert estimator.classes_.tolist() == [0, 1, 2]
    assert set(estimator.predict(ROWS)) == {0, 1, 2}


def test_model_of_categories_reads_texts(tmp_path):
    rows = ROWS.assign(colour=np.where(SIZE > 0, "red", "blue"))
    table = rows.astype({"colour": "category"})
    booster = lightgbm.train({"verbose": -1}, lightgbm.Dataset(table, SIZE), 5)
    booster.save_model(tmp_path / "model.txt")

    found = load(tmp_path / "model.txt").predict(rows.iloc[::-1])

    np.testing.assert_allclose(found, booster.predict(table)[::-1])


def test_text_column_that_the_model_does_not_know_is_an_error(tmp_path):
    with pytest.raises(ValueError, match="the model has 0 columns of categories, the table 1"):
        load(lightgbm_file(tmp_path, "regression").path).predict(
            pd.DataFrame({"length": ["a"], "width": [1.0]})
        )


def test_model_that_was_fitted_to_an_array_has_no_names(tmp_path):
    booster = lightgbm.train({"verbose": -1}, lightgbm.Dataset(ROWS.to_numpy(), SIZE), 2)
    booster.save_model(tmp_path / "model.txt")

    assert not hasattr(load(tmp_path / "model.txt"), "feature_names_in_")


def test_ranking_is_refused(tmp_path):
    data = lightgbm.Dataset(ROWS, LABELS["binary"], group=[300])
    lightgbm.train({"objective": "lambdarank", "verbose": -1}, data, 2).save_model(tmp_path / "model.txt")

    with pytest.raises(ModelError, match="The objective of the model is a ranking: lambdarank"):
        load(tmp_path / "model.txt")
