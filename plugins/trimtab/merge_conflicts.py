"""Merge conflicts of git: a clear error for a file that has conflict markers."""

from __future__ import annotations

import re
import shlex
from pathlib import Path, PurePath

from trimtab.errors import TrimtabError

_MARKERS = [re.compile(b"^" + sign * 7 + rb"(?: |\r?$)", re.MULTILINE) for sign in (b"<", b"=", b">")]


def refuse_conflict(path: Path, error: type[TrimtabError]) -> None:
    """Refuse a file with conflict markers. Call it for a file that could not be parsed.

    Args:
        path: The file.
        error: The class of the error.

    Raises:
        TrimtabError: The file has conflict markers; the error says how to resolve the conflict.
    """
    try:
        content = path.read_bytes()
    except OSError:  # the caller reports that it cannot be read
        return
    line = _conflict_line(content)
    if line:
        here = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
        raise error(
            f"The file has a merge conflict: {here}", where=f"{path}: line {line}", fix=_resolution(here)
        )


def _conflict_line(content: bytes) -> int:
    """Return the line number of the first marker if all three markers are there in order; otherwise 0."""
    starts, end = [], 0
    for marker in _MARKERS:
        found = marker.search(content, end)
        if not found:
            return 0
        starts.append(found.start())
        end = found.end()
    return content.count(b"\n", 0, starts[0]) + 1


def _resolution(path: PurePath) -> str:
    """Return how to resolve the conflict: take one side of a file that DVC writes, edit any other file."""
    name = shlex.quote(str(path))
    side = f"keep one side with `git checkout --ours {name}` (or `--theirs`)"
    if path.name == "dvc.lock":
        return f"{side}, then `dvc repro` or `trimtab run` completes it, and `git add {name}`"
    if path.suffix == ".dvc":
        return f"{side}, then `dvc checkout {name}` and `git add {name}`"
    return f"edit it, remove the lines with <<<<<<<, ======= and >>>>>>>, then `git add {name}`"
