"""Download what belongs to a version, and compare it with the seal and the ledger before it is read.

Anyone with write access to MLflow can change each file and each tag there.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from trimtab.errors import RegistryError
from trimtab.registry.ledger import Ledger
from trimtab.registry.loading.model_trust import ModelTrust
from trimtab.registry.signing import require_signature
from trimtab.registry.tracking import (
    ESTIMATOR_FILES,
    MODEL_FILE,
    PATCH,
    RESTORE,
    MlflowClient,
    Version,
    hash_seal,
    require_file,
    require_sealed_model,
    require_tags,
    temporary_folder,
)

MOST_MODEL = 8 << 30  # bytes of all files of a model
MOST_FILE, MOST_PATCH = 64 << 20, 1 << 30  # bytes of a run's file; a patch may hold files that git had not


def require_signed(version: Version, trusted: ModelTrust) -> None:
    """Refuse a version that no trusted key has signed, if the policy requires a signature.

    Its files are downloaded to verify them; nothing of them is loaded.

    Raises:
        RegistryError: As for :func:`download_model`.
    """
    if trusted.keys:
        with temporary_folder() as into:
            download_model(version, into, trusted)


def download_model(version: Version, into: Path, trusted: ModelTrust) -> Path:
    """Download the files of a version's model, compare them with seal and ledger, and verify the signature.

    Args:
        version: The version.
        into: Folder for its files.
        trusted: What the checkout that runs trusts. Without keys, no signature is required.

    Returns:
        The folder of the files.

    Raises:
        RegistryError: A file is missing or altered, or tags or seal are; or a signature is required, and no
            trusted key has signed the version.
    """
    import mlflow

    require_tags(version)
    _require_ledger_seal(version)
    into.mkdir(parents=True, exist_ok=True)
    try:
        size = _count_bytes(version.uri)
        if size > MOST_MODEL:
            raise broken_model(version, f"they have {size:,} bytes, the limit is {MOST_MODEL:,}")
        folder = Path(mlflow.artifacts.download_artifacts(version.uri, dst_path=str(into)))
    except OSError as err:
        raise broken_model(version, str(err)) from err
    if not (folder / MODEL_FILE).is_file():
        raise broken_model(version, f"it has no {MODEL_FILE}")
    if len(estimator_files(folder)) != 1:
        raise broken_model(version, f"it does not have one file of {', '.join(ESTIMATOR_FILES.values())}")
    require_sealed_model(version, folder)
    if trusted.keys:
        require_signature(version, folder, trusted.keys)
    return folder


def estimator_files(folder: Path) -> list[Path]:
    """Return the files of a downloaded model that may be its estimator: one, if the model is whole.

    Which format it has, may be read from what was downloaded: no format of a file executes code, and a folder
    does only if the checkout that runs allows it.
    """
    return [folder / name for name in ESTIMATOR_FILES.values() if (folder / name).exists()]


def download_reference(client: MlflowClient, version: Version, into: Path) -> Path | None:
    """Download the reference profile of a version, and compare it with the seal.

    Returns:
        The file; ``None`` if the version was published without a reference profile.

    Raises:
        RegistryError: It is missing or altered.
    """
    require_tags(version)
    path = version.tag("reference")
    return download_verified(client, version, path, into) if path else None


def download_verified(client: MlflowClient, version: Version, path: str, into: Path) -> Path:
    """Download a file of a version's run, and compare it with the seal.

    Raises:
        RegistryError: It is missing or altered.
    """
    file = download_unverified(client, version, path, into)
    require_file(version, path, file)
    return file


def download_unverified(client: MlflowClient, version: Version, path: str, into: Path) -> Path:
    """Download a file of a version's run; the caller has to compare it.

    Raises:
        RegistryError: It is missing, is a folder, or is larger than what is read.
    """
    from mlflow.exceptions import MlflowException

    def failed(problem: str) -> RegistryError:
        where = f"MLflow: artifacts of run {version.run_id}"
        return RegistryError(
            f"The file '{path}' of {version} cannot be downloaded: {problem}", where=where, fix=RESTORE
        )

    most = MOST_PATCH if path == PATCH else MOST_FILE
    try:
        listed = {each.path: each for each in client.list_artifacts(version.run_id, _folder_of(path))}
        if path not in listed:
            raise failed("the run has no such file")
        if listed[path].is_dir:
            raise failed("it is a folder")
        if listed[path].file_size > most:
            raise failed(f"it has {listed[path].file_size:,} bytes, the limit is {most:,}")
        return Path(client.download_artifacts(version.run_id, path, str(into)))
    except (MlflowException, OSError) as err:
        raise failed(str(err)[:200]) from err


def download_output(client: MlflowClient, version: Version, path: str, into: Path) -> None:
    """Download an output of a stage, a file or a folder, to the path that it has in the project.

    The caller has to compare it with its lock entry.

    Args:
        client: MLflow's client.
        version: The version whose run has it.
        path: The path.
        into: The folder that stands for the project's root.

    Raises:
        RegistryError: It is missing, or is larger than what is read.
    """
    from mlflow.exceptions import MlflowException

    where = f"MLflow: artifacts of run {version.run_id}"
    try:
        size = _count_output_bytes(client, version.run_id, path)
        if size is not None and size <= MOST_FILE:
            _move_into_place(client, version.run_id, path, into)
            return
        problem = f"it has {size:,} bytes, the limit is {MOST_FILE:,}" if size else "the run has none"
    except (MlflowException, OSError) as err:
        problem = str(err)[:200]
    raise RegistryError(
        f"The output '{path}' of {version} cannot be downloaded: {problem}", where=where, fix=RESTORE
    )


def _move_into_place(client: MlflowClient, run_id: str, path: str, into: Path) -> None:
    """Download an output, and replace what is at its path: where MLflow writes it depends on the store."""
    target = into / path
    with temporary_folder() as folder:
        found = client.download_artifacts(run_id, path, str(folder))
        if target.is_dir():
            shutil.rmtree(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(found, target)


def _count_output_bytes(client: MlflowClient, run_id: str, path: str) -> int | None:
    """Return the size of a file or a folder of a run, as the server lists it; None if there is none."""
    listed = {each.path: each for each in client.list_artifacts(run_id, _folder_of(path))}
    if path not in listed:
        return None
    if not listed[path].is_dir:
        return int(listed[path].file_size)
    inner = client.list_artifacts(run_id, path)
    return sum(_count_output_bytes(client, run_id, each.path) or 0 for each in inner)


def _folder_of(path: str) -> str | None:
    """Return the folder of a run's file; None for a file at the top."""
    return path.rpartition("/")[0] or None


def _count_bytes(uri: str) -> int:
    """Return the size of a folder of artifacts, as the server lists it."""
    import mlflow

    return sum(
        _count_bytes(f"{uri}/{each.path.rpartition('/')[2]}") if each.is_dir else each.file_size
        for each in mlflow.artifacts.list_artifacts(uri)
    )


def broken_model(version: Version, problem: str) -> RegistryError:
    """Return the error for model files that are missing or cannot be read."""
    return RegistryError(
        f"The model files of {version} are broken: {problem}",
        where=f"MLflow: {version.uri}",
        fix="restore MLflow's artifacts, or choose another version",
    )


def _require_ledger_seal(version: Version) -> None:
    """Refuse a version whose seal differs from the one that the ledger recorded at its promotion."""
    import mlflow

    entries = Ledger.read(mlflow.MlflowClient(), version.name).entries
    recorded = [entry.seal for entry in entries if entry.champion == version.version and entry.seal]
    if recorded and recorded[-1] != hash_seal(version):
        raise RegistryError(
            f"{version} has changed since it became champion: the ledger records another seal",
            where=f"MLflow: {version.uri}",
            fix=RESTORE,
        )
