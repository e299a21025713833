"""Model files have the same bytes for the same model, and load only what the project trusts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from trimtab.errors import ConfigError, ModelError
from trimtab.stages import load_model, read_trusted_types, save_model

FEATURES, LABEL = load_iris(return_X_y=True)
TREES = HistGradientBoostingClassifier(max_iter=3).fit(FEATURES, LABEL)
LINEAR = make_pipeline(StandardScaler(), LogisticRegression()).fit(FEATURES, LABEL)
TRUSTED = ["numpy.dtype", "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor"]

SAVE = """
import sys
from pathlib import Path
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from trimtab.stages import save_model
save_model(LogisticRegression(max_iter=500).fit(*load_iris(return_X_y=True)), Path(sys.argv[1]))
"""


@pytest.mark.parametrize("model", [TREES, LINEAR], ids=["trees", "linear"])
def test_loaded_model_predicts_the_same_to_the_last_bit(model, tmp_path):
    save_model(model, tmp_path / "models" / "model.skops")
    loaded = load_model(tmp_path / "models" / "model.skops", TRUSTED)
    np.testing.assert_array_equal(loaded.predict_proba(FEATURES), model.predict_proba(FEATURES))


def test_model_saved_twice_has_the_same_bytes(tmp_path):
    save_model(TREES, tmp_path / "one.skops")
    save_model(load_model(tmp_path / "one.skops", TRUSTED), tmp_path / "two.skops")
    assert (tmp_path / "one.skops").read_bytes() == (tmp_path / "two.skops").read_bytes()


@pytest.mark.slow
def test_two_processes_write_the_same_bytes(tmp_path):
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", SAVE, str(tmp_path / f"{seed}.skops")]
        subprocess.run(command, check=True, env=environment)
    assert (tmp_path / "1.skops").read_bytes() == (tmp_path / "2.skops").read_bytes()


def test_model_with_a_type_that_is_not_trusted_is_refused(tmp_path):
    save_model(TREES, tmp_path / "model.skops")
    with pytest.raises(ModelError, match=r"not trusted: .*TreePredictor"):
        load_model(tmp_path / "model.skops", TRUSTED[:1])


def test_suffix_of_another_format_is_refused_before_a_file_is_written(tmp_path):
    with pytest.raises(ModelError, match=r"is not \.skops: model\.txt[\s\S]*write model\.skops"):
        save_model(TREES, tmp_path / "model.txt")
    assert list(tmp_path.iterdir()) == []


def test_trusted_types_are_those_of_the_section_of_the_gate(tmp_path):
    params = tmp_path / "params.yaml"
    params.write_text("gate: {label: late, trusted_types: [numpy.dtype]}\nother: {label: a}\n")
    assert read_trusted_types("gate", params) == ("numpy.dtype",)
    assert read_trusted_types("other", params) == ()


def test_trusted_types_of_a_section_that_is_missing_are_refused(tmp_path):
    params = Path(tmp_path / "params.yaml")
    params.write_text("validate_model: {trusted_types: []}\n")
    with pytest.raises(ConfigError, match=r"validate_modle; did you mean 'validate_model'"):
        read_trusted_types("validate_modle", params)
