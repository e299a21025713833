"""Make a candidate a model version: one run and one version per content, however often it is tried."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from trimtab.errors import ModelError, RegistryError
from trimtab.model_file import load_estimator
from trimtab.registry.loading import ScoringModel
from trimtab.registry.publishing.candidate import Candidate
from trimtab.registry.publishing.run_log import Logged, description_of, log_run, tags_of
from trimtab.registry.tracking import (
    ARTIFACT_HASH,
    SEAL,
    Version,
    by_key,
    connection,
    folder_digest,
    seal_of,
    sealed,
)


def publish(candidate: Candidate, *, experiment: str | None = None) -> Version:
    """Register a candidate, or find the version it already is.

    The version is created last, so one that exists is complete. Of several attempts, at once or after one
    that died, the first to have a version wins; what the others made is removed, and they find that version.

    Args:
        candidate: What to register.
        experiment: MLflow experiment of the run; by default the model's name.

    Raises:
        ModelError: The model holds types its artifact does not list, or nothing could be scored with it.
        RegistryError: The server is away or refuses.
    """
    from mlflow.exceptions import MlflowException
    from requests import RequestException

    with connection() as client:
        known = Version.of_key(client, candidate.name, candidate.key)
        if known is None:
            estimator = load_estimator(candidate.model, candidate.trusted_types)
            _require_answer(candidate, estimator)
            experiment_id = experiment_named(client, experiment or candidate.name)
            try:
                logged = log_run(candidate, estimator, experiment_id)
                created = _create_version(client, candidate, logged)
            except (MlflowException, RequestException):
                created = 0
                if Version.of_key(client, candidate.name, candidate.key) is None:
                    raise
            known = Version.of_key(client, candidate.name, candidate.key, created=created)
            assert known
        _remove_others(client, known)
        return known


def _require_answer(candidate: Candidate, estimator: Any) -> None:
    """Refuse a model that nothing could be scored with: one that has no answer to its own input example."""
    import numpy as np
    import pandas as pd

    example = pd.read_parquet(candidate.input_example)
    model = ScoringModel(estimator, tuple(map(str, example.columns)), f"The model '{candidate.name}'")
    try:
        answer = model.score(example)
    except (
        RegistryError,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
    ) as err:  # scikit-learn's of bad rows
        why = err.what if isinstance(err, RegistryError) else f"it fails: {str(err)[:200]}"
    else:
        valid = len(answer) and np.all((answer >= 0) & (answer <= 1))
        why = "" if valid else "its answers are no probabilities"
    if why:
        raise ModelError(
            f"The model '{candidate.name}' does not answer its input example: {why}",
            where=f"{candidate.model.name}, {candidate.input_example.name}",
            fix="publish a fitted classifier of two classes, and rows of what it reads; nothing has been"
            " registered",
        )


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
    for other in sealed(client, version.name, version.key):
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


def _create_version(client: Any, candidate: Candidate, logged: Logged) -> int:
    """Create the version and return its number; MLflow numbers versions in the order they are created.

    What it is registered with is written into its run before, where nobody can change it.
    """
    from mlflow.exceptions import MlflowException

    try:
        client.create_registered_model(candidate.name, description=candidate.desc)
    except MlflowException as err:
        if err.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
    tags = {**tags_of(candidate), ARTIFACT_HASH: _digest_of(logged.model_id), SEAL: "a param of the run"}
    client.log_param(logged.run_id, SEAL, seal_of(tags, logged.files))
    created = client.create_model_version(
        candidate.name,
        source=f"models:/{logged.model_id}",
        run_id=logged.run_id,
        model_id=logged.model_id,
        tags=tags,
        description=description_of(candidate),
    )
    return int(created.version)


def _digest_of(model_id: str) -> str:
    """Hash what the server holds of a logged model, for `trimtab verify` to compare with."""
    import mlflow

    with TemporaryDirectory(prefix="trimtab-") as folder:
        return folder_digest(
            Path(mlflow.artifacts.download_artifacts(f"models:/{model_id}", dst_path=folder))
        )
