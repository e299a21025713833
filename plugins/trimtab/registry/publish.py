"""Make a candidate a model version: one run and one version per content, however often it is tried."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from importlib.metadata import version as installed
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from trimtab.model import load_estimator
from trimtab.registry.candidate import Candidate
from trimtab.registry.digest import folder_digest
from trimtab.registry.server import connection
from trimtab.registry.version import ARTIFACT_HASH, TAG_PREFIX, Version, by_key

# Given by name, because MLflow otherwise loads the model in a process of its own to find out: 12 s.
REQUIREMENTS = ("mlflow", "numpy", "pandas", "scikit-learn", "scipy", "skops")
TRIES = 5  # to log datasets that other runs log at the same time
NOT_UNIQUE = ("IntegrityError", "UniqueViolation")  # SQLite's and MySQL's name for it, and PostgreSQL's
PARAMS_A_REQUEST = 100  # MLflow refuses more
LONGEST_TEXT = 5000  # characters of a description or of a tag; a database other than SQLite refuses more


def publish(candidate: Candidate, *, experiment: str | None = None) -> Version:
    """Register a candidate, or find the version it already is.

    The version is created last, so one that exists is complete. Of several attempts, at once or after one
    that died, the first to have a version wins; what the others made is removed, and they find that version.

    Args:
        candidate: What to register.
        experiment: MLflow experiment of the run; by default the model's name.

    Raises:
        RegistryError: The server is away or refuses, or the model holds types its artifact does not list.
    """
    from mlflow.exceptions import MlflowException
    from requests import RequestException

    with connection() as client:
        known = Version.of_key(client, candidate.name, candidate.key)
        if known is None:
            estimator = load_estimator(candidate.model, candidate.trusted_types)
            experiment_id = experiment_named(client, experiment or candidate.name)
            try:
                run_id, model_id = _log_run(candidate, estimator, experiment_id)
                created = _create_version(client, candidate, run_id, model_id)
            except (MlflowException, RequestException):
                created = 0
                if Version.of_key(client, candidate.name, candidate.key) is None:
                    raise
            known = Version.of_key(client, candidate.name, candidate.key, created=created)
            assert known
        _remove_others(client, known)
        return known


def experiment_named(client: Any, name: str) -> str:
    """Return the id of an experiment; it is made if need be."""
    from mlflow.exceptions import MlflowException

    found = client.get_experiment_by_name(name)
    if found is None:
        try:
            return str(client.create_experiment(name))
        except MlflowException:
            found = client.get_experiment_by_name(name)
            if found is None:
                raise
    return str(found.experiment_id)


def _remove_others(client: Any, version: Version) -> None:
    """Remove what other attempts at the same content left: versions, logged models, runs, in this order.

    An attempt that is still under way fails at its next request, and finds the version.
    """
    for other in client.search_model_versions(f"name = '{version.name}' and {by_key(version.key)}"):
        if int(other.version) != version.version:
            unless_gone(client.delete_model_version, version.name, other.version)
    experiment_id = client.get_run(version.run_id).info.experiment_id
    for run in client.search_runs([experiment_id], by_key(version.key)):
        run_id = run.info.run_id
        if run_id != version.run_id:
            for model in client.search_logged_models([experiment_id], f"source_run_id = '{run_id}'"):
                unless_gone(client.delete_logged_model, model.model_id)
            unless_gone(client.delete_run, run_id)


def unless_gone(delete: Callable[..., None], *what: str) -> None:
    """Delete something, which another attempt may be deleting too."""
    from mlflow.exceptions import MlflowException

    try:
        delete(*what)
    except MlflowException as err:
        if err.error_code != "RESOURCE_DOES_NOT_EXIST":
            raise


def _log_run(candidate: Candidate, estimator: Any, experiment_id: str) -> tuple[str, str]:
    """Log everything but the version; return the ids of the run and of the logged model."""
    import mlflow

    with mlflow.start_run(
        experiment_id=experiment_id,
        run_name=f"{candidate.name}-{candidate.key[:12]}",
        tags=_tags(candidate),
        description=_description(candidate),
    ) as run:
        params = list(candidate.params.items())
        for start in range(0, len(params), PARAMS_A_REQUEST):
            mlflow.log_params(dict(params[start : start + PARAMS_A_REQUEST]))
        mlflow.log_metrics(dict(candidate.metrics))
        _log_datasets(run.info.run_id, _datasets(candidate))
        with TemporaryDirectory(prefix="trimtab-") as folder:
            _copy_files(candidate, Path(folder))
            mlflow.log_artifacts(folder)
        return run.info.run_id, _log_model(candidate, estimator)


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


def _create_version(client: Any, candidate: Candidate, run_id: str, model_id: str) -> int:
    """Create the version and return its number; MLflow numbers versions in the order they are created."""
    from mlflow.exceptions import MlflowException

    try:
        client.create_registered_model(candidate.name, description=candidate.desc)
    except MlflowException as err:
        if err.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
    created = client.create_model_version(
        candidate.name,
        source=f"models:/{model_id}",
        run_id=run_id,
        model_id=model_id,
        tags={**_tags(candidate), ARTIFACT_HASH: _digest_of(model_id)},
        description=_description(candidate),
    )
    return int(created.version)


def _digest_of(model_id: str) -> str:
    """Hash what the server holds of a logged model, for `trimtab verify` to compare with."""
    import mlflow

    with TemporaryDirectory(prefix="trimtab-") as folder:
        return folder_digest(
            Path(mlflow.artifacts.download_artifacts(f"models:/{model_id}", dst_path=folder))
        )


def _copy_files(candidate: Candidate, folder: Path) -> None:
    """Lay the files out as they lie in the project, so that whoever knows it finds them."""
    for path, source in candidate.files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            shutil.copy(source, target)


def _tags(candidate: Candidate) -> dict[str, str]:
    tags = {
        **{name: value[:LONGEST_TEXT] for name, value in candidate.lineage.items()},
        **{f"gate.{gate}": verdict for gate, verdict in candidate.verdicts.items()},
        "key": candidate.key,
        "model_sha256": hashlib.sha256(candidate.model.read_bytes()).hexdigest(),
        "trusted_types": json.dumps(candidate.trusted_types),
    }
    if candidate.reference:
        tags["reference"] = candidate.reference.relative_to(candidate.root).as_posix()
    return {TAG_PREFIX + name: str(value) for name, value in tags.items()}


def _description(candidate: Candidate) -> str:
    facts = {name.replace("_", " "): value for name, value in candidate.lineage.items()}
    facts |= {f"gate {gate}": verdict for gate, verdict in candidate.verdicts.items()}
    lines = [
        f"- {name}: {' '.join(value.split())}" for name, value in facts.items()
    ]  # a line each, in Markdown
    return "\n".join([candidate.desc or f"Model {candidate.name}", "", *lines])[:LONGEST_TEXT]
