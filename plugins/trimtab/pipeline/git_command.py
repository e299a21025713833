"""The git command line: run in a folder, with git's refusals as errors that say what to do."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Collection, Mapping
from pathlib import Path

from trimtab.errors import ProjectError

# Variables that bind git to another repository. A git hook sets them.
REPOSITORY_VARIABLES = {
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_PREFIX",
}


def git(
    root: Path,
    *args: str,
    env: Mapping[str, str] | None = None,
    text: str | None = None,
    strip: bool = True,
    accept: Collection[int] = (0,),
) -> str:
    """Run git in a folder and return its standard output.

    Args:
        root: The folder.
        args: git's arguments.
        env: Variables to add to the environment.
        text: Standard input.
        strip: Whether to strip white space from both ends of the output.
        accept: Exit codes that are no failure.

    Raises:
        ProjectError: git is not installed, the folder is in no repository, or git fails.
    """
    try:
        done = subprocess.run(
            ["git", *args],
            cwd=root,
            env={**_environment(), **(env or {})},
            input=text,
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",  # names need not be UTF-8
            check=False,
        )
    except FileNotFoundError as err:
        raise ProjectError("git is not installed", where=str(root), fix="install git") from err
    if "not a git repository" in done.stderr:
        raise ProjectError(
            "The project is in no git repository, so no run of it can be pinned to a commit",
            where=str(root),
            fix="run `git init`, `git add --all` and `git commit` there",
        )
    if "dubious ownership" in done.stderr:
        raise ProjectError(
            "The repository belongs to another user, and git refuses it",
            where=str(root),
            fix=f"if you trust it, `{_safe_directory_command(done.stderr, root)}`",
        )
    if done.returncode not in accept:
        read_only = "Read-only file system" in done.stderr or "Permission denied" in done.stderr
        fix = "make the repository writable for this user" if read_only else ""
        raise ProjectError(f"`git {args[0]}` failed: {done.stderr.strip()}", where=str(root), fix=fix)
    return done.stdout.strip() if strip else done.stdout


def _environment() -> dict[str, str]:
    """Return this process's environment without the variables that bind git to another repository."""
    own = {name: value for name, value in os.environ.items() if name not in REPOSITORY_VARIABLES}
    # Messages are parsed; and the content of a commit is the one of its hash, whatever `git replace` says.
    return {**own, "LANGUAGE": "C", "GIT_NO_REPLACE_OBJECTS": "1"}


def _safe_directory_command(stderr: str, root: Path) -> str:
    """Return the command that git's message suggests: git knows which folder it refuses."""
    command = next((line.strip() for line in stderr.splitlines() if "safe.directory" in line), "")
    return command or f"git config --global --add safe.directory {shlex.quote(str(root))}"
