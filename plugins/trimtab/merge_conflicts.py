"""Merge conflicts of git in files that are read, told as what they are."""

from __future__ import annotations

import re
import shlex
from pathlib import Path, PurePath

from trimtab.errors import TrimtabError

_MARKERS = [re.compile(b"^" + sign * 7 + rb"(?: |\r?$)", re.MULTILINE) for sign in (b"<", b"=", b">")]


def refuse_conflict(path: Path, error: type[TrimtabError]) -> None:
    """Refuse a file that git could not merge; called for one that cannot be read as what it should be.

    Raises:
        TrimtabError: The file has conflict markers; the error says how to solve it.
    """
    try:
        content = path.read_bytes()
    except OSError:  # whoever calls says that it cannot be read
        return
    line = _conflict_line(content)
    if line:
        here = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
        raise error(
            f"The file has a merge conflict: {here}", where=f"{path}: line {line}", fix=_solution(here)
        )


def _conflict_line(content: bytes) -> int:
    """Return the line of the first marker, if all three kinds follow each other; 0 if not."""
    starts, end = [], 0
    for marker in _MARKERS:
        found = marker.search(content, end)
        if not found:
            return 0
        starts.append(found.start())
        end = found.end()
    return content.count(b"\n", 0, starts[0]) + 1


def _solution(path: PurePath) -> str:
    """Say how to solve it: what DVC writes is taken from one side, what a person writes is edited."""
    name = shlex.quote(str(path))
    side = f"keep one side with `git checkout --ours {name}` (or `--theirs`)"
    if path.name == "dvc.lock":
        return f"{side}, then `dvc repro` or `trimtab run` completes it, and `git add {name}`"
    if path.suffix == ".dvc":
        return f"{side}, then `dvc checkout {name}` and `git add {name}`"
    return f"edit it, remove the lines with <<<<<<<, ======= and >>>>>>>, then `git add {name}`"
