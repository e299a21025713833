"""Names and limits of MLflow that are private, undocumented or may change: only this module uses them.

``tests/library/registry/tracking/test_mlflow_compat.py`` has a test for each, which says what moved.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from trimtab.outage_limits import MLFLOW_REQUEST_BACKOFF, MLFLOW_REQUEST_RETRIES, MLFLOW_REQUEST_TIMEOUT
from trimtab.registry.tracking.mlflow_client import Entity

CLIENT_SETTINGS: Mapping[str, str] = {  # a variable that is set wins
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": str(MLFLOW_REQUEST_RETRIES),
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": str(MLFLOW_REQUEST_BACKOFF),
    "MLFLOW_HTTP_REQUEST_TIMEOUT": str(MLFLOW_REQUEST_TIMEOUT),
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
}
# How a server is told where its data are.
BACKEND_STORE_VARIABLE = "MLFLOW_BACKEND_STORE_URI"
ARTIFACTS_VARIABLE = "MLFLOW_ARTIFACTS_DESTINATION"

DOWNLOAD_META_FILE = "registered_model_meta"  # the client writes it beside what it downloads
MODEL_FILE = "MLmodel"  # what a logged model says of itself
# The estimator of a logged model, by its format: a file, or a folder.
ESTIMATOR_FILES = {
    "skops": "model.skops",
    "lightgbm": "model.lgb",
    "xgboost": "model.ubj",
    "onnx": "model.onnx",
    "catboost": "model.cb",
    "pyfunc": "data/model",
}
PARENT_RUN_TAG = "mlflow.parentRunId"
DESCRIPTION_TAG = "mlflow.note.content"  # of a run or an experiment: its description, in Markdown
DATASET_CONTEXT_TAG = "mlflow.data.context"
SERVED_ARTIFACTS = "mlflow-artifacts:"  # scheme of artifact locations that the server resolves itself
RESERVED_IN_MODEL_NAMES = "/:.%\"'"  # characters that no name of a logged model may have

LONGEST_PARAM = 6000  # characters; MLflow cuts a longer value
PARAMS_PER_REQUEST, METRICS_PER_REQUEST = 100, 1000  # MLflow refuses more

ALREADY_EXISTS, DOES_NOT_EXIST, BAD_REQUEST = (
    "RESOURCE_ALREADY_EXISTS",
    "RESOURCE_DOES_NOT_EXIST",
    "BAD_REQUEST",
)
# What the server's message has when two requests insert one row: SQLite and MySQL, then PostgreSQL.
NOT_UNIQUE = ("IntegrityError", "UniqueViolation")

ARTIFACT_LOCATIONS_SQL = "SELECT DISTINCT artifact_location FROM experiments WHERE lifecycle_stage = 'active'"


def error_code(err: Exception) -> str:
    """Return the code of an ``MlflowException``, such as :data:`DOES_NOT_EXIST`."""
    return str(getattr(err, "error_code", ""))


def http_status(err: Exception) -> int | None:
    """Return the HTTP status behind an error of MLflow's client; ``None`` if there is none.

    Errors of ``requests`` have the response; an ``MlflowException`` computes the status from its code.
    """
    response = getattr(err, "response", None)
    if response is not None:
        return int(response.status_code)
    status = getattr(err, "get_http_status_code", None)
    return int(status()) if status else None


def upsert(write: Callable[..., None], *values: str) -> None:
    """Write a tag or an alias that another process may be writing for the first time too.

    On PostgreSQL the server refuses one of the two inserts. The second try overwrites the row.

    Args:
        write: A method of MLflow's client.
        *values: Its arguments.
    """
    from mlflow.exceptions import MlflowException

    try:
        write(*values)
    except MlflowException as err:
        if error_code(err) != BAD_REQUEST:
            raise
        write(*values)


def delete_if_exists(delete: Callable[..., None], *values: str) -> None:
    """Delete something that another process may have deleted already.

    Args:
        delete: A method of MLflow's client.
        *values: Its arguments.
    """
    from mlflow.exceptions import MlflowException

    try:
        delete(*values)
    except MlflowException as err:
        if error_code(err) != DOES_NOT_EXIST:
            raise


def has_named_columns(signature: Entity) -> bool:
    """Whether a model's signature names the columns that the model reads."""
    schema: Entity = getattr(signature, "inputs", None)
    return bool(schema) and not schema.is_tensor_spec() and bool(schema.has_input_names())


def input_columns(signature: Entity) -> tuple[str, ...]:
    """Return the names of the columns of a signature, in order."""
    return tuple(signature.inputs.input_names())


def input_example_file(model: Entity) -> str | None:
    """Return the name of a model's input example; ``None`` if it has none.

    Args:
        model: What ``mlflow.models.Model.load`` returned.
    """
    info: Mapping[str, object] | None = model.saved_input_example_info
    return str(dict(info).get("artifact_path")) if info else None


def basic_auth_app(needs_manage: Callable[[str, str], bool]) -> object:
    """Return MLflow's app of ``--app-name basic-auth``, with a check of more requests.

    Args:
        needs_manage: Whether a request, by its method and path, needs MANAGE on the registered model that it
            names. An administrator may do everything.
    """
    from mlflow.server import app, auth

    guarded: object = auth.create_app(app)

    def require_manage() -> object:
        if not needs_manage(auth.request.method, auth.request.path) or auth.sender_is_admin():
            return None
        allowed = auth._validate_can_manage_registered_model_or_prompt()
        return None if allowed else auth.make_forbidden_response()

    app.before_request(require_manage)  # after MLflow's own, which has authenticated the user
    return guarded
