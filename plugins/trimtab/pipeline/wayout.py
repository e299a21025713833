"""Links that lead out of the project, on the way to what a stage writes."""

from __future__ import annotations

import os
from pathlib import Path

from trimtab.errors import StageError


def refuse_way_out(root: Path, path: str) -> None:
    """Refuse to write below a folder that is a link to somewhere outside of the project, as DVC does.

    A project without git is its user's own, and so are its links: they are followed.

    Args:
        root: The checkout's root.
        path: Where something is to be written, relative to it.

    Raises:
        StageError: There is such a link.
    """
    parent = os.path.normpath(root / os.path.dirname(path))  # noqa: PTH120 - most are asked for nothing else
    real = os.path.realpath(parent)
    if real == parent or Path(real).is_relative_to(root.resolve()):
        return
    if not any((folder / ".git").exists() for folder in (root, *root.parents)):
        return
    raise StageError(
        f"The folder of '{path}' is a link that leads out of the project: {real}",
        where=str(root),
        fix="make it a folder, and take the link out of the commit",
    )
