"""Environment of a stage's commands."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from trimtab.pipeline.dvc_compat import command_environment
from trimtab.pipeline.graph import Stage
from trimtab.pipeline.lock import relative_address
from trimtab.pipeline.worktree import WorkTree


def stage_variables(tree: WorkTree, stage: Stage, added: Mapping[str, str] | None) -> dict[str, str]:
    """Return the environment of a stage's commands, with the variables that DVC sets.

    In the user's checkout, ``python`` is the user's, as with DVC. A worker has no user: Airflow may have been
    started by its full path. So in a sandbox the folder of this interpreter is first in ``PATH``.

    Args:
        tree: The checkout in which the stage runs.
        stage: The stage.
        added: More variables.
    """
    env = command_environment(
        stage=relative_address(stage.name, tree.folder), root=tree.root, replace_root=tree.is_sandbox
    )
    if tree.is_sandbox:
        env["PATH"] = prepend_interpreter_folder(env.get("PATH", os.defpath))
    if tree.is_sandbox or sys.stdout.isatty():
        env["PYTHONUNBUFFERED"] = "1"  # so that each line is shown when it is printed
    return {**env, **(added or {})}


def prepend_interpreter_folder(path: str) -> str:
    """Return a ``PATH`` whose first folder is that of this Python interpreter."""
    folder = str(Path(sys.executable).parent)
    return path if path.split(os.pathsep)[0] == folder else folder + os.pathsep + path
