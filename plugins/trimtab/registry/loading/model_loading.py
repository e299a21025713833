"""Load a registered model: only after its files were compared, and only what the checkout trusts."""

from __future__ import annotations

from pathlib import Path

from trimtab.errors import RegistryError
from trimtab.learning import BINARY, ProblemType, load_estimator
from trimtab.registry.loading.download import download_model, estimator_files
from trimtab.registry.loading.mlmodel_file import read_input_example, read_signature
from trimtab.registry.loading.model_trust import NO_PROJECT, ModelTrust
from trimtab.registry.loading.scoring_model import ScoringModel
from trimtab.registry.tracking import Version, input_columns, temporary_folder


def load_version(
    version: Version, into: Path, trusted: ModelTrust = NO_PROJECT, problem: ProblemType = BINARY
) -> ScoringModel:
    """Download a version's model and load it, within an open connection.

    Args:
        version: The version.
        into: Folder for its files, which is created if it does not exist.
        trusted: The types that its file may hold, and the keys that may have signed it.
            :func:`~trimtab.registry.publishing.read_model_trust` reads them from the checkout that runs.
        problem: How its predictions are read, as the checkout that runs declares it.

    Raises:
        ModelError: It holds other types; nothing of it was executed.
        RegistryError: A file is missing, or differs from the one that was registered; or the version does not
            have the problem type, or not the signature that is required.
    """
    require_problem_type(version, problem)
    return load_downloaded(version, download_model(version, into, trusted), trusted, problem)


def load_downloaded(
    version: Version, folder: Path, trusted: ModelTrust, problem: ProblemType = BINARY
) -> ScoringModel:
    """Load the files that :func:`~trimtab.registry.loading.download.download_model` has downloaded."""
    features = input_columns(read_signature(version, folder))
    (file,) = estimator_files(folder)
    return ScoringModel.load(load_estimator(file, trusted.types, problem), features, str(version), problem)


def require_problem_type(version: Version, problem: ProblemType) -> None:
    """Refuse a version that was registered with another problem type than the checkout declares.

    The tag in MLflow says how the version was registered. It never decides how a model is read.

    Raises:
        RegistryError: The types differ.
    """
    if version.problem_type != problem.name:
        raise RegistryError(
            f"{version} was registered as a model of type {version.problem_type}, but the checkout declares"
            f" {problem.name}",
            where="dvc.yaml: meta.problem_type of the model's artifact",
            fix="run this in a checkout of the project that declares the version's type; or choose another"
            " version",
        )


def smoke_test(version: Version, trusted: ModelTrust = NO_PROJECT, problem: ProblemType = BINARY) -> None:
    """Load a version and let it predict for its input example, within an open connection.

    Raises:
        ModelError: It holds types that are not trusted.
        RegistryError: It does not load, has no input example or another problem type, or its predictions are
            invalid.
    """
    require_problem_type(version, problem)
    with temporary_folder() as into:
        folder = download_model(version, into, trusted)
        example = read_input_example(version, folder)
        model = load_downloaded(version, folder, trusted, problem)
        fault = "it has none" if example is None else model.find_fault(example)
    if fault:
        raise RegistryError(
            f"{version} loads, but does not predict for its input example: {fault}",
            where=f"MLflow: {version.uri}",
            fix="choose another version; the champion has not changed",
        )
