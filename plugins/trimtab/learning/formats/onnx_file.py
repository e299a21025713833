"""Load a model from an ONNX file: a graph of operators of the standard, and no code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import onnxruntime
from google.protobuf.message import DecodeError
from numpy.typing import NDArray

from trimtab.errors import ModelError
from trimtab.learning.loaded_estimator import LoadedClassifier, LoadedRegressor
from trimtab.learning.resampling.bootstrap import Floats

if TYPE_CHECKING:
    import pandas as pd

# The types of inputs that a column of a table becomes.
TYPES = {
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
    "tensor(bool)": np.bool_,
    "tensor(string)": np.object_,
}
STANDARD = ("", "ai.onnx", "ai.onnx.ml")  # domains of operators


def load(path: Path) -> LoadedRegressor | LoadedClassifier:
    """Load a model whose first output is a number or a class, and whose second one are probabilities.

    Raises:
        ModelError: The file is no ONNX file, needs another file or operators beyond the standard, or its
            inputs and outputs are others.
    """
    content = path.read_bytes()
    model = _parse(content, path)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors
    try:
        session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as err:  # each status code has an exception of its own, and they have no common base
        raise ModelError(f"The model file cannot be loaded: {str(err)[:200]}", where=path.name) from err
    if unknown := [each.type for each in session.get_inputs() if each.type not in TYPES]:
        raise ModelError(f"The model reads an input that is no column: {unknown[0]}", where=path.name)
    names = None if _reads_one_array(session) else tuple(each.name for each in session.get_inputs())
    if len(session.get_outputs()) == 1:
        return LoadedRegressor(
            model, lambda rows: _number(session.run(None, _inputs(session, rows))[0]), names
        )
    classes = _classes(model)
    if classes is None:
        raise ModelError(
            "The model file does not name its classes",
            where=path.name,
            fix="export a classifier with its labels, as skl2onnx does",
        )

    def outputs(rows: pd.DataFrame) -> Floats:
        return _probabilities(session.run(None, _inputs(session, rows))[1], classes)

    return LoadedClassifier(model, outputs, names, classes)


def _parse(content: bytes, path: Path) -> Any:
    """Return the graph of a file.

    Raises:
        ModelError: It is no ONNX file, or needs more than the standard operators and itself.
    """
    try:
        model = onnx.load_model_from_string(content)
        onnx.checker.check_model(model)
    except (DecodeError, onnx.checker.ValidationError, ValueError) as err:
        raise ModelError(f"The model file is no ONNX file: {str(err)[:200]}", where=path.name) from err
    for problem in _problems(model):
        raise ModelError(
            f"The model file {problem}", where=path.name, fix="export it as one file of standard operators"
        )
    return model


def _problems(model: Any) -> Iterator[str]:
    for node in _nodes(model.graph):
        if node.domain not in STANDARD:
            yield f"has an operator that is not of the standard: {node.domain}.{node.op_type}"
    for tensor in model.graph.initializer:
        if tensor.external_data:
            yield f"needs another file, for the tensor {tensor.name}"


def _nodes(graph: Any) -> Iterator[Any]:
    """Yield the operators of a graph and of the graphs inside it."""
    for node in graph.node:
        yield node
        for attribute in node.attribute:
            for inner in (attribute.g, *attribute.graphs):
                yield from _nodes(inner)


def _classes(model: Any) -> NDArray[Any] | None:
    """Return the labels that the last operator with labels has."""
    for node in reversed(list(_nodes(model.graph))):
        for attribute in node.attribute:
            if attribute.name in ("classlabels_strings", "cats_strings") and attribute.strings:
                return np.array([each.decode() for each in attribute.strings], dtype=object)
            if attribute.name in ("classlabels_int64s", "classlabels_ints", "cats_int64s") and attribute.ints:
                return np.array(attribute.ints, dtype=np.int64)
    return None


def _reads_one_array(session: Any) -> bool:
    """Whether the graph reads all columns as one array, which has no names, and not each on its own."""
    inputs = session.get_inputs()
    return len(inputs) == 1 and inputs[0].shape[-1] != 1


def _number(found: Any) -> Floats:
    values = np.asarray(found, dtype=float)
    return values[:, 0] if values.ndim == 2 and values.shape[1] == 1 else values


def _probabilities(found: Any, classes: NDArray[Any]) -> Floats:
    if isinstance(found, list):  # a mapping from class to probability for each row
        found = [[row[value] for value in classes.tolist()] for row in found]
    return np.asarray(found, dtype=float)


def _inputs(session: Any, rows: pd.DataFrame) -> dict[str, NDArray[Any]]:
    """Return an array for each input: one of all columns, or one of each."""
    inputs = session.get_inputs()
    if _reads_one_array(session):
        return {inputs[0].name: rows.to_numpy(dtype=TYPES[inputs[0].type])}
    return {
        each.name: rows[[name]].to_numpy(dtype=TYPES[each.type])
        for each, name in zip(inputs, rows.columns, strict=True)
    }
