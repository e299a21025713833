"""Run the commands of a stage, and tell whether they changed files."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from trimtab.pipeline.cache import remove_path
from trimtab.pipeline.execution.process import run_commands
from trimtab.pipeline.execution.stage_environment import stage_variables
from trimtab.pipeline.graph import Stage
from trimtab.pipeline.lock import is_external
from trimtab.pipeline.worktree import WorkTree, refuse_symlink_escape


def run_stage_commands(
    tree: WorkTree,
    stage: Stage,
    *,
    env: Mapping[str, str] | None = None,
    show: Callable[[str], None] | None = None,
) -> None:
    """Run a stage's commands; the outputs are not stored.

    Args:
        tree: The checkout.
        stage: The stage.
        env: Variables added to the commands' environment.
        show: See :func:`run_commands`.

    Raises:
        StageError: A command failed.
    """
    remove_outputs(tree, stage)
    run_commands(
        list(stage.cmd) if stage.cmd_is_list else stage.cmd[0].splitlines(),
        where=f"stage '{stage.name}'",
        cwd=tree.root / stage.wdir,
        env=stage_variables(tree, stage, env),
        show=show,
    )


def remove_outputs(tree: WorkTree, stage: Stage) -> None:
    """Remove the outputs of a stage before its commands run. Those with ``persist: true`` become writable.

    Args:
        tree: The checkout.
        stage: The stage.

    Raises:
        StageError: A link on the way to an output leads out of the repository.
    """
    for out in stage.outs:
        path = tree.root / out.path
        if not is_external(out.path):
            refuse_symlink_escape(tree.root, out.path)
        if out.persist and out.cache and path.exists():
            tree.cache.unprotect(path)
        elif not out.persist and not is_external(out.path):
            remove_path(path)


def file_versions(path: Path) -> list[tuple[str, int, int, int, int]]:
    """Return values that change when a file, or a file in a folder, is written."""
    if not path.is_dir():
        return [_file_version(str(path))]
    return sorted(_file_version(f"{folder}/{name}") for folder, _, names in os.walk(path) for name in names)


def _file_version(file: str) -> tuple[str, int, int, int, int]:
    for stat in (os.stat, os.lstat):  # a link may dangle
        with contextlib.suppress(OSError):
            info = stat(file)
            return file, info.st_mtime_ns, info.st_size, info.st_ino, info.st_mode
    return file, 0, 0, 0, 0
