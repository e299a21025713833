"""One hash for a folder of files, such as a model's artifact."""

from __future__ import annotations

import hashlib
from pathlib import Path

ADDED = "registered_model_meta"  # MLflow's client writes it beside what it downloads; the server has none


def folder_digest(folder: Path) -> str:
    """Return the SHA-256 of every file's path and content, in the order of their paths."""
    digest = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file() and path.name != ADDED):
        digest.update(f"{file_digest(file)} {file.relative_to(folder).as_posix()}\n".encode())
    return digest.hexdigest()


def file_digest(file: Path) -> str:
    """Return the SHA-256 of a file."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
