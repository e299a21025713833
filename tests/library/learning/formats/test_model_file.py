"""Model files of each format: they predict what the library that wrote them predicts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.library.learning.formats.model_files import LABELS, ROWS, WRITERS
from trimtab.errors import MissingExtraError, ModelError
from trimtab.learning import PROBLEM_TYPES, load_estimator, model_bytes, model_format


@pytest.mark.parametrize("problem_type", LABELS)
@pytest.mark.parametrize("format_", WRITERS)
def test_loaded_model_predicts_what_its_own_library_predicts(tmp_path, format_, problem_type):
    written = WRITERS[format_](tmp_path, problem_type)

    estimator = load_estimator(written.path)
    problem = PROBLEM_TYPES[problem_type].with_classes_of([estimator], [LABELS[problem_type]])
    predictions = problem.predict(estimator, ROWS)

    expected = written.predictions
    if problem_type == "binary" and expected.ndim == 2:
        expected = expected[:, 1]
    assert problem.find_unfit(estimator) == ""
    assert problem.find_invalid(predictions) == ""
    np.testing.assert_allclose(predictions, expected, atol=1e-6 if format_ == "onnx" else 1e-9)


@pytest.mark.parametrize("format_", ["skops", "lightgbm", "xgboost", "catboost"])
def test_loaded_model_has_the_names_of_its_columns(tmp_path, format_):
    estimator = load_estimator(WRITERS[format_](tmp_path, "regression").path)

    assert estimator.feature_names_in_.tolist() == ["length", "width"]


@pytest.mark.parametrize("format_", ["lightgbm", "xgboost", "onnx", "catboost"])
@pytest.mark.parametrize("content", [b"", b"tree\n", b"PK\x03\x04", b"\x80\x04pickle", b"{}", b"\xff" * 100])
def test_file_that_is_not_of_its_format_is_refused(tmp_path, format_, content):
    suffix = {"lightgbm": ".txt", "xgboost": ".ubj", "onnx": ".onnx", "catboost": ".cbm"}[format_]
    (tmp_path / f"model{suffix}").write_bytes(content)

    with pytest.raises(ModelError, match="model file"):
        load_estimator(tmp_path / f"model{suffix}")


@pytest.mark.parametrize("suffix", [".skops", ".txt", ".ubj", ".onnx", ".cbm"])
def test_file_that_does_not_exist_is_refused(tmp_path, suffix):
    with pytest.raises(ModelError, match="model file"):
        load_estimator(tmp_path / f"model{suffix}")


def test_format_whose_package_is_not_installed_is_refused_with_its_extra(tmp_path, monkeypatch):
    monkeypatch.setattr("trimtab.learning.formats.model_file.find_spec", lambda name: None)

    with pytest.raises(MissingExtraError, match=r"(?s)needs the extra 'xgboost'.*trimtab\[xgboost\]"):
        load_estimator(tmp_path / "model.ubj")


@pytest.mark.parametrize(
    ("name", "format_"),
    [
        ("m.skops", "skops"),
        ("m.bin", "skops"),
        ("m.txt", "lightgbm"),
        ("m.json", "xgboost"),
        ("m.onnx", "onnx"),
        ("m.cbm", "catboost"),
    ],
)
def test_format_follows_from_the_suffix(name, format_):
    assert model_format(Path(name)) == format_


def test_size_of_a_model_folder_is_that_of_all_its_files(tmp_path):
    (tmp_path / "model" / "code").mkdir(parents=True)
    (tmp_path / "model" / "MLmodel").write_bytes(b"12345")
    (tmp_path / "model" / "code" / "net.py").write_bytes(b"123")

    assert model_bytes(tmp_path / "model") == 8
    assert model_bytes(tmp_path / "model" / "MLmodel") == 5
