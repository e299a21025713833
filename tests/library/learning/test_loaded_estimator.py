"""Estimators of other model files: the attributes of scikit-learn's."""

from __future__ import annotations

import numpy as np
import pandas as pd

from trimtab.learning.loaded_estimator import LoadedClassifier, LoadedRegressor

ROWS = pd.DataFrame({"a": [0.2, 0.9]})


def test_classifier_of_one_output_has_two_probabilities_and_predicts_the_larger():
    estimator = LoadedClassifier(None, lambda rows: rows["a"].to_numpy(), ("a",), np.array(["no", "yes"]))

    assert estimator.predict_proba(ROWS).tolist() == [[0.8, 0.2], [1 - 0.9, 0.9]]
    assert estimator.predict(ROWS).tolist() == ["no", "yes"]


def test_regressor_predicts_its_outputs():
    assert LoadedRegressor(None, lambda rows: rows["a"].to_numpy(), None).predict(ROWS).tolist() == [0.2, 0.9]


def test_estimator_without_names_lacks_the_attribute():
    assert not hasattr(LoadedRegressor(None, lambda rows: rows["a"].to_numpy(), None), "feature_names_in_")
