"""Check git: installed, the project's repository, who commits, whether history is complete."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from trimtab.doctor.finding import Finding
from trimtab.errors import ProjectError
from trimtab.pipeline.git import git


def check_git(project: Path) -> Iterator[Finding]:
    """Check git and the repository of a project.

    Args:
        project: The project's root.

    Raises:
        ProjectError: git is not installed, or refuses the folder; the message says what to do.
    """
    version = git(project, "--version").removeprefix("git version ")
    try:
        head = git(project, "rev-parse", "--short", "HEAD")
    except ProjectError as err:
        if "rev-parse" not in err.what:
            raise
        yield Finding("git", "error", f"{version}; the repository has no commit", "`git commit` the project")
        return
    yield Finding("git", "ok", f"{version}, {project} at {head}")
    if git(project, "rev-parse", "--is-shallow-repository") == "true":
        yield Finding(
            "git history",
            "warning",
            "the clone is shallow: runs and versions of earlier commits cannot be rebuilt here",
            "`git fetch --unshallow`",
        )
    if not (git(project, "config", "user.name", accept=(0, 1)) and _email(project)):
        yield Finding(
            "git identity",
            "warning",
            "user.name or user.email is not set: runs need none, but you cannot commit",
            "`git config --global user.name NAME` and `git config --global user.email ADDRESS`",
        )


def _email(project: Path) -> str:
    return git(project, "config", "user.email", accept=(0, 1))
