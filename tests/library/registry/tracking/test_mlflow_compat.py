"""Each name of MLflow that is private, undocumented or may change: a failure here says what has moved."""

from __future__ import annotations

import inspect
from importlib import import_module
from pathlib import Path

import mlflow
import pytest
from mlflow.exceptions import MlflowException
from mlflow.protos import databricks_pb2
from requests import HTTPError, Response
from sqlalchemy import create_engine, text

from trimtab.registry.tracking import mlflow_compat as compat
from trimtab.registry.tracking.mlflow_client import MlflowClient

MOVED = "MLflow has moved or changed this: {} - correct trimtab/registry/tracking/mlflow_compat.py"
METHODS = sorted(name for name in vars(MlflowClient) if not name.startswith("_"))


@pytest.mark.parametrize("name", METHODS)
def test_mlflow_client_has_each_method_of_the_protocol_with_its_parameters(name):
    method = getattr(mlflow.MlflowClient, name, None)
    assert method, MOVED.format(f"MlflowClient.{name}")
    ours = inspect.signature(getattr(MlflowClient, name)).parameters
    theirs = inspect.signature(method).parameters
    assert ours.keys() <= theirs.keys(), MOVED.format(f"MlflowClient.{name}({', '.join(ours)})")
    required = {
        key for key, each in theirs.items() if each.default is each.empty and each.kind < each.VAR_KEYWORD
    }
    required -= {key for key, each in theirs.items() if each.kind == each.VAR_POSITIONAL}
    assert required <= ours.keys(), MOVED.format(f"MlflowClient.{name}: required {required - ours.keys()}")


@pytest.mark.parametrize("name", METHODS)
def test_mlflow_client_protocol_has_the_order_of_positional_parameters(name):
    ours = list(inspect.signature(getattr(MlflowClient, name)).parameters)
    theirs = list(inspect.signature(getattr(mlflow.MlflowClient, name)).parameters)
    assert theirs[: len(ours)] == ours, MOVED.format(f"order of MlflowClient.{name}{tuple(ours)}")


@pytest.mark.parametrize("variable", [*compat.CLIENT_SETTINGS])
def test_mlflow_client_setting_is_a_variable_that_mlflow_reads(variable):
    from mlflow import environment_variables

    assert hasattr(environment_variables, variable), MOVED.format(f"environment variable {variable}")


@pytest.mark.parametrize("variable", [compat.BACKEND_STORE_VARIABLE, compat.ARTIFACTS_VARIABLE])
def test_mlflow_server_command_reads_the_variable(variable):
    from mlflow.cli import server

    variables = {option.envvar for option in server.params}
    assert variable in variables, MOVED.format(f"`mlflow server` reads {variable}")


def test_mlflow_download_meta_file_has_its_name():
    from mlflow.store.artifact import models_artifact_repo as module

    name = getattr(module, "REGISTERED_MODEL_META_FILE_NAME", None)
    assert name == compat.DOWNLOAD_META_FILE, MOVED.format("REGISTERED_MODEL_META_FILE_NAME")


def test_mlflow_model_file_has_its_name():
    from mlflow.models.model import MLMODEL_FILE_NAME

    assert MLMODEL_FILE_NAME == compat.MODEL_FILE, MOVED.format("MLMODEL_FILE_NAME")


@pytest.mark.parametrize("flavor", ["sklearn", "lightgbm", "onnx", "catboost"])
def test_mlflow_estimator_file_has_its_name(flavor):
    module = import_module(f"mlflow.{flavor}")
    name = compat.ESTIMATOR_FILES["skops" if flavor == "sklearn" else flavor]

    assert f'"{name}"' in inspect.getsource(module), MOVED.format(f"the file name {name}")


def test_mlflow_xgboost_file_has_its_name():
    import mlflow.xgboost

    default = inspect.signature(mlflow.xgboost.log_model).parameters["model_format"].default

    assert f"model.{default}" == compat.ESTIMATOR_FILES["xgboost"], MOVED.format("the format ubj")


@pytest.mark.parametrize(
    ("name", "tag"),
    [("MLFLOW_PARENT_RUN_ID", compat.PARENT_RUN_TAG), ("MLFLOW_DATASET_CONTEXT", compat.DATASET_CONTEXT_TAG)],
)
def test_mlflow_tag_has_its_name(name, tag):
    from mlflow.utils import mlflow_tags

    assert getattr(mlflow_tags, name, None) == tag, MOVED.format(f"mlflow_tags.{name}")


def test_mlflow_served_artifacts_have_their_scheme():
    from mlflow.store.artifact import artifact_repository_registry as module
    from mlflow.store.artifact.mlflow_artifacts_repo import MlflowArtifactsRepository

    repository = module.get_artifact_repository(f"{compat.SERVED_ARTIFACTS}/0", "http://127.0.0.1:1")
    assert isinstance(repository, MlflowArtifactsRepository), MOVED.format("the scheme mlflow-artifacts")


@pytest.mark.parametrize("character", compat.RESERVED_IN_MODEL_NAMES)
def test_mlflow_refuses_each_reserved_character_in_the_name_of_a_logged_model(character):
    from mlflow.utils.validation import _validate_logged_model_name

    with pytest.raises(MlflowException):
        _validate_logged_model_name(f"a{character}b")


@pytest.mark.parametrize(
    ("name", "limit"),
    [
        ("MAX_PARAM_VAL_LENGTH", compat.LONGEST_PARAM),
        ("MAX_PARAMS_TAGS_PER_BATCH", compat.PARAMS_PER_REQUEST),
        ("MAX_METRICS_PER_BATCH", compat.METRICS_PER_REQUEST),
    ],
)
def test_mlflow_limit_has_its_value(name, limit):
    from mlflow.utils import validation

    assert getattr(validation, name, None) == limit, MOVED.format(f"validation.{name}")


@pytest.mark.parametrize("code", [compat.ALREADY_EXISTS, compat.DOES_NOT_EXIST, compat.BAD_REQUEST])
def test_mlflow_error_code_is_known_and_read(code):
    number = getattr(databricks_pb2, code, None)
    assert number is not None, MOVED.format(f"error code {code}")
    assert compat.error_code(MlflowException("m", error_code=number)) == code, MOVED.format("error_code")


def test_mlflow_exception_gives_its_http_status():
    err = MlflowException("m", error_code=databricks_pb2.RESOURCE_DOES_NOT_EXIST)

    assert compat.http_status(err) == 404, MOVED.format("MlflowException.get_http_status_code")


def test_http_status_of_an_error_of_requests_is_that_of_its_response():
    response = Response()
    response.status_code = 403

    assert compat.http_status(HTTPError(response=response)) == 403
    assert compat.http_status(ValueError("no status")) is None


def test_upsert_writes_again_when_another_process_was_first():
    calls: list[tuple[str, ...]] = []

    def write(*values: str) -> None:
        calls.append(values)
        if len(calls) == 1:
            raise MlflowException("taken", error_code=databricks_pb2.BAD_REQUEST)

    compat.upsert(write, "a", "b")

    assert calls == [("a", "b"), ("a", "b")]


def test_delete_if_exists_passes_over_what_another_process_has_deleted_and_nothing_else():
    def fail(code: int):
        def delete(*values: str) -> None:
            raise MlflowException("m", error_code=code)

        return delete

    compat.delete_if_exists(fail(databricks_pb2.RESOURCE_DOES_NOT_EXIST), "x")
    with pytest.raises(MlflowException):
        compat.delete_if_exists(fail(databricks_pb2.PERMISSION_DENIED), "x")


def test_mlflow_database_answers_the_query_for_artifact_locations(tmp_path: Path):
    from mlflow.store.tracking.dbmodels.models import SqlExperiment

    engine = create_engine(f"sqlite:///{tmp_path / 'm.db'}")
    SqlExperiment.metadata.create_all(engine, tables=[SqlExperiment.__table__])
    with engine.connect() as connection:
        assert connection.execute(text(compat.ARTIFACT_LOCATIONS_SQL)).fetchall() == []
    engine.dispose()


def test_signature_with_named_columns_gives_their_names():
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, Schema

    named = ModelSignature(Schema([ColSpec("double", "distance"), ColSpec("string", "carrier")]))
    unnamed = ModelSignature(Schema([ColSpec("double")]))

    assert compat.has_named_columns(named), MOVED.format("Schema.has_input_names")
    assert compat.input_columns(named) == ("distance", "carrier"), MOVED.format("Schema.input_names")
    assert not compat.has_named_columns(unnamed)
    assert not compat.has_named_columns(None)


def test_signature_of_tensors_has_no_named_columns():
    import numpy as np
    from mlflow.models import ModelSignature
    from mlflow.types import Schema, TensorSpec

    tensors = ModelSignature(Schema([TensorSpec(np.dtype("float64"), (-1, 3))]))

    assert not compat.has_named_columns(tensors), MOVED.format("Schema.is_tensor_spec")


def test_input_example_file_is_read_from_the_description_of_the_model():
    from mlflow.models import Model

    model = Model(saved_input_example_info={"artifact_path": "input_example.json", "type": "dataframe"})

    assert compat.input_example_file(model) == "input_example.json", MOVED.format("saved_input_example_info")
    assert compat.input_example_file(Model()) is None
