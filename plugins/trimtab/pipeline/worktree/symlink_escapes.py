"""Symbolic links by which a path of a stage would lead out of the git repository."""

from __future__ import annotations

import os
from pathlib import Path

from trimtab.errors import StageError
from trimtab.pipeline.lock import RESERVED_FOLDERS


def refuse_symlink_escape(root: Path, path: str) -> None:
    """Refuse to write below a folder that is a link out of the repository, as DVC does.

    A link to git's or DVC's own folder is refused too, since files in it may be executed. In a project
    without git, links are followed.

    Args:
        root: The checkout's root.
        path: The path that is to be written, relative to the root.

    Raises:
        StageError: The folder of the path is such a link.
    """
    parent = os.path.normpath(root / os.path.dirname(path))  # noqa: PTH120 - Path is slower, and this is called for each output
    real = os.path.realpath(parent)
    if real == parent:
        return
    top = next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), None)
    if top is None:
        return
    below = Path(os.path.relpath(real, top.resolve())).parts
    if not {"..", *RESERVED_FOLDERS} & {*below}:
        return
    raise StageError(
        f"The folder of '{path}' is a link that leads out of the repository, or into git: {real}",
        where=str(root),
        fix="make it a folder, and take the link out of the commit",
    )
