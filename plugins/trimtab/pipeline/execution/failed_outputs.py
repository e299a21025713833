"""Outputs of a failed stage: kept in a folder, where a person can read them."""

from __future__ import annotations

import logging
import os
import shutil
from pathlib import Path

from trimtab.pipeline.cache import remove_path
from trimtab.pipeline.graph import Stage
from trimtab.pipeline.lock import is_external
from trimtab.pipeline.worktree import WorkTree

log = logging.getLogger(__name__)


def failed_outputs_folder(project: Path) -> Path:
    """Return the folder for outputs of failed stages: in ``TRIMTAB_HOME``, or ``.trimtab`` in the project."""
    return Path(os.environ.get("TRIMTAB_HOME") or project / ".trimtab") / "failed"


def keep_failed_outputs(tree: WorkTree, stage: Stage, folder: Path) -> None:
    """Move the outputs of a failed stage to a folder.

    An output is left out if a link in the folder leads out of it.

    Args:
        tree: The sandbox in which the stage ran.
        stage: The stage.
        folder: A resolved path.
    """
    for out in stage.outs:
        path, target = tree.root / out.path, folder / out.path
        if target.resolve() != target:
            log.error("Output %s of the failed stage is not kept: a link leads out of %s", out.path, folder)
        elif path.exists() and not is_external(out.path):
            target.parent.mkdir(parents=True, exist_ok=True)
            remove_path(target)
            shutil.move(path, target)
            log.warning("Output %s of the failed stage is kept in %s", out.path, target)
