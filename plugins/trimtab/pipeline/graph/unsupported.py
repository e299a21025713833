"""What DVC would run and a sandbox cannot: named before anything runs, never left out in silence."""

from __future__ import annotations

import configparser
import os
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

from trimtab.errors import ProjectError
from trimtab.pipeline.graph.graph import Graph, Output, Stage

ALL = "which is all that a sandbox holds"
NAMED = 10  # of what is refused


def unsupported(graph: Graph, root: Path) -> list[tuple[str, str]]:
    """Return the stages that a run in sandboxes cannot be right about.

    Args:
        graph: The stages that are to run.
        root: The project's root.

    Returns:
        Pairs of a name and the reason; none if all can run.
    """
    top = next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root)
    place = os.path.relpath(root, top)
    submodules = _submodules(top)
    return [
        (stage.name, reason) for stage in graph.stages for reason in _of_stage(stage, root, place, submodules)
    ]


def refuse_unsupported(graph: Graph, root: Path) -> None:
    """Refuse, by name, what a run in sandboxes cannot be right about.

    Args:
        graph: The stages that are to run.
        root: The project's root.

    Raises:
        ProjectError: There is some.
    """
    found = unsupported(graph, root)
    if found:
        named = "\n".join(f"  - {name}: {reason}" for name, reason in found[:NAMED])
        more = f"\n  - and {len(found) - NAMED} more" if len(found) > NAMED else ""
        raise ProjectError(
            f"Some stages cannot run in a sandbox:\n{named}{more}",
            where=str(root),
            fix="change them; `dvc repro` and `trimtab run` still run them in the checkout",
        )


def _of_stage(stage: Stage, root: Path, place: str, submodules: list[str]) -> Iterator[str]:
    for path in _named_in_command(stage, root):
        yield f"its command names {path} by its place in the checkout, {root}/{path}; write it relative"
    if _outside(stage.wdir, place):
        yield f"its working directory {stage.wdir} is outside of the git repository, {ALL}"
    for path in (*stage.deps, *stage.params):
        if path.startswith("ds://"):
            yield f"it depends on the dataset {path}; import the data with `dvc import` or `dvc import-url`"
        elif not _external(path) and _outside(path, place):
            yield f"{path} is outside of the git repository, {ALL}; give an absolute path"
        for module in submodules:
            if not _external(path) and _within(posixpath.normpath(posixpath.join(place, path)), module):
                yield f"{path} is in the git submodule {module}, and a sandbox holds no submodules"
    for out in stage.outs:
        yield from _of_output(out, place)


def _named_in_command(stage: Stage, root: Path) -> Iterator[str]:
    """Paths that the command would read from the user's checkout, or write there, instead of the sandbox."""
    command = "\n".join(stage.cmd)
    if f"{root}/" in command:  # hardly any has it
        for path in (*stage.deps, *stage.params, *(out.path for out in stage.outs)):
            if re.search(re.escape(f"{root}/{path}") + r"(?![\w.-])", command):
                yield path


def _of_output(out: Output, place: str) -> Iterator[str]:
    path = out.path
    # DVC keeps no copy of an output outside of the project, only its hash. So it can neither travel to
    # another host nor be put back where its stage is unchanged, and two runs would write over each other's.
    if _external(path):
        yield (
            f"its output {path} is outside of the project, where stages and runs would meet: DVC keeps no "
            "copy of it; write it below the project"
        )
    elif out.cache and path.startswith("../"):
        yield f"its output {path} is outside of the project: DVC keeps none of those; give it `cache: false`"
    elif _outside(path, place):
        yield f"its output {path} is outside of the git repository, {ALL}"


def _external(path: str) -> bool:
    return "://" in path or posixpath.isabs(path)


def _outside(path: str, place: str) -> bool:
    if ".." not in path:  # most are not, and there may be thousands
        return posixpath.isabs(path)
    return posixpath.isabs(path) or posixpath.normpath(posixpath.join(place, path)).split("/")[0] == ".."


def _within(path: str, folder: str) -> bool:
    return f"{path}/".startswith(f"{folder}/")


def _submodules(top: Path) -> list[str]:
    """Folders of the git repository that hold other repositories, relative to it."""
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    try:
        parser.read_string((top / ".gitmodules").read_text(encoding="utf-8"))
    except (OSError, configparser.Error):
        return []
    return [posixpath.normpath(parser[name]["path"]) for name in parser.sections() if "path" in parser[name]]
