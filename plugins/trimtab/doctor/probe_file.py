"""A probe: a small file that is written, read and deleted, to see whether a folder can be used."""

from __future__ import annotations

import secrets
from pathlib import Path

PREFIX = ".trimtab-doctor-"


def probe_folder(folder: Path) -> str:
    """Write, read and delete a file in a folder, which is created if it does not exist.

    Returns:
        What went wrong; empty if nothing did.
    """
    created = [each for each in (folder, *folder.parents) if not each.exists()]
    file, content, step = folder / f"{PREFIX}{secrets.token_hex(8)}", secrets.token_bytes(32), "created"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        step = "written"
        file.write_bytes(content)
        step = "read"
        if file.read_bytes() != content:
            return "a file in it is read with another content"
        step = "deleted"
        file.unlink()
    except OSError as err:
        return f"it cannot be {step}: {err.strerror}"
    finally:
        for each in created:  # nothing is left of a folder that a run will make itself
            _remove_empty(each)
    return ""


def _remove_empty(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
