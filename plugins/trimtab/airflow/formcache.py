"""Values of ``params.yaml`` that were read before, kept by its content: reading YAML is slow."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

KEPT = Path(".dvc", "tmp", "trimtab", "forms")
FORMAT = "2"


def remembered(root: Path, content: bytes, read: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return what ``read`` makes of a content, from the last time if it can.

    A cache that is missing, corrupt or read-only costs time, never correctness.

    Args:
        root: The project's root; the cache is below its ``.dvc/tmp``.
        content: What the values are read from.
        read: Reads them, into what JSON can hold.
    """
    file = root / KEPT / hashlib.sha256(FORMAT.encode() + content).hexdigest()[:32]
    with contextlib.suppress(OSError, ValueError):
        check, _, text = file.read_text(encoding="utf-8").partition("\n")
        if check == _check(text):
            kept: dict[str, Any] = json.loads(text)
            return kept
    values = read()
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        for old in file.parent.iterdir():
            old.unlink(missing_ok=True)
        text = json.dumps(values)
        part = file.with_suffix(f".{os.getpid()}")
        part.write_text(f"{_check(text)}\n{text}", encoding="utf-8")
        part.replace(file)
    return values


def _check(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
