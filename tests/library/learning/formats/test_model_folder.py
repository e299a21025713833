"""Model folders: each problem type reads what they predict, and none executes code unless it is trusted."""

from __future__ import annotations

import os

import numpy as np
import pytest

from tests.library.learning.formats.model_files import LABELS, ROWS
from tests.library.learning.formats.model_folders import TRUSTED, formula, formula_folder
from trimtab.errors import MissingExtraError, ModelError
from trimtab.learning import PROBLEM_TYPES, load_estimator, model_format
from trimtab.registry.tracking import hash_folder


# Each starts a process that imports MLflow: seconds.
@pytest.mark.parametrize(
    "problem_type",
    [
        "binary",
        pytest.param("regression", marks=pytest.mark.slow),
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
