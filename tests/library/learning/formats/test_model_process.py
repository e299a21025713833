"""A process with a loaded model: what it answers, and how it ends.

Each process imports MLflow, which takes seconds, so most tests share one.
"""

from __future__ import annotations

import gc
import sysconfig
import venv
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import psutil
import pytest

from tests.library.learning.formats.model_files import ROWS
from tests.library.learning.formats.model_folders import Dying, Hanging, Imports, Misbehaving, save
from trimtab.errors import ModelError
from trimtab.learning.formats import model_process
from trimtab.learning.formats.model_process import ModelProcess

SIZE = pd.DataFrame({"size": [0.0]})  # what the signature says that models predict


@pytest.fixture(scope="module")
def process(tmp_path_factory) -> Iterator[ModelProcess]:
    one = ModelProcess(save(tmp_path_factory.mktemp("models") / "model", Misbehaving(), SIZE))
    yield one
    one.end()


def test_columns_are_those_of_the_signature(process):
    assert process.names == ("length", "width")
    assert process.columns == ("size",)


def test_long_table_is_predicted_in_batches_of_bounded_length(process, monkeypatch):
    monkeypatch.setattr(model_process, "BATCH", 100)

    found = process.predict(ROWS)

    assert found[:, 0].tolist() == [*range(100)] * 3
    assert found.dtype.kind == "i"
    assert process.predict(ROWS.head(2)).dtype.kind == "f"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (1, "The model fails: ValueError: no single rows"),
        (3, "The model fails: ValueError: the model returns 1 predictions for 3 rows"),
        (4, "The model fails: ValueError: could not convert string to float"),
        (5, "predicts the columns other; its signature has size"),
    ],
)
def test_answer_that_is_no_number_for_each_row_is_refused_and_the_process_goes_on(process, rows, message):
    with pytest.raises(ModelError, match=message) as refused:
        process.predict(ROWS.head(rows))

    assert refused.value.where == "model"
    assert process.predict(ROWS.head(2)).shape == (2, 3)


@pytest.mark.slow
def test_process_that_dies_in_a_prediction_is_an_error_with_its_signal(tmp_path):
    one = ModelProcess(save(tmp_path / "model", Misbehaving(), SIZE))

    for _ in range(2):
        with pytest.raises(ModelError, match="The model ended its process with signal 9"):
            one.predict(ROWS.head(6))


@pytest.mark.slow
def test_process_with_a_forged_answer_is_ended(tmp_path):
    one = ModelProcess(save(tmp_path / "model", Misbehaving(), SIZE))

    with pytest.raises(ModelError, match="does not answer in the form that is expected"):
        one.predict(ROWS.head(7))

    with pytest.raises(ModelError, match="has no process any more"):
        one.predict(ROWS)


def test_process_that_dies_in_load_is_an_error_with_what_it_printed(tmp_path):
    with pytest.raises(ModelError, match=r"(?s)ended its process with exit code 7; it printed:.*no licence"):
        ModelProcess(save(tmp_path / "model", Dying(), SIZE))


def test_model_that_does_not_load_in_time_is_an_error_and_its_process_ends(tmp_path, monkeypatch):
    monkeypatch.setattr(model_process, "START_SECONDS", 0.2)
    monkeypatch.setattr(model_process, "END_SECONDS", 0.1)
    before = psutil.Process().children()

    with pytest.raises(ModelError, match=r"has not loaded within 0\.2 s"):
        ModelProcess(save(tmp_path / "model", Hanging(), SIZE))

    assert psutil.Process().children() == before


@pytest.mark.slow
def test_process_and_its_files_end_with_the_object_and_the_folder_is_unchanged(tmp_path):
    folder = save(tmp_path / "model", Misbehaving(), SIZE)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    others = psutil.Process().children()
    one = ModelProcess(folder)
    (child,) = set(psutil.Process().children()).difference(others)
    place = Path(child.cwd())
    assert place.is_dir()

    del one
    gc.collect()

    assert not child.is_running()
    assert not place.exists()
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


@pytest.mark.slow
def test_model_is_loaded_by_the_python_that_the_environment_names(tmp_path, monkeypatch):
    venv.create(tmp_path / "env")
    python = tmp_path / "env" / "bin" / "python"
    (packages,) = (tmp_path / "env").glob("lib/python*/site-packages")
    (packages / "callers.pth").write_text(sysconfig.get_path("purelib"))
    (packages / "only_there.py").write_text("SIZE = 7.5\n")
    folder = save(tmp_path / "model", Imports("only_there"), SIZE)
    with pytest.raises(ModelError, match="No module named 'only_there'"):
        ModelProcess(folder)
    monkeypatch.setenv("TRIMTAB_MODEL_PYTHON", str(python))

    process = ModelProcess(folder)

    assert process.predict(ROWS.head(2))[:, 0].tolist() == [7.5, 7.5]
    process.end()


def test_python_that_does_not_exist_is_refused_by_the_name_of_the_variable(tmp_path, monkeypatch):
    monkeypatch.setenv("TRIMTAB_MODEL_PYTHON", str(tmp_path / "python"))
    with pytest.raises(ModelError, match="cannot be started") as refused:
        ModelProcess(tmp_path)
    assert refused.value.where == "environment variable TRIMTAB_MODEL_PYTHON"
