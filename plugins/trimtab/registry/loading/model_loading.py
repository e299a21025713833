"""Load a registered model: only after its files were compared, and only types that the checkout trusts."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from trimtab.errors import RegistryError
from trimtab.learning import load_estimator
from trimtab.registry.loading.download import download_model
from trimtab.registry.loading.mlmodel_file import read_input_example, read_signature
from trimtab.registry.loading.scoring_model import ScoringModel, are_probabilities
from trimtab.registry.tracking import SKOPS_FILE, Version, input_columns, temporary_folder


def load_version(version: Version, into: Path, trusted: Collection[str] = ()) -> ScoringModel:
    """Download a version's model and load it, within an open connection.

    Args:
        version: The version.
        into: Folder for its files, which is created if it does not exist.
        trusted: The types that its file may hold beyond those that skops knows to be harmless.
            :func:`~trimtab.registry.publishing.trusted_types` reads them from the checkout that runs.

    Raises:
        ModelError: It holds other types; nothing of it was executed.
        RegistryError: A file is missing, or differs from the one that was registered.
    """
    return load_downloaded(version, download_model(version, into), trusted)


def load_downloaded(version: Version, folder: Path, trusted: Collection[str]) -> ScoringModel:
    """Load the files that :func:`~trimtab.registry.loading.download.download_model` has downloaded."""
    features = input_columns(read_signature(version, folder))
    return ScoringModel(load_estimator(folder / SKOPS_FILE, trusted), features, str(version))


def smoke_test(version: Version, trusted: Collection[str] = ()) -> None:
    """Load a version and let it score its input example, within an open connection.

    Raises:
        ModelError: It holds types that are not trusted.
        RegistryError: It does not load, has no input example, or does not answer with probabilities.
    """
    with temporary_folder() as into:
        folder = download_model(version, into)
        example = read_input_example(version, folder)
        scores = None if example is None else load_downloaded(version, folder, trusted).score(example)
    if scores is None or not are_probabilities(scores):
        raise RegistryError(
            f"{version} loads, but does not answer its input example with probabilities",
            where=f"MLflow: {version.uri}",
            fix="choose another version; the champion has not changed",
        )
