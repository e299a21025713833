"""CatBoost's files."""

from __future__ import annotations

import catboost
import numpy as np
import pandas as pd
import pytest

from tests.library.learning.formats.model_files import LABELS, ROWS, SIZE, catboost_file
from trimtab.errors import ModelError
from trimtab.learning.formats.catboost_file import load

FEW = {"iterations": 2, "thread_count": 1, "verbose": False, "allow_writing_files": False}


@pytest.mark.parametrize(
    "loss", ["MAE", "Quantile:alpha=0.3", "Huber:delta=1", "Poisson", "Tweedie:variance_power=1.5"]
)
def test_loss_of_numbers_predicts_what_catboost_predicts(tmp_path, monkeypatch, loss):
    monkeypatch.setitem(LABELS, "regression", np.abs(SIZE))
    file = catboost_file(tmp_path, "regression", loss_function=loss)

    estimator = load(file.path)

    np.testing.assert_allclose(estimator.predict(ROWS), file.predictions)
    assert not hasattr(estimator, "classes_")
    assert estimator.quantiles == ()


def test_model_of_quantiles_says_their_levels(tmp_path):
    file = catboost_file(tmp_path, "quantile")

    estimator = load(file.path)

    assert estimator.quantiles == (0.1, 0.5, 0.9)
    np.testing.assert_allclose(estimator.predict(ROWS), file.predictions)


@pytest.mark.parametrize("loss", ["CrossEntropy", "Focal:focal_alpha=0.3;focal_gamma=2"])
def test_loss_of_two_classes_gives_both_probabilities(tmp_path, loss):
    estimator = load(catboost_file(tmp_path, "binary", loss_function=loss).path)

    assert estimator.classes_.tolist() == [0, 1]
    np.testing.assert_allclose(estimator.predict_proba(ROWS).sum(axis=1), 1)


def test_classes_are_the_texts_of_the_labels(tmp_path, monkeypatch):
    monkeypatch.setitem(LABELS, "multiclass", pd.cut(SIZE, 3, labels=["low", "middle", "high"]).astype(str))

    estimator = load(catboost_file(tmp_path, "multiclass").path)

    assert estimator.classes_.tolist() == ["high", "low", "middle"]
    assert (estimator.predict(ROWS) == LABELS["multiclass"]).mean() > 0.8


def test_model_of_categories_reads_texts(tmp_path):
    rows = ROWS.assign(colour=np.where(SIZE > 0, "red", "blue"))
    model = catboost.CatBoostRegressor(**FEW, cat_features=["colour"]).fit(rows, SIZE)
    model.save_model(tmp_path / "model.cbm")

    found = load(tmp_path / "model.cbm").predict(rows.iloc[::-1])

    np.testing.assert_allclose(found, model.predict(rows)[::-1])


def test_missing_category_is_an_error(tmp_path):
    rows = ROWS.assign(colour=np.where(SIZE > 0, "red", "blue"))
    catboost.CatBoostRegressor(**FEW, cat_features=["colour"]).fit(rows, SIZE).save_model(
        tmp_path / "model.cbm"
    )

    with pytest.raises(ValueError, match="cat_features must be integer or string"):
        load(tmp_path / "model.cbm").predict(rows.assign(colour=np.nan))


def test_model_that_was_fitted_to_an_array_has_no_names_and_predicts(tmp_path):
    catboost.CatBoostRegressor(**FEW).fit(ROWS.to_numpy(), SIZE).save_model(tmp_path / "model.cbm")

    estimator = load(tmp_path / "model.cbm")

    assert not hasattr(estimator, "feature_names_in_")
    assert len(estimator.predict(ROWS)) == len(ROWS)


@pytest.mark.parametrize(
    ("problem", "loss"),
    [
        ("multiclass", "MultiClassOneVsAll"),
        ("regression", "RMSEWithUncertainty"),
        ("regression", "LogLinQuantile"),
    ],
)
def test_loss_without_probabilities_or_numbers_is_refused(tmp_path, monkeypatch, problem, loss):
    monkeypatch.setitem(LABELS, "regression", np.abs(SIZE))

    with pytest.raises(ModelError, match=f"gives no probabilities and is no regression: {loss}"):
        load(catboost_file(tmp_path, problem, loss_function=loss).path)


def test_model_of_another_format_of_catboost_is_refused_with_what_to_do(tmp_path):
    model = catboost.CatBoostRegressor(**FEW).fit(ROWS, SIZE)
    model.save_model(str(tmp_path / "model.json"), format="json")
    (tmp_path / "model.json").rename(tmp_path / "model.cbm")

    with pytest.raises(ModelError, match="Incorrect model file descriptor") as refused:
        load(tmp_path / "model.cbm")

    assert refused.value.fix == "save the model with `model.save_model(file)`, in the format `cbm`"
