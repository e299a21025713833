"""The revision a version came from, checked out as it was: code, params and lock."""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from trimtab.config import PARAMS_FILE, load_yaml
from trimtab.errors import RegistryError
from trimtab.pipeline.lockfile import NAME as LOCK
from trimtab.pipeline.parameters import apply_overrides, check_overrides, leaves
from trimtab.pipeline.revision import Revision, git, holds
from trimtab.pipeline.sandbox import sandbox
from trimtab.pipeline.worktree import WorkTree
from trimtab.registry.loading import download_file, fetch
from trimtab.registry.patch import PATCH
from trimtab.registry.seal import RESTORE, require_tags
from trimtab.registry.version import TAG_PREFIX, Version

COMMITS = ("record", "snapshot", "git_revision")  # tags that name one; the first two hold all of a version
COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
# Where the commits are that a repository vouches for: not, say, those of anybody's pull request.
TRUSTED_REFS = ("refs/heads", "refs/tags", "refs/remotes", "refs/exps", "refs/trimtab")
FETCH = "`git fetch origin '+refs/heads/*:refs/remotes/origin/*' '+refs/exps/*:refs/exps/*'` there"


def commit_of(root: Path, version: Version) -> tuple[str, bool]:
    """Return the commit of a version that the repository holds, and whether it has all of it.

    The record of a run, and the snapshot of a checkout, have all of it. Without them, the commit they are
    made from has the code; params, lock and what was not committed are with the version's run in MLflow.

    Raises:
        RegistryError: The repository holds none of them, the version names none, or its tags were altered.
    """
    if version.seal:  # of an earlier release's, only what no load depends on is still looked at
        require_tags(version)
    named = {tag: version.tags.get(f"{TAG_PREFIX}{tag}", "") for tag in COMMITS}
    for tag, commit in named.items():
        if is_of_repository(root, commit):
            return commit, tag != "git_revision"
    commits = ", ".join(f"{commit[:12]} ({tag})" for tag, commit in named.items() if commit)
    raise RegistryError(
        f"No commit of {version} is in the repository: {commits or 'its tags name none'}",
        where=str(root),
        fix=FETCH if commits else "it was not published by trimtab; publish it anew, or take its alias away",
    )


def is_of_repository(root: Path, commit: str) -> bool:
    """Whether a branch, a tag, a run's record or HEAD contains a commit: not whatever object lies there."""
    if not COMMIT.fullmatch(commit) or not holds(root, commit):
        return False
    if not git(root, "rev-list", "--max-count=1", commit, "^HEAD"):
        return True
    flags = ("--count=1", f"--contains={commit}", "--format=%(refname)")
    return bool(git(root, "for-each-ref", *flags, *TRUSTED_REFS))


@contextlib.contextmanager
def checkout_of(root: Path, client: Any, version: Version, *, to_run: bool = False) -> Iterator[WorkTree]:
    """Open the revision of a version, with the params and the lock it was made with.

    Args:
        root: The project's root.
        client: MLflow's.
        version: The version.
        to_run: Whether its stages will run: then code and commands are a commit's, and of MLflow's params
            only values that any run may set.

    Raises:
        ConfigError: Its params hold a value that no run may set.
        RegistryError: No commit of it is in the repository, or what is kept in MLflow was altered.
    """
    commit, whole = commit_of(root, version)
    with sandbox(root, Revision(commit, commit, dirty=False, overrides={})) as tree:
        if not whole:
            _complete(tree.root, client, version, to_run=to_run)
        yield tree


def _complete(folder: Path, client: Any, version: Version, *, to_run: bool) -> None:
    """Put what the commit does not hold into its checkout, as the version's run has it."""
    patched = bool(version.tags.get(f"{TAG_PREFIX}uncommitted"))
    if not patched and is_lock_of(version, folder / LOCK):
        return
    if patched and to_run:
        raise RegistryError(
            f"{version} was published with changes that were not committed, and no commit here holds them",
            where=f"MLflow: artifacts of run {version.run_id}, {PATCH}",
            fix="rebuild it in the repository it was published from; or read that file, `git apply` and "
            "commit it, and publish from there. What MLflow holds is not executed",
        )
    with TemporaryDirectory(prefix="trimtab-") as into:
        if patched:
            top = Path(git(folder, "rev-parse", "--show-toplevel"))
            git(top, "apply", "--", str(fetch(client, version, PATCH, Path(into))))
        lock = fetch(client, version, LOCK, Path(into))
        (folder / LOCK).write_bytes(lock.read_bytes())
        params = fetch(client, version, PARAMS_FILE, Path(into))
        if to_run:
            _set_params(folder, params)
        else:
            (folder / PARAMS_FILE).write_bytes(params.read_bytes())


def _set_params(folder: Path, params: Path) -> None:
    """Set the params that a run was given; each is checked as when it was."""
    own = folder / PARAMS_FILE
    current = dict(leaves(load_yaml(own)))
    given = {
        key: value for key, value in leaves(load_yaml(params)) if key not in current or current[key] != value
    }
    text = apply_overrides(own.read_text(encoding="utf-8"), check_overrides(folder, given))
    own.write_text(text, encoding="utf-8")


def is_lock_of(version: Version, file: Path) -> bool:
    """Whether a file is the lock that a version was registered with."""
    held = hashlib.sha256(file.read_bytes()).hexdigest() if file.exists() else ""
    return held == version.tags.get(f"{TAG_PREFIX}lock_hash")


def locks_of(client: Any, versions: Mapping[int, Version]) -> dict[int, str]:
    """Return the text of ``dvc.lock`` that each version was published with.

    Raises:
        RegistryError: One is not there, or not the one that was registered.
    """
    with TemporaryDirectory(prefix="trimtab-") as into:
        return {number: _lock_of(client, version, into) for number, version in versions.items()}


def _lock_of(client: Any, version: Version, into: str) -> str:
    """Read the lock of a version; of one that an earlier release registered, a tag says which it was."""
    if version.seal:
        return fetch(client, version, LOCK, Path(into)).read_text(encoding="utf-8")
    file = download_file(client, version, LOCK, Path(into))
    if not is_lock_of(version, file):
        raise RegistryError(
            f"The {LOCK} kept with {version} is not the one it was registered with",
            where=f"MLflow: artifacts of run {version.run_id}",
            fix=RESTORE,
        )
    return file.read_text(encoding="utf-8")
