"""The one way a registered model is loaded: compared with what was registered, by the checkout's types.

Whoever may write to MLflow can change every file and every tag there. So no file is read before it was
compared with the version's seal and the ledger, and what may execute is never MLflow's to say.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from trimtab.errors import RegistryError
from trimtab.model_file import load_estimator
from trimtab.registry.ledger import Ledger
from trimtab.registry.loading.scoring_model import ScoringModel
from trimtab.registry.tracking import (
    PATCH,
    RESTORE,
    TAG_PREFIX,
    Version,
    require_file,
    require_sealed_model,
    require_tags,
    seal_hash,
)

REFERENCE = f"{TAG_PREFIX}reference"
MOST_MLMODEL, MOST_EXAMPLE = 4 << 20, 64 << 20  # bytes of what is read whole
MOST_FILE, MOST_PATCH = 64 << 20, 1 << 30  # of a file of a run; a patch may hold files that git had not


def load_version(version: Version, into: Path, trusted: Collection[str] = ()) -> ScoringModel:
    """Download a version's model and load it, within an open connection.

    Args:
        version: The version.
        into: Folder for its files; it is made if need be.
        trusted: The types its file may hold beyond those skops knows to be harmless, as
            :func:`~trimtab.registry.publishing.candidate.trusted_types` reads them from the checkout that
            runs.

    Raises:
        ModelError: It holds other types; nothing of it was executed.
        RegistryError: Its files are not whole, or not those that were registered.
    """
    return load_files(version, download(version, into), trusted)


def load_files(version: Version, folder: Path, trusted: Collection[str]) -> ScoringModel:
    """Load what :func:`download` has brought."""
    features = signature_of(version, folder).inputs.input_names()
    return ScoringModel(load_estimator(folder / "model.skops", trusted), tuple(features), str(version))


def try_out(version: Version, trusted: Collection[str] = ()) -> None:
    """Load a version, and let it answer the input example it was published with.

    Raises:
        ModelError: It holds types that are not trusted.
        RegistryError: It does not load, has no example, or answers with anything but probabilities.
    """
    import numpy as np

    with TemporaryDirectory(prefix="trimtab-") as into:
        folder = download(version, Path(into))
        example = read_example(version, folder)
        answer = None if example is None else load_files(version, folder, trusted).score(example)
    if answer is None or not len(answer) or not np.all((answer >= 0) & (answer <= 1)):
        raise RegistryError(
            f"{version} loads, but does not answer its input example with probabilities",
            where=_where(version),
            fix="choose another version; the champion is the one it was",
        )


def download(version: Version, into: Path) -> Path:
    """Download the files of a version's model, and compare them with what was registered.

    Raises:
        RegistryError: They are not there, not all, or not those.
    """
    import mlflow

    require_tags(version)
    _require_ledger(version)
    into.mkdir(parents=True, exist_ok=True)
    uri = f"models:/{version.name}/{version.version}"
    try:
        folder = Path(mlflow.artifacts.download_artifacts(uri, dst_path=str(into)))
    except OSError as err:
        raise _gone(version, str(err)) from err
    missing = [name for name in ("MLmodel", "model.skops") if not (folder / name).is_file()]
    if missing:
        raise _gone(version, f"it has no {' and no '.join(missing)}")
    require_sealed_model(version, folder)
    return folder


def download_reference(client: Any, version: Version, into: Path) -> Path | None:
    """Download the profile a version was published with, if there is one, likewise compared.

    Raises:
        RegistryError: It is not there, or not the one that was registered.
    """
    require_tags(version)
    path = version.tags.get(REFERENCE)
    return fetch(client, version, path, into) if path else None


def fetch(client: Any, version: Version, path: str, into: Path) -> Path:
    """Download a file of a version's run, compared with the one that was registered.

    Raises:
        RegistryError: It is not there, or not that one.
    """
    file = download_file(client, version, path, into)
    require_file(version, path, file)
    return file


def download_file(client: Any, version: Version, path: str, into: Path) -> Path:
    """Download a file of a version's run as it is.

    Raises:
        RegistryError: It is not there, no file, or larger than what is read.
    """
    from mlflow.exceptions import MlflowException

    def refused(problem: str) -> RegistryError:
        where = f"MLflow: artifacts of run {version.run_id}"
        return RegistryError(f"'{path}' of {version} cannot be had: {problem}", where=where, fix=RESTORE)

    try:
        file = Path(client.download_artifacts(version.run_id, path, str(into)))
    except (MlflowException, OSError) as err:
        raise refused(str(err)[:200]) from err
    if not file.is_file():
        raise refused("it is a folder")
    size, most = file.stat().st_size, MOST_PATCH if path == PATCH else MOST_FILE
    if size > most:
        raise refused(f"it has {size:,} bytes, {most:,} are read")
    return file


def signature_of(version: Version, folder: Path) -> Any:
    """Return MLflow's signature of a model that was downloaded, with named columns.

    Raises:
        RegistryError: It has none, or one that does not name columns.
    """
    signature = _mlmodel(version, folder).signature
    schema = getattr(signature, "inputs", None)
    if not schema or schema.is_tensor_spec() or not schema.has_input_names():
        raise RegistryError(
            f"{version} does not say which columns it reads",
            where=f"{_where(version)}, signature",
            fix="register it with `trimtab publish`, which takes them from the input example",
        )
    return signature


def _require_ledger(version: Version) -> None:
    """Refuse a version that is not what it was when it became champion."""
    import mlflow

    entries = Ledger.read(mlflow.MlflowClient(), version.name).entries
    known = [entry.seal for entry in entries if entry.champion == version.version and entry.seal]
    if known and known[-1] != seal_hash(version):
        raise RegistryError(
            f"{version} is not what it was when it became champion: the ledger holds another seal",
            where=_where(version),
            fix=RESTORE,
        )


def _mlmodel(version: Version, folder: Path) -> Any:
    """Read the file ``MLmodel``: what a version says of itself. Nothing it names is loaded."""
    from mlflow.models import Model

    _require_small(version, folder / "MLmodel", MOST_MLMODEL)
    try:
        return Model.load(str(folder))
    except Exception as err:  # whoever registers a version of their own writes anything into it
        raise _gone(version, f"its MLmodel cannot be read: {repr(err)[:200]}") from err


def read_example(version: Version, folder: Path) -> Any:
    """Return the input example, ``None`` if there is none."""
    model = _mlmodel(version, folder)
    if not model.saved_input_example_info:
        return None
    named = dict(model.saved_input_example_info).get("artifact_path")
    file = folder / str(named)
    if file.parent != folder or not file.is_file() or file.is_symlink():
        raise _gone(version, f"its input example is no file of the model: {named!r}")
    _require_small(version, file, MOST_EXAMPLE)
    try:
        return model.load_input_example(str(folder))
    except Exception as err:
        raise _gone(version, f"its input example cannot be read: {repr(err)[:200]}") from err


def _require_small(version: Version, file: Path, most: int) -> None:
    if file.stat().st_size > most:
        raise _gone(version, f"its {file.name} has {file.stat().st_size:,} bytes, {most:,} are read")


def _gone(version: Version, problem: str) -> RegistryError:
    return RegistryError(
        f"The files of {version} are not whole: {problem}",
        where=_where(version),
        fix="restore MLflow's artifacts, or choose another version",
    )


def _where(version: Version) -> str:
    return f"MLflow: models:/{version.name}/{version.version}"
