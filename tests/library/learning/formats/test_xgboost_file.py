"""XGBoost's files."""

from __future__ import annotations

import numpy as np
import pytest
import xgboost

from tests.library.learning.formats.model_files import LABELS, ROWS, SIZE, xgboost_file
from trimtab.errors import ModelError
from trimtab.learning.formats.xgboost_file import load


def test_json_file_predicts_what_the_binary_one_predicts(tmp_path):
    binary, text = (load(xgboost_file(tmp_path, "regression", suffix).path) for suffix in (".ubj", ".json"))

    assert (binary.predict(ROWS) == text.predict(ROWS)).all()


@pytest.mark.parametrize("suffix", [".ubj", ".json"])
def test_model_of_quantiles_says_their_levels(tmp_path, suffix):
    file = xgboost_file(tmp_path, "quantile", suffix)

    estimator = load(file.path)

    assert estimator.quantiles == (0.1, 0.5, 0.9)
    np.testing.assert_allclose(estimator.predict(ROWS), file.predictions)
    assert load(xgboost_file(tmp_path, "regression").path).quantiles == ()


def test_objective_without_probabilities_is_refused(tmp_path):
    with pytest.raises(ModelError, match=r"(?s)gives no probabilities and is no regression: multi:softmax"):
        load(xgboost_file(tmp_path, "multiclass", objective="multi:softmax").path)


def test_classifier_predicts_the_most_probable_class(tmp_path):
    estimator = load(xgboost_file(tmp_path, "multiclass").path)

    assert (estimator.predict(ROWS) == LABELS["multiclass"]).mean() > 0.8


def test_model_of_categories_reads_texts_in_any_order(tmp_path):
    rows = ROWS.assign(colour=np.where(SIZE > 0, "red", "blue"))
    table = rows.astype({"colour": "category"})
    matrix = xgboost.DMatrix(table, SIZE, enable_categorical=True)
    booster = xgboost.train({"nthread": 1}, matrix, 5)
    booster.save_model(tmp_path / "model.ubj")
    some = rows[rows["colour"] == "red"]  # one category alone, which would be number 0

    found = load(tmp_path / "model.ubj").predict(some)

    np.testing.assert_allclose(found, booster.predict(matrix)[rows["colour"] == "red"])


def test_model_that_was_fitted_to_an_array_has_no_names_and_predicts(tmp_path):
    booster = xgboost.train({"nthread": 1}, xgboost.DMatrix(ROWS.to_numpy(), SIZE), 2)
    booster.save_model(tmp_path / "model.ubj")

    estimator = load(tmp_path / "model.ubj")

    assert not hasattr(estimator, "feature_names_in_")
    assert len(estimator.predict(ROWS)) == len(ROWS)
