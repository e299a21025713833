"""Log the model of a candidate to an MLflow run, in MLflow's flavor for the format of its file.

:class:`~trimtab.registry.publishing.recorded_flavor.RecordedFlavor` hashes what is uploaded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from trimtab.learning import model_format
from trimtab.registry.loading import Estimator
from trimtab.registry.publishing import folder_flavor, probability_flavor, quantile_flavor
from trimtab.registry.publishing.candidate import Candidate
from trimtab.registry.publishing.recorded_flavor import RecordedFlavor
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


@dataclass(frozen=True)
class LoggedModel:
    """A model that was logged.

    Attributes:
        model_id: MLflow's id.
        sent: SHA-256 of the files that were uploaded.
    """

    model_id: str
    sent: str


def log_model(
    candidate: Candidate, estimator: Estimator, finish: Callable[[Path], None] | None = None
) -> LoggedModel:
    """Log the model to the active run.

    A served model answers with the numbers of ``trimtab score``, such as probabilities: one of skops or
    CatBoost with those of both classes, one of LightGBM or XGBoost with that of the positive class, one of
    ONNX with all outputs of its graph. MLflow cannot serve a graph whose probabilities are an array; it can
    if they are a mapping by class, as skl2onnx exports them by default.

    Args:
        candidate: The candidate.
        estimator: Its estimator, as :func:`~trimtab.learning.load_estimator` returns it.
        finish: Called with the folder of its files before they are hashed and uploaded, such as to sign them.
    """
    import pandas as pd

    format_, example = model_format(candidate.model), pd.read_parquet(candidate.input_example)
    return _LOGGERS[format_](
        candidate,
        estimator,
        example,
        name=candidate.name,
        finish=finish,
        input_example=example,
        pip_requirements=[_requirement(package) for package in REQUIREMENTS[format_]],
    )


def _log(flavor: Any, *, finish: Callable[[Path], None] | None, **settings: Any) -> LoggedModel:
    """Log a model in a flavor; its predictions have been checked before."""
    from mlflow.models import Model

    recorded = RecordedFlavor(flavor, finish)
    logged = Model.log(None, recorded, validate_serving_input=False, **settings)
    return LoggedModel(str(logged.model_id), recorded.sent)


def _requirement(package: str) -> str:
    """Return a package with its version; XGBoost without support of GPUs is a package of another name."""
    try:
        return f"{package}=={installed(package)}"
    except PackageNotFoundError:
        return f"{package}-cpu=={installed(f'{package}-cpu')}"


def _predicts_quantiles(estimator: Estimator) -> bool:
    return bool(getattr(estimator, "quantiles", ()))  # a classifier has none


def _log_skops(
    candidate: Candidate, estimator: Estimator, example: pd.DataFrame, **common: Any
) -> LoggedModel:
    import mlflow.sklearn
    from mlflow.models import infer_signature

    predict = candidate.problem.method
    return _log(
        mlflow.sklearn,
        sk_model=estimator,
        serialization_format="skops",
        skops_trusted_types=list(candidate.trusted_types),
        signature=infer_signature(example, getattr(estimator, predict)(example)),
        pyfunc_predict_fn=predict,
        **common,
    )


def _log_lightgbm(
    candidate: Candidate, estimator: Estimator, example: pd.DataFrame, **common: Any
) -> LoggedModel:
    import mlflow.lightgbm
    from mlflow.models import infer_signature

    signature = infer_signature(example, estimator.outputs(example))
    return _log(mlflow.lightgbm, lgb_model=estimator.model, signature=signature, **common)


def _log_xgboost(
    candidate: Candidate, estimator: Estimator, example: pd.DataFrame, **common: Any
) -> LoggedModel:
    import mlflow.xgboost
    from mlflow.models import infer_signature

    signature = infer_signature(example, estimator.outputs(example))
    flavor = quantile_flavor if _predicts_quantiles(estimator) else mlflow.xgboost
    return _log(flavor, xgb_model=estimator.model, signature=signature, **common)


def _log_onnx(
    candidate: Candidate, estimator: Estimator, example: pd.DataFrame, **common: Any
) -> LoggedModel:
    import mlflow.onnx
    from mlflow.models import infer_signature

    return _log(mlflow.onnx, onnx_model=estimator.model, signature=infer_signature(example), **common)


def _log_catboost(
    candidate: Candidate, estimator: Estimator, example: pd.DataFrame, **common: Any
) -> LoggedModel:
    import mlflow.catboost
    from mlflow.models import infer_signature

    flavor: Any = mlflow.catboost
    if hasattr(estimator, "classes_"):
        flavor = probability_flavor
    elif _predicts_quantiles(estimator):
        flavor = quantile_flavor
    signature = infer_signature(example, estimator.outputs(example))
    return _log(flavor, cb_model=estimator.model, signature=signature, **common)


def _log_folder(
    candidate: Candidate, estimator: Estimator, example: pd.DataFrame, **common: Any
) -> LoggedModel:
    from mlflow.models import infer_signature

    signature = infer_signature(example, estimator.outputs(example))
    with temporary_folder() as folder:
        model = folder / Path(ESTIMATOR_FILES["pyfunc"]).name
        model.symlink_to(candidate.model.resolve(), target_is_directory=True)
        return _log(folder_flavor, folder=model, signature=signature, **common)


_LOGGERS: Mapping[str, Callable[..., LoggedModel]] = MappingProxyType(
    {
        "skops": _log_skops,
        "lightgbm": _log_lightgbm,
        "xgboost": _log_xgboost,
        "onnx": _log_onnx,
        "catboost": _log_catboost,
        "pyfunc": _log_folder,
    }
)
