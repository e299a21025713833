"""Log a candidate as an MLflow run: params, metrics, data sets, files, model, tags and description."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from trimtab.learning import model_bytes
from trimtab.params_file import PARAMS_FILE
from trimtab.registry.loading import Estimator
from trimtab.registry.provenance import ENVIRONMENT, environment_lock
from trimtab.registry.publishing.candidate import Candidate
from trimtab.registry.publishing.model_log import LoggedModel, log_model
from trimtab.registry.publishing.stored_files import require_stored
from trimtab.registry.publishing.version_description import LONGEST_TEXT, describe_candidate, run_name
from trimtab.registry.signing import SignedStatement, Signer, sign_folder
from trimtab.registry.tracking import (
    DATASET_CONTEXT_TAG,
    DESCRIPTION_TAG,
    METRICS_PER_REQUEST,
    MODEL_BYTES,
    NOT_UNIQUE,
    PARAMS_PER_REQUEST,
    PATCH,
    TAG_PREFIX,
    TRAIN_SECONDS,
    Entity,
    hash_file,
    hash_folder,
    hash_model,
    hash_text,
    signed_tags,
    temporary_folder,
)

TRIES = 5  # to log data sets that other runs log at the same time


@dataclass(frozen=True)
class LoggedRun:
    """A run that was logged.

    Attributes:
        run_id: The run.
        model: The logged model.
        files: SHA-256 of the files that are read again, by their path among the run's artifacts.
        description: Its description, in Markdown.
    """

    run_id: str
    model: LoggedModel
    files: Mapping[str, str]
    description: str


def log_run(
    candidate: Candidate, estimator: Estimator, experiment_id: str, signer: Signer | None = None
) -> LoggedRun:
    """Log a candidate to a new run, and return what the version needs to know.

    Args:
        candidate: The candidate.
        estimator: Its estimator.
        experiment_id: The experiment of the run.
        signer: The key that signs the files of the model and all that it was made of.

    Raises:
        RegistryOutageError: MLflow's store has lost a file that was uploaded.
    """
    import mlflow

    with mlflow.start_run(
        experiment_id=experiment_id,
        run_name=run_name(candidate),
        tags=tags_of(candidate),
    ) as run:
        description = describe_candidate(candidate, run=f"experiments/{experiment_id}/runs/{run.info.run_id}")
        mlflow.set_tag(DESCRIPTION_TAG, description)
        params = list(candidate.params.items())
        for start in range(0, len(params), PARAMS_PER_REQUEST):
            mlflow.log_params(dict(params[start : start + PARAMS_PER_REQUEST]))
        _log_metrics(candidate, run.info.run_id)
        _log_datasets(run.info.run_id, _datasets(candidate))
        with temporary_folder() as folder:
            _copy_files(candidate, folder)
            mlflow.log_artifacts(str(folder))
            require_stored(f"runs:/{run.info.run_id}/", hash_folder(folder))
            hashes = _hash_files(folder)
        finish = None
        if signer:
            statement = SignedStatement(
                candidate.name, run.info.run_id, signed_tags(tags_of(candidate)), hashes
            )
            finish = partial(sign_folder, statement=statement, signer=signer)
        model = log_model(candidate, estimator, finish)
        require_stored(f"models:/{model.model_id}", model.sent)
        read_again = (ENVIRONMENT, PARAMS_FILE, PATCH, reference_path(candidate))
        files = {path: hashes[path] for path in read_again if path in hashes}
        return LoggedRun(run.info.run_id, model, files, description)


def _hash_files(folder: Path) -> dict[str, str]:
    """Return SHA-256 of each file in a folder, by its path there."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {file.relative_to(folder).as_posix(): hash_file(file) for file in files}


def _log_metrics(candidate: Candidate, run_id: str) -> None:
    """Log each metric, and each step of each learning curve."""
    import mlflow
    from mlflow.entities import Metric

    now = int(time.time() * 1000)
    final = {**candidate.metrics, MODEL_BYTES: model_bytes(candidate.model)}
    if candidate.train_seconds is not None:
        final[TRAIN_SECONDS] = candidate.train_seconds
    metrics = [Metric(name, value, now, 0) for name, value in final.items()]
    metrics += [
        Metric(name, value, now, step) for name, curve in candidate.curves.items() for step, value in curve
    ]
    for start in range(0, len(metrics), METRICS_PER_REQUEST):
        mlflow.MlflowClient().log_batch(run_id, metrics=metrics[start : start + METRICS_PER_REQUEST])


def _log_datasets(run_id: str, datasets: list[Entity]) -> None:
    """Log the data sets of a run, in several tries if other runs log the same ones.

    MLflow checks whether it has a data set, then inserts it. Of two runs at once, its database refuses one,
    which finds the data set at its next try.
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


def _datasets(candidate: Candidate) -> list[Entity]:
    """Return the training data and the test window of the model, by DVC's hashes."""
    from mlflow.entities import Dataset, DatasetInput, InputTag

    return [
        DatasetInput(
            Dataset(path, digest, "dvc", json.dumps({"path": path, "md5": digest})),
            [InputTag(DATASET_CONTEXT_TAG, context)],
        )
        for context, data in (("training", candidate.training_data), ("testing", candidate.test_data))
        for path, digest in data.items()
    ]


def _copy_files(candidate: Candidate, folder: Path) -> None:
    """Copy the files to the paths they have in the project, and write the Python environment beside them."""
    (folder / ENVIRONMENT).write_text(environment_lock(), encoding="utf-8")
    for path, source in candidate.files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            shutil.copy(source, target)


def tags_of(candidate: Candidate) -> dict[str, str]:
    """Return the tags of run and version."""
    tags = {
        **{name: str(value)[:LONGEST_TEXT] for name, value in candidate.lineage.items()},
        "gates": _verdicts_as_tag(candidate.verdicts),
        **candidate.tags,
        "key": candidate.key,
        "environment_sha256": hash_text(environment_lock()),
        "model_sha256": hash_model(candidate.model),
        "problem_type": candidate.problem.name,
        "trusted_types": json.dumps(candidate.trusted_types),
    }
    stages = json.dumps(candidate.stages)
    if len(stages) <= LONGEST_TEXT:  # otherwise all stages of the lock count as those of the version
        tags["stages"] = stages
    if candidate.reference:
        tags["reference"] = reference_path(candidate)
    return {TAG_PREFIX + name: str(value) for name, value in tags.items()}


def _verdicts_as_tag(verdicts: Mapping[str, str]) -> str:
    """Return the verdicts of all gates as a JSON object; if it is too long, those that did not pass."""
    text = json.dumps(dict(verdicts))
    if len(text) <= LONGEST_TEXT:
        return text
    others = {gate: verdict for gate, verdict in verdicts.items() if verdict != "pass"}
    return json.dumps({f"({len(verdicts) - len(others)} others)": "pass", **others})[:LONGEST_TEXT]


def reference_path(candidate: Candidate) -> str:
    """Return the path of the reference profile among the run's artifacts; empty if there is none."""
    return candidate.reference.relative_to(candidate.root).as_posix() if candidate.reference else ""
