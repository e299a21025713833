"""Outputs of the project that operators are given by path."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from trimtab.errors import ConfigError, closest
from trimtab.pipeline.graph import Project


def require_output(project: Path, path: str, *, argument: str) -> None:
    """Refuse a path that no stage makes, when the DAG is parsed instead of after hours of its run.

    Args:
        project: The project's root.
        path: An output, what lies in one, or what the checkout has.
        argument: Which argument has it.

    Raises:
        ConfigError: It is neither; the message has the nearest output.
    """
    if not (Path(project) / ".dvc").is_dir():  # where only workers have it, the task says so
        return
    outs = [out.path for stage in Project(project).graph().stages for out in stage.outs]
    wanted = PurePosixPath(path)
    if not any(wanted.is_relative_to(out) for out in outs) and not Path(project, path).exists():
        raise ConfigError(
            f"No stage has the output {path!r}{closest(path, outs)}",
            where=f"`{argument}={path!r}` of an operator, project {project}",
            fix="give what dvc.yaml lists under `outs`",
        )
