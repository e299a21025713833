"""The flavor of a model folder."""

from __future__ import annotations

import mlflow
import numpy as np
from mlflow.models import Model

from tests.library.learning.formats.model_files import ROWS
from tests.library.learning.formats.model_folders import formula, formula_folder
from trimtab.registry.publishing import folder_flavor
from trimtab.registry.tracking import hash_folder


def test_saved_model_holds_the_folder_unchanged_and_loads_it_only_when_it_is_served(tmp_path):
    folder, saved = formula_folder(tmp_path / "model", "regression", tmp_path / "loaded"), tmp_path / "saved"

    folder_flavor.save_model(str(saved), Model(), folder, pip_requirements=["other"])

    assert hash_folder(saved / "data" / "model") == hash_folder(folder)
    assert (saved / "requirements.txt").read_text().split() == ["mlflow"]
    assert not (tmp_path / "loaded").exists()
    served = mlflow.pyfunc.load_model(str(saved)).predict(ROWS)
    np.testing.assert_array_equal(served, formula("regression", ROWS))
