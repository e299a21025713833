"""The check that a path given to an operator is an output of the project."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from trimtab.errors import ConfigError, closest
from trimtab.pipeline.graph import Project


def require_output(project: Path, path: str, *, argument: str) -> None:
    """Refuse a path that no stage makes: when the DAG is parsed, not after hours of its run.

    A template is not checked, since it has no value yet. Nor is anything where only the workers have the
    project.

    Args:
        project: The project's root.
        path: An output, a path below one, or a path in the checkout.
        argument: Name of the argument, for the message.

    Raises:
        ConfigError: It is none of them; the message has the closest output.
    """
    if "{{" in path or not (Path(project) / ".dvc").is_dir():
        return
    outs = [out.path for stage in Project(project).graph().stages for out in stage.outs]
    wanted = PurePosixPath(path)
    if not any(wanted.is_relative_to(out) for out in outs) and not Path(project, path).exists():
        raise ConfigError(
            f"No stage has the output {path!r}{closest(path, outs)}",
            where=f"`{argument}={path!r}` of an operator, project {project}",
            fix="give what dvc.yaml lists under `outs`",
        )
