"""Links that lead out of the git repository, on the way to what a stage writes."""

from __future__ import annotations

import os
from pathlib import Path

from trimtab.errors import StageError
from trimtab.pipeline.lock import RESERVED_FOLDERS


def refuse_way_out(root: Path, path: str) -> None:
    """Refuse to write below a folder that is a link to somewhere outside of the repository, as DVC does.

    A link to git's or DVC's own folder is refused too: what is written there may be run.

    A project without git is its user's own, and so are its links: they are followed.

    Args:
        root: The checkout's root.
        path: Where something is to be written, relative to it.

    Raises:
        StageError: There is such a link.
    """
    parent = os.path.normpath(root / os.path.dirname(path))  # noqa: PTH120 - most are asked for nothing else
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
