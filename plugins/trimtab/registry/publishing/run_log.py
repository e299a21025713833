"""What the MLflow run of a candidate holds, and how run and version are described."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version as installed
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from trimtab.config import PARAMS_FILE
from trimtab.escaping import markdown
from trimtab.registry.provenance import ENVIRONMENT, environment_lock
from trimtab.registry.publishing.candidate import Candidate
from trimtab.registry.tracking import PATCH, TAG_PREFIX, file_digest

# Given by name, because MLflow otherwise loads the model in a process of its own to find out: 12 s.
REQUIREMENTS = ("mlflow", "numpy", "pandas", "scikit-learn", "scipy", "skops")
TRIES = 5  # to log datasets that other runs log at the same time
NOT_UNIQUE = ("IntegrityError", "UniqueViolation")  # SQLite's and MySQL's name for it, and PostgreSQL's
PARAMS_A_REQUEST, METRICS_A_REQUEST = 100, 1000  # MLflow refuses more
LONGEST_TEXT = 5000  # characters of a description or of a tag; a database other than SQLite refuses more


@dataclass(frozen=True)
class Logged:
    """What a run has been given.

    Attributes:
        run_id: The run.
        model_id: The logged model.
        files: SHA-256 of the files that are read again later, by their path among the run's artifacts.
    """

    run_id: str
    model_id: str
    files: Mapping[str, str]


def log_run(candidate: Candidate, estimator: Any, experiment_id: str) -> Logged:
    """Log everything but the version to a new run."""
    import mlflow

    with mlflow.start_run(
        experiment_id=experiment_id,
        run_name=f"{candidate.name}-{candidate.key[:12]}",
        tags=tags_of(candidate),
        description=description_of(candidate),
    ) as run:
        params = list(candidate.params.items())
        for start in range(0, len(params), PARAMS_A_REQUEST):
            mlflow.log_params(dict(params[start : start + PARAMS_A_REQUEST]))
        _log_metrics(candidate, run.info.run_id)
        _log_datasets(run.info.run_id, _datasets(candidate))
        with TemporaryDirectory(prefix="trimtab-") as folder:
            _copy_files(candidate, Path(folder))
            mlflow.log_artifacts(folder)
            files = {
                path: file_digest(Path(folder, path))
                for path in (ENVIRONMENT, PARAMS_FILE, PATCH, reference_of(candidate))
                if path and Path(folder, path).is_file()
            }
        return Logged(run.info.run_id, _log_model(candidate, estimator), files)


def _log_metrics(candidate: Candidate, run_id: str) -> None:
    """Log every metric and, of those with a history, every step."""
    import mlflow
    from mlflow.entities import Metric

    now = int(time.time() * 1000)
    final = {**candidate.metrics, "model_bytes": candidate.model.stat().st_size}
    metrics = [Metric(name, value, now, 0) for name, value in final.items()]
    metrics += [
        Metric(name, value, now, step) for name, curve in candidate.curves.items() for step, value in curve
    ]
    for start in range(0, len(metrics), METRICS_A_REQUEST):
        mlflow.MlflowClient().log_batch(run_id, metrics=metrics[start : start + METRICS_A_REQUEST])


def _log_datasets(run_id: str, datasets: list[Any]) -> None:
    """Log them, again if another run was first to log the same ones.

    MLflow looks whether it holds a dataset, then adds it: of two runs at once, its database refuses one,
    which finds the dataset at its next try.
    """
    import mlflow
    from mlflow.exceptions import MlflowException

    for left in reversed(range(TRIES)):
        try:
            mlflow.MlflowClient().log_inputs(run_id, datasets=datasets)
        except MlflowException as err:
            if not left or not any(name in str(err) for name in NOT_UNIQUE):
                raise
        else:
            return


def _datasets(candidate: Candidate) -> list[Any]:
    """What the model learnt from and is judged on, by DVC's hashes."""
    from mlflow.entities import Dataset, DatasetInput, InputTag

    return [
        DatasetInput(
            Dataset(path, digest, "dvc", json.dumps({"path": path, "md5": digest})),
            [InputTag("mlflow.data.context", context)],
        )
        for context, data in (("training", candidate.training_data), ("testing", candidate.test_data))
        for path, digest in data.items()
    ]


def _log_model(candidate: Candidate, estimator: Any) -> str:
    import mlflow.sklearn
    import pandas as pd
    from mlflow.models import infer_signature

    example = pd.read_parquet(candidate.input_example)
    # Scores, drift and comparison are made of probabilities; so is what the model answers when served.
    predict = "predict_proba" if hasattr(estimator, "predict_proba") else "predict"
    logged = mlflow.sklearn.log_model(
        estimator,
        name=candidate.name,
        serialization_format="skops",
        skops_trusted_types=list(candidate.trusted_types),
        signature=infer_signature(example, getattr(estimator, predict)(example)),
        input_example=example,
        pyfunc_predict_fn=predict,
        pip_requirements=[f"{package}=={installed(package)}" for package in REQUIREMENTS],
    )
    return str(logged.model_id)


def _copy_files(candidate: Candidate, folder: Path) -> None:
    """Lay the files out as they lie in the project, so that whoever knows it finds them.

    What is installed lies beside them.
    """
    (folder / ENVIRONMENT).write_text(environment_lock(), encoding="utf-8")
    for path, source in candidate.files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            shutil.copy(source, target)


def tags_of(candidate: Candidate) -> dict[str, str]:
    """Return what run and version are found by."""
    tags = {
        **{name: value[:LONGEST_TEXT] for name, value in candidate.lineage.items()},
        **{f"gate.{gate}": verdict for gate, verdict in candidate.verdicts.items()},
        "key": candidate.key,
        "environment_sha256": hashlib.sha256(environment_lock().encode()).hexdigest(),
        "model_sha256": hashlib.sha256(candidate.model.read_bytes()).hexdigest(),
        "trusted_types": json.dumps(candidate.trusted_types),
    }
    if candidate.reference:
        tags["reference"] = reference_of(candidate)
    return {TAG_PREFIX + name: str(value) for name, value in tags.items()}


def reference_of(candidate: Candidate) -> str:
    """Return the path of the drift reference among the run's artifacts; empty if there is none."""
    return candidate.reference.relative_to(candidate.root).as_posix() if candidate.reference else ""


def description_of(candidate: Candidate) -> str:
    """Return what a person reads of run and version, in Markdown."""
    facts = {name.replace("_", " "): value for name, value in candidate.lineage.items()}
    facts |= {f"gate {gate}": verdict for gate, verdict in candidate.verdicts.items()}
    facts["model"] = f"{candidate.model.stat().st_size:,} bytes"
    lines = [f"- {markdown(name)}: {markdown(value)}" for name, value in facts.items()]
    return "\n".join([candidate.desc or f"Model {candidate.name}", "", *lines])[:LONGEST_TEXT]
