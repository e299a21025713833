"""Log the model of a candidate to an MLflow run, in MLflow's flavor for the format of its file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from trimtab.learning import model_format
from trimtab.registry.loading import Estimator
from trimtab.registry.publishing import folder_flavor, probability_flavor
from trimtab.registry.publishing.candidate import Candidate
from trimtab.registry.tracking import ESTIMATOR_FILES, temporary_folder

if TYPE_CHECKING:
    import pandas as pd

# MLflow would otherwise load the model in another process to find out its requirements: 12 s.
REQUIREMENTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "skops": ("mlflow", "numpy", "pandas", "scikit-learn", "scipy", "skops"),
        "lightgbm": ("mlflow", "numpy", "pandas", "lightgbm", "scipy"),
        "xgboost": ("mlflow", "numpy", "pandas", "xgboost", "scipy"),
        "onnx": ("mlflow", "numpy", "pandas", "onnx", "onnxruntime"),
        "catboost": ("mlflow", "numpy", "pandas", "catboost"),
        "pyfunc": ("mlflow", "numpy", "pandas"),
    }
)


def log_model(candidate: Candidate, estimator: Estimator) -> str:
    """Log the model to the active run, and return the id of the logged model.

    A served model answers with the numbers of ``trimtab score``, such as probabilities: one of skops or
    CatBoost with those of both classes, one of LightGBM or XGBoost with that of the positive class, one of
    ONNX with all outputs of its graph. MLflow cannot serve a graph whose probabilities are an array; it can
    if they are a mapping by class, as skl2onnx exports them by default.

    Args:
        candidate: The candidate.
        estimator: Its estimator, as :func:`~trimtab.learning.load_estimator` returns it.
    """
    import pandas as pd

    format_, example = model_format(candidate.model), pd.read_parquet(candidate.input_example)
    logged = _LOGGERS[format_](
        candidate,
        estimator,
        example,
        name=candidate.name,
        input_example=example,
        pip_requirements=[_requirement(package) for package in REQUIREMENTS[format_]],
    )
    return str(logged.model_id)


def _requirement(package: str) -> str:
    """Return a package with its version; XGBoost without support of GPUs is a package of another name."""
    try:
        return f"{package}=={installed(package)}"
    except PackageNotFoundError:
        return f"{package}-cpu=={installed(f'{package}-cpu')}"


def _log_skops(candidate: Candidate, estimator: Estimator, example: pd.DataFrame, **common: Any) -> Any:
    import mlflow.sklearn
    from mlflow.models import infer_signature

    predict = candidate.problem.method
    return mlflow.sklearn.log_model(
        estimator,
        serialization_format="skops",
        skops_trusted_types=list(candidate.trusted_types),
        signature=infer_signature(example, getattr(estimator, predict)(example)),
        pyfunc_predict_fn=predict,
        **common,
    )


def _log_lightgbm(candidate: Candidate, estimator: Estimator, example: pd.DataFrame, **common: Any) -> Any:
    import mlflow.lightgbm
    from mlflow.models import infer_signature

    signature = infer_signature(example, estimator.outputs(example))
    return mlflow.lightgbm.log_model(estimator.model, signature=signature, **common)


def _log_xgboost(candidate: Candidate, estimator: Estimator, example: pd.DataFrame, **common: Any) -> Any:
    import mlflow.xgboost
    from mlflow.models import infer_signature

    signature = infer_signature(example, estimator.outputs(example))
    return mlflow.xgboost.log_model(estimator.model, signature=signature, **common)


def _log_onnx(candidate: Candidate, estimator: Estimator, example: pd.DataFrame, **common: Any) -> Any:
    import mlflow.onnx
    from mlflow.models import infer_signature

    return mlflow.onnx.log_model(estimator.model, signature=infer_signature(example), **common)


def _log_catboost(candidate: Candidate, estimator: Estimator, example: pd.DataFrame, **common: Any) -> Any:
    import mlflow.catboost
    from mlflow.models import Model, infer_signature

    flavor = probability_flavor if hasattr(estimator, "classes_") else mlflow.catboost
    signature = infer_signature(example, estimator.outputs(example))
    return Model.log(None, flavor, cb_model=estimator.model, signature=signature, **common)


def _log_folder(candidate: Candidate, estimator: Estimator, example: pd.DataFrame, **common: Any) -> Any:
    from mlflow.models import Model, infer_signature

    signature = infer_signature(example, estimator.outputs(example))
    with temporary_folder() as folder:
        model = folder / Path(ESTIMATOR_FILES["pyfunc"]).name
        model.symlink_to(candidate.model.resolve(), target_is_directory=True)
        return Model.log(
            None, folder_flavor, folder=model, signature=signature, validate_serving_input=False, **common
        )


_LOGGERS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "skops": _log_skops,
        "lightgbm": _log_lightgbm,
        "xgboost": _log_xgboost,
        "onnx": _log_onnx,
        "catboost": _log_catboost,
        "pyfunc": _log_folder,
    }
)
