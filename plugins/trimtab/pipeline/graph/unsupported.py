"""Stages that DVC can run and a sandbox cannot. A run refuses them before it starts any stage."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

from trimtab.errors import ProjectError
from trimtab.pipeline.git_command import git
from trimtab.pipeline.graph.graph import Graph
from trimtab.pipeline.graph.stage import Output, Stage

REPOSITORY_ONLY = "and a sandbox has the files of the repository only"
MAX_STAGES = 10  # in an error message
_NO_SETTING = (1, 3, 128)  # exit codes of `git config`: no such setting, or a file that git cannot parse


def find_unsupported(graph: Graph, root: Path) -> list[tuple[str, str]]:
    """Return the stages that cannot run in a sandbox.

    Args:
        graph: The stages to run.
        root: The project's root.

    Returns:
        Pairs of a stage name and a reason.
    """
    top = next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root)
    place = os.path.relpath(root, top)
    submodules = _submodule_folders(top)
    return [
        (stage.name, reason)
        for stage in graph.stages
        for reason in _stage_problems(stage, root, place, submodules)
    ]


def refuse_unsupported(graph: Graph, root: Path) -> None:
    """Check that all stages can run in a sandbox.

    Args:
        graph: The stages to run.
        root: The project's root.

    Raises:
        ProjectError: A stage cannot; the message has the reason.
    """
    found = find_unsupported(graph, root)
    if found:
        named = "\n".join(f"  - {name}: {reason}" for name, reason in found[:MAX_STAGES])
        more = f"\n  - and {len(found) - MAX_STAGES} more" if len(found) > MAX_STAGES else ""
        raise ProjectError(
            f"Some stages cannot run in a sandbox:\n{named}{more}",
            where=str(root),
            fix="change them; `dvc repro` and `trimtab run` still run them in the checkout",
        )


def _stage_problems(stage: Stage, root: Path, place: str, submodules: list[str]) -> Iterator[str]:
    for path in _absolute_paths_in_command(stage, root):
        yield f"its command contains the absolute path {root}/{path}; write a relative path"
    if _outside(stage.wdir, place):
        yield f"its working directory {stage.wdir} is outside of the git repository, {REPOSITORY_ONLY}"
    for path in (*stage.deps, *stage.params):
        if path.startswith("ds://"):
            yield f"it depends on the dataset {path}; import the data with `dvc import` or `dvc import-url`"
        elif not _external(path) and _outside(path, place):
            yield f"{path} is outside of the git repository, {REPOSITORY_ONLY}; give an absolute path"
        for module in submodules:
            if not _external(path) and _within(posixpath.normpath(posixpath.join(place, path)), module):
                yield f"{path} is in the git submodule {module}, and a sandbox has no submodules"
    for out in stage.outs:
        yield from _output_problems(out, place)


def _absolute_paths_in_command(stage: Stage, root: Path) -> Iterator[str]:
    """Yield paths in the command that lead to the user's checkout instead of the sandbox."""
    command = "\n".join(stage.cmd)
    if f"{root}/" in command:  # rare, and cheaper to test than every path
        for path in (*stage.deps, *stage.params, *(out.path for out in stage.outs)):
            if re.search(re.escape(f"{root}/{path}") + r"(?![\w.-])", command):
                yield path


def _output_problems(out: Output, place: str) -> Iterator[str]:
    path = out.path
    # DVC caches no copy of an output outside of the project, only its hash. So the output cannot be sent to
    # another host or restored when its stage is unchanged, and two runs would overwrite each other's output.
    if _external(path):
        yield (
            f"its output {path} is outside of the project: DVC caches no copy of it, and runs would "
            "overwrite each other's; write it below the project"
        )
    elif out.cache and path.startswith("../"):
        yield f"its output {path} is outside of the project: DVC caches no copy of it; set `cache: false`"
    elif _outside(path, place):
        yield f"its output {path} is outside of the git repository, {REPOSITORY_ONLY}"


def _external(path: str) -> bool:
    return "://" in path or posixpath.isabs(path)


def _outside(path: str, place: str) -> bool:
    if ".." not in path:  # true for most of thousands of paths, and fast
        return posixpath.isabs(path)
    return posixpath.isabs(path) or posixpath.normpath(posixpath.join(place, path)).split("/")[0] == ".."


def _within(path: str, folder: str) -> bool:
    return f"{path}/".startswith(f"{folder}/")


def _submodule_folders(top: Path) -> list[str]:
    """Return the folders of the submodules of a git repository, relative to it."""
    if not (top / ".gitmodules").is_file():
        return []
    settings = ("--file", ".gitmodules", "--null", "--get-regexp", r"^submodule\..*\.path$")
    output = git(top, "config", *settings, strip=False, accept=(0, *_NO_SETTING))
    return [posixpath.normpath(setting.partition("\n")[2]) for setting in output.split("\0") if setting]
