"""The SHA-256 of a file, and of a folder of files such as a model's artifact."""

from __future__ import annotations

import hashlib
from pathlib import Path

from trimtab.registry.tracking.mlflow_compat import DOWNLOAD_META_FILE


def hash_folder(folder: Path) -> str:
    """Return the SHA-256 of the path and the content of every file, in the order of the paths.

    The file that MLflow's client adds to each download does not count: the server has none.
    """
    digest = hashlib.sha256()
    files = (path for path in folder.rglob("*") if path.is_file() and path != folder / DOWNLOAD_META_FILE)
    for file in sorted(files):
        digest.update(f"{hash_file(file)} {file.relative_to(folder).as_posix()}\n".encode())
    return digest.hexdigest()


def hash_model(path: Path) -> str:
    """Return the SHA-256 of a model file, or of a model folder."""
    return hash_folder(path) if path.is_dir() else hash_file(path)


def hash_file(file: Path) -> str:
    """Return the SHA-256 of a file."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def hash_text(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()
