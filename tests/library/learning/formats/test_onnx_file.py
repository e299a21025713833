"""ONNX files."""

from __future__ import annotations

import numpy as np
import onnx
import pandas as pd
import pytest
from skl2onnx import to_onnx
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from tests.library.learning.formats.model_files import ROWS, SIZE, onnx_file
from trimtab.errors import ModelError
from trimtab.learning.formats.onnx_file import load


def test_graph_that_reads_one_array_has_no_names(tmp_path):
    assert not hasattr(load(onnx_file(tmp_path, "regression").path), "feature_names_in_")


def test_probabilities_by_class_are_those_of_the_array(tmp_path):
    array = load(onnx_file(tmp_path, "multiclass", zipmap=False).path).predict_proba(ROWS)
    mapped = load(onnx_file(tmp_path, "multiclass").path).predict_proba(ROWS)

    np.testing.assert_allclose(mapped, array)


def test_graph_with_an_input_for_each_column_reads_numbers_and_texts(tmp_path):
    rows = ROWS.assign(colour=np.where(SIZE > 0, "red", "blue")).astype(
        {"length": "float32", "width": "float32"}
    )
    encode = make_column_transformer((OneHotEncoder(), ["colour"]), (StandardScaler(), ["length", "width"]))
    model = make_pipeline(encode, LogisticRegression()).fit(rows, np.where(SIZE > 0.2, "large", "small"))
    graph = to_onnx(model, rows[:1], options={"zipmap": False})
    (tmp_path / "model.onnx").write_bytes(graph.SerializeToString())

    estimator = load(tmp_path / "model.onnx")

    assert estimator.feature_names_in_.tolist() == ["length", "width", "colour"]
    assert estimator.classes_.tolist() == ["large", "small"]
    np.testing.assert_allclose(estimator.predict_proba(rows), model.predict_proba(rows), atol=1e-6)


def test_operator_of_another_library_is_refused(tmp_path):
    graph = onnx.load(onnx_file(tmp_path, "regression").path)
    graph.graph.node[0].domain = "com.example"
    graph.opset_import.append(onnx.helper.make_opsetid("com.example", 1))
    onnx.save(graph, tmp_path / "model.onnx")

    with pytest.raises(ModelError, match=r"an operator that is not of the standard: com\.example"):
        load(tmp_path / "model.onnx")


def test_graph_that_needs_another_file_is_refused(tmp_path):
    tensor = onnx.helper.make_tensor("weights", onnx.TensorProto.FLOAT, [2, 1], [1.0, 2.0])
    column = onnx.helper.make_tensor_value_info("rows", onnx.TensorProto.FLOAT, [None, 2])
    result = onnx.helper.make_tensor_value_info("sums", onnx.TensorProto.FLOAT, [None, 1])
    node = onnx.helper.make_node("MatMul", ["rows", "weights"], ["sums"])
    model = onnx.helper.make_model(onnx.helper.make_graph([node], "sums", [column], [result], [tensor]))
    held = model.graph.initializer[0]
    held.ClearField("float_data")
    held.data_location = onnx.TensorProto.EXTERNAL
    held.external_data.add(key="location", value="../../secret.bin")
    (tmp_path / "model.onnx").write_bytes(model.SerializeToString())

    with pytest.raises(ModelError, match="model file"):
        load(tmp_path / "model.onnx")


def test_classifier_without_labels_is_refused(tmp_path):
    graph = onnx.load(onnx_file(tmp_path, "binary").path)
    for node in graph.graph.node:
        kept = [each for each in node.attribute if not each.name.startswith("classlabels")]
        del node.attribute[:]
        node.attribute.extend(kept)
    onnx.save(graph, tmp_path / "model.onnx")

    with pytest.raises(ModelError, match="model file"):
        load(tmp_path / "model.onnx")


def test_column_that_is_no_number_is_an_error(tmp_path):
    with pytest.raises(ValueError, match="could not convert"):
        load(onnx_file(tmp_path, "regression").path).predict(pd.DataFrame({"length": ["a"], "width": [1.0]}))
