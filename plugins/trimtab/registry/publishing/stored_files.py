"""Compare what MLflow's store has with what was uploaded: a store may accept a file and lose it."""

from __future__ import annotations

from pathlib import Path

from trimtab.errors import RegistryOutageError
from trimtab.registry.tracking import hash_folder, temporary_folder


def require_stored(uri: str, sent: str) -> None:
    """Download a folder of artifacts, and compare it with the one that was uploaded.

    Args:
        uri: MLflow's address of the folder, such as ``runs:/<run>/`` or ``models:/<logged model>``.
        sent: SHA-256 of the folder that was uploaded.

    Raises:
        RegistryOutageError: A file is missing, altered or cannot be read.
    """
    import mlflow
    from mlflow.exceptions import MlflowException

    with temporary_folder() as folder:
        try:
            stored = hash_folder(Path(mlflow.artifacts.download_artifacts(uri, dst_path=str(folder))))
        except (MlflowException, OSError) as err:
            raise _lost(uri, f"they cannot be read back: {str(err)[:200]}") from err
    if stored != sent:
        raise _lost(uri, "they differ from what was sent, or some are missing")


def _lost(uri: str, problem: str) -> RegistryOutageError:
    return RegistryOutageError(
        f"MLflow's store does not have the files that were uploaded: {problem}",
        where=f"MLflow: {uri}",
        fix="check the store behind MLflow's --artifacts-destination, then run this again: nothing has been"
        " registered",
    )
