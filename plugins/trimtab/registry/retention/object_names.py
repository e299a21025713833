"""Names of files in a backup location: each name is made of the file's hash."""

from __future__ import annotations

import hashlib
from io import BufferedIOBase

BLOBS, BACKUPS, OBJECTS = "blobs", "backups", "files/md5"


def blob_name(sha256: str) -> str:
    """Return the name of a file of MLflow or git, from its SHA-256."""
    return f"{BLOBS}/{sha256[:2]}/{sha256[2:]}"


def object_name(oid: str, *, legacy: bool) -> str:
    """Return the name of an object of DVC, from its hash: the one it has in a DVC remote.

    Args:
        oid: The hash.
        legacy: Whether DVC 2 hashed it.
    """
    return f"{oid[:2]}/{oid[2:]}" if legacy else f"{OBJECTS}/{oid[:2]}/{oid[2:]}"


def matches_name(stream: BufferedIOBase, name: str) -> bool:
    """Whether the hash of a stream is the one in a name."""
    from dvc_data.hashfile.hash import fobj_md5

    named = "".join(name.split("/")[-2:]).removesuffix(".dir")
    if name.startswith(f"{BLOBS}/"):
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    else:
        digest = str(fobj_md5(stream, name="md5" if name.startswith(OBJECTS) else "md5-dos2unix"))
    return digest == named
