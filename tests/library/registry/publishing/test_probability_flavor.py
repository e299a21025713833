"""CatBoost's flavor with probabilities."""

from __future__ import annotations

import catboost
import mlflow
import numpy as np
from mlflow.models import Model

from tests.library.learning.formats.model_files import ROWS, catboost_file
from trimtab.registry.publishing import probability_flavor


def test_served_classifier_answers_with_probabilities_and_catboost_flavor_loads_it(tmp_path):
    file = catboost_file(tmp_path, "multiclass")
    classifier = catboost.CatBoostClassifier().load_model(file.path)

    probability_flavor.save_model(
        str(tmp_path / "saved"), Model(), classifier, pip_requirements=["catboost", "mlflow"]
    )

    served = mlflow.pyfunc.load_model(str(tmp_path / "saved")).predict(ROWS)
    np.testing.assert_allclose(served, file.predictions, atol=1e-9)
    loaded = mlflow.catboost.load_model(str(tmp_path / "saved"))
    np.testing.assert_allclose(loaded.predict_proba(ROWS), file.predictions, atol=1e-9)
