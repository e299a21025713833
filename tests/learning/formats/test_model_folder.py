"""Model folders: each problem type reads what they predict, and none executes code unless it is trusted."""

from __future__ import annotations

import os
from types import SimpleNamespace

import numpy as np
import pytest

from tests.learning.formats.model_files import LABELS, ROWS
from tests.learning.formats.model_folders import COLUMNS, TRUSTED, formula, formula_folder
from trimtab.errors import MissingExtraError, ModelError
from trimtab.learning import PROBLEM_TYPES, load_estimator, model_format
from trimtab.learning.formats.model_folder import TableModel
from trimtab.registry.tracking import hash_folder


# Each starts a process that imports MLflow: seconds.
@pytest.mark.parametrize(
    "problem_type",
    [
        "binary",
        "regression",
        pytest.param("multiclass", marks=pytest.mark.slow),
        pytest.param("quantile", marks=pytest.mark.slow),
    ],
)
def test_folder_predicts_in_another_process_what_its_model_predicts(tmp_path, problem_type):
    folder = formula_folder(tmp_path / "model", problem_type, tmp_path / "loaded")
    problem = PROBLEM_TYPES[problem_type]

    estimator = load_estimator(folder, TRUSTED, problem)
    problem = problem.with_classes_of([estimator], [LABELS.get(problem_type, ROWS["length"])])
    predictions = problem.predict(estimator, ROWS)

    assert model_format(folder) == "pyfunc"
    assert problem.find_unfit(estimator) == ""
    assert problem.find_invalid(predictions) == ""
    np.testing.assert_array_equal(predictions.reshape(len(ROWS), -1), formula(problem_type, ROWS))
    assert estimator.feature_names_in_.tolist() == ["length", "width"]
    loaded = (tmp_path / "loaded").read_text().split()
    assert len(loaded) == 1
    assert str(os.getpid()) not in loaded


@pytest.mark.parametrize("trusted", [(), ("mlflow",), ("mlflow.pyfunc.PyFuncModel", "sklearn.tree.Tree")])
def test_folder_is_refused_and_executes_nothing_unless_pyfunc_is_trusted(tmp_path, trusted):
    folder = formula_folder(tmp_path / "model", "regression", tmp_path / "loaded")

    with pytest.raises(ModelError, match=r"'mlflow\.pyfunc' is not trusted") as refused:
        load_estimator(folder, trusted, PROBLEM_TYPES["regression"])

    assert "in a commit" in refused.value.fix
    assert not (tmp_path / "loaded").exists()


def test_folder_that_is_saved_again_without_id_and_time_has_the_same_bytes(tmp_path):
    folders = [formula_folder(tmp_path / name, "regression", tmp_path / "loaded") for name in ("one", "two")]

    first, second = map(hash_folder, folders)

    assert first == second


def test_folder_without_mlmodel_is_refused(tmp_path):
    (tmp_path / "model").mkdir()

    with pytest.raises(ModelError, match="a folder without the file MLmodel"):
        load_estimator(tmp_path / "model", TRUSTED)


def test_folder_without_mlflow_is_refused_with_the_extra(tmp_path, monkeypatch):
    monkeypatch.setattr("trimtab.learning.formats.model_folder.find_spec", lambda name: None)
    folder = formula_folder(tmp_path / "model", "regression", tmp_path / "loaded")

    with pytest.raises(MissingExtraError, match="needs the extra 'registry'"):
        load_estimator(folder, TRUSTED)


def table_model(columns: list[str], width: int) -> TableModel:
    """A model of columns that need not be those it predicts, without a process."""
    process = SimpleNamespace(
        names=("length", "width"), columns=tuple(columns), predict=lambda rows: np.zeros((len(rows), width))
    )
    return TableModel(process)


@pytest.mark.parametrize(
    ("problem", "width", "message"),
    [
        (
            "binary",
            3,
            "predicts 3 numbers for a row, expected is one, the probability of the class 1, or two",
        ),
        ("multiclass", 2, "predicts 2 numbers for a row, expected is 3, the probabilities of its classes"),
        ("regression", 2, "predicts 2 numbers for a row, expected is one, a number"),
        ("quantile", 1, "predicts 1 numbers for a row, expected is 3, its quantiles"),
    ],
)
def test_prediction_of_another_shape_is_refused_with_what_is_expected(problem, width, message):
    estimator = PROBLEM_TYPES[problem].estimator_of(table_model(COLUMNS[problem], width))

    with pytest.raises(ModelError, match=message):
        PROBLEM_TYPES[problem].with_classes_of([estimator]).predict(estimator, ROWS)


@pytest.mark.parametrize("problem", ["binary", "multiclass"])
def test_class_instead_of_probabilities_is_refused(problem):
    process = SimpleNamespace(
        names=(),
        columns=tuple(COLUMNS[problem]),
        predict=lambda rows: np.ones((len(rows), 1), dtype=np.int64),
    )
    estimator = PROBLEM_TYPES[problem].estimator_of(TableModel(process))

    with pytest.raises(ModelError, match="The model predicts integers, no probabilities, expected is"):
        estimator.predict_proba(ROWS)


def test_binary_model_of_two_columns_gives_the_second_one():
    process = SimpleNamespace(names=(), columns=(), predict=lambda rows: np.array([[0.8, 0.2]] * len(rows)))

    estimator = PROBLEM_TYPES["binary"].estimator_of(TableModel(process))

    assert PROBLEM_TYPES["binary"].predict(estimator, ROWS.head(2)).tolist() == [0.2, 0.2]
    assert not hasattr(estimator, "feature_names_in_")


@pytest.mark.parametrize(
    ("problem", "columns", "message"),
    [
        ("multiclass", [], "the columns of predictions are not named after two or more classes"),
        ("quantile", ["low", "high"], "the column 'low' of a quantile is not named quantile_<level>"),
        ("quantile", [], "the levels of the quantiles are not two or more"),
    ],
)
def test_columns_without_the_names_that_a_problem_type_needs_are_refused(problem, columns, message):
    with pytest.raises(ValueError, match=message):
        PROBLEM_TYPES[problem].estimator_of(table_model(columns, 2))
