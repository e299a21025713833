"""The revision a version came from, checked out as it was: code, params and lock."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator, Mapping
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
    if not patch and is_lock_of(version, folder / LOCK):
        return
    with TemporaryDirectory(prefix="trimtab-") as into:
        if patch:
            top = Path(git(folder, "rev-parse", "--show-toplevel"))
            git(top, "apply", fetch(client, version, patch, into))
        lock = Path(fetch(client, version, LOCK, into))
        if not is_lock_of(version, lock):
            raise RegistryError(
                f"The {LOCK} kept with {version} is not the one it was registered with",
                where=f"MLflow: artifacts of run {version.run_id}",
                fix=RESTORE,
            )
        (folder / LOCK).write_bytes(lock.read_bytes())
        params = fetch(client, version, PARAMS_FILE, into)
        (folder / PARAMS_FILE).write_bytes(Path(params).read_bytes())


def is_lock_of(version: Version, file: Path) -> bool:
    """Whether a file is the lock that a version was registered with."""
    held = hashlib.sha256(file.read_bytes()).hexdigest() if file.exists() else ""
    return held == version.tags.get(f"{TAG_PREFIX}lock_hash")


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
    """Return the text of ``dvc.lock`` that each version was published with."""
    with TemporaryDirectory(prefix="trimtab-") as into:
        return {
            number: Path(fetch(client, version, LOCK, f"{into}")).read_text(encoding="utf-8")
            for number, version in versions.items()
        }
