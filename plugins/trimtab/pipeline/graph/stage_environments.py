"""The environments of stages: commands that call ``trimtab exec --environment LOCK -- …``."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from trimtab.errors import ProjectError
from trimtab.pipeline.graph.graph import Graph
from trimtab.pipeline.graph.stage import Stage
from trimtab.requirements_lock import read_lock

KEY = "environment"  # in `meta.trimtab`, where it is not declared

_GAP = r"(?:\s|\\\n)+"
_EXEC = re.compile(
    rf"""\btrimtab(?:\.cli)?["']?(?:{_GAP}-\S+)*{_GAP}exec\b(?:(?!\s--\s).)*?--environment(?:=|{_GAP})(\S+)""",
    re.S,
)


def check_environments(graph: Graph) -> None:
    """Check that the lock file of each environment is a dependency of its stage, and no output.

    Otherwise DVC would keep the result of a stage when its packages change.

    Raises:
        ProjectError: A lock file is no dependency, or is made by a stage.
    """
    made = {out.path for stage in (*graph.sources, *graph.stages) for out in stage.outs}
    for stage in graph.stages:
        for what, fix in _problems(stage, made):
            raise ProjectError(what, where=f"dvc.yaml: stages.{stage.name}", fix=fix)


def check_environment_locks(root: Path, graph: Graph) -> None:
    """Check the lock file of each environment.

    Args:
        root: The root of a checkout.
        graph: Its stages.

    Raises:
        ConfigError: A lock file is missing or outside of the project, or lacks a version or a hash.
    """
    for stage in graph.stages:
        for path in environment_locks(stage):
            read_lock(root / path, root=root)


def environment_locks(stage: Stage) -> list[str]:
    """Return the lock files that the commands of a stage name, relative to the project's root."""
    named = [found[1].strip("'\"") for command in stage.cmd for found in _EXEC.finditer(command)]
    return [posixpath.normpath(posixpath.join(stage.wdir, path)) for path in named]


def _problems(stage: Stage, made: set[str]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the environment of a stage, and what to do."""
    settings = stage.meta.get("trimtab")
    if isinstance(settings, dict) and KEY in settings:
        yield (
            f"The stage '{stage.name}' has an unknown key in meta.trimtab: '{KEY}'",
            "name the lock file in the command, so that `dvc repro` uses it too: "
            f"`cmd: trimtab exec --environment {settings[KEY]} -- …`",
        )
    for lock in environment_locks(stage):
        path = PurePosixPath(lock)
        if any(path.is_relative_to(output) for output in made):
            yield (
                f"The lock file of the stage '{stage.name}' is data that DVC tracks: {lock}",
                "commit it to git: only a commit says what may execute",
            )
        if not any(path.is_relative_to(dependency) for dependency in stage.deps):
            yield (
                f"The stage '{stage.name}' uses the environment of {lock}, which is no dependency of it",
                f"add {lock} to its deps: a change of the packages must run the stage again; nothing has run",
            )
