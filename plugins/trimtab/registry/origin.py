"""The revision a version came from, checked out as it was: code, params and lock."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from trimtab.config import PARAMS_FILE
from trimtab.errors import RegistryError
from trimtab.pipeline.lockfile import NAME as LOCK
from trimtab.pipeline.revision import Revision, git, holds
from trimtab.pipeline.sandbox import sandbox
from trimtab.pipeline.worktree import WorkTree
from trimtab.registry.version import TAG_PREFIX, Version

RESTORE = "`trimtab restore` a backup, and put it back from there"
FETCH = "`git fetch origin '+refs/heads/*:refs/remotes/origin/*' '+refs/exps/*:refs/exps/*'` there"


def commit_of(root: Path, version: Version) -> tuple[str, bool]:
    """Return the commit of a version that the repository holds, and whether it is the record itself.

    The record of a run has all of it. Without it, the commit it ran from has the code; params, lock and what
    was not committed are with the version's run in MLflow.

    Raises:
        RegistryError: The repository holds none of them, or the version names none.
    """
    named = {tag: version.tags.get(f"{TAG_PREFIX}{tag}", "") for tag in ("record", "git_revision")}
    for tag, commit in named.items():
        if commit and holds(root, commit):
            return commit, tag == "record"
    commits = ", ".join(f"{commit[:12]} ({tag})" for tag, commit in named.items() if commit)
    raise RegistryError(
        f"No commit of {version} is in the repository: {commits or 'its tags name none'}",
        where=str(root),
        fix=FETCH if commits else "it was not published by trimtab; publish it anew, or take its alias away",
    )


@contextlib.contextmanager
def checkout_of(root: Path, client: Any, version: Version) -> Iterator[WorkTree]:
    """Open the revision of a version, with the params and the lock it was made with.

    Args:
        root: The project's root.
        client: MLflow's.
        version: The version.

    Raises:
        RegistryError: No commit of it is in the repository.
    """
    commit, whole = commit_of(root, version)
    with sandbox(root, Revision(commit, commit, dirty=False, overrides={})) as tree:
        if not whole:
            _complete(tree.root, client, version)
        yield tree


def _complete(folder: Path, client: Any, version: Version) -> None:
    """Put what the commit does not hold into its checkout, as the version's run has it."""
    patch = version.tags.get(f"{TAG_PREFIX}uncommitted")
    if not patch and has_locks_of(version, folder):
        return
    with TemporaryDirectory(prefix="trimtab-") as into:
        if patch:
            top = Path(git(folder, "rev-parse", "--show-toplevel"))
            git(top, "apply", fetch(client, version, patch, into))
        locks = fetch_locks(client, version, into)
        if not has_locks_of(version, Path(into)):
            raise RegistryError(
                f"The {LOCK} kept with {version} is not the one it was registered with",
                where=f"MLflow: artifacts of run {version.run_id}",
                fix=RESTORE,
            )
        for path, lock in locks.items():
            (folder / path).write_bytes(lock.read_bytes())
        if (folder / PARAMS_FILE).exists():  # only a project without params of its own has none
            params = fetch(client, version, PARAMS_FILE, into)
            (folder / PARAMS_FILE).write_bytes(Path(params).read_bytes())


def lock_files(version: Version) -> list[str]:
    """Return the lock files that hold the entries of a version, as paths in the project."""
    return version.tags.get(f"{TAG_PREFIX}lock_files", LOCK).split(" ")


def has_locks_of(version: Version, folder: Path) -> bool:
    """Whether a folder has the lock files that a version was registered with."""
    return locks_hash(folder, lock_files(version)) == version.tags.get(f"{TAG_PREFIX}lock_hash")


def locks_hash(folder: Path, files: Iterable[str]) -> str:
    """Return the SHA-256 of lock files, as a run's record has it; empty if one is not there."""
    paths = [folder / file for file in files]
    if not all(path.is_file() for path in paths):
        return ""
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def fetch_locks(client: Any, version: Version, into: str) -> dict[str, Path]:
    """Download the lock files of a version's run to their places in a folder.

    Raises:
        RegistryError: One is not there.
    """
    return {file: Path(fetch(client, version, file, into)) for file in lock_files(version)}


def fetch(client: Any, version: Version, path: str, into: str) -> str:
    """Download a file of a version's run, and return where it is.

    Raises:
        RegistryError: It is not there.
    """
    from mlflow.exceptions import MlflowException

    try:
        return str(client.download_artifacts(version.run_id, path, into))
    except (MlflowException, OSError) as err:
        raise RegistryError(
            f"'{path}' of {version} cannot be had: {str(err)[:200]}",
            where=f"MLflow: artifacts of run {version.run_id}",
            fix=RESTORE,
        ) from err


def locks_of(client: Any, versions: Mapping[int, Version]) -> dict[int, str]:
    """Return the text of the lock files that each version was published with."""
    with TemporaryDirectory(prefix="trimtab-") as into:
        return {
            number: "".join(
                lock.read_text(encoding="utf-8") for lock in fetch_locks(client, version, into).values()
            )
            for number, version in versions.items()
        }
