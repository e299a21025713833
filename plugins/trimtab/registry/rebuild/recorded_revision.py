"""The revision a version came from, checked out as it was: code, params and lock."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from trimtab.config import PARAMS_FILE, load_yaml
from trimtab.errors import RegistryError
from trimtab.flattening import flatten
from trimtab.pipeline.execution import sandbox
from trimtab.pipeline.git import Revision, git, has_commit
from trimtab.pipeline.lock import LOCK_FILE as LOCK
from trimtab.pipeline.lock import abbreviate, find_path_problem
from trimtab.pipeline.params import apply_overrides, check_overrides
from trimtab.pipeline.worktree import WorkTree
from trimtab.registry.loading import download_file, fetch
from trimtab.registry.provenance import locks_hash
from trimtab.registry.tracking import PATCH, PUBLISH, RESTORE, TAG_PREFIX, Version, require_tags

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
    if not COMMIT.fullmatch(commit) or not has_commit(root, commit):
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
    if not patched and has_locks_of(version, folder):
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
        for path, lock in fetch_locks(client, version, Path(into)).items():
            (folder / path).write_bytes(lock.read_bytes())
        if not (folder / PARAMS_FILE).exists():  # only a project without params of its own has none
            return
        params = fetch(client, version, PARAMS_FILE, Path(into))
        if to_run:
            _set_params(folder, params)
        else:
            (folder / PARAMS_FILE).write_bytes(params.read_bytes())


def _set_params(folder: Path, params: Path) -> None:
    """Set the params that a run was given; each is checked as when it was."""
    own = folder / PARAMS_FILE
    current = dict(flatten(load_yaml(own), only_addressable=True))
    recorded = flatten(load_yaml(params), only_addressable=True)
    given = {key: value for key, value in recorded if key not in current or current[key] != value}
    text = apply_overrides(own.read_text(encoding="utf-8"), check_overrides(folder, given))
    own.write_text(text, encoding="utf-8")


def lock_files(version: Version) -> list[str]:
    """Return the lock files that hold the entries of a version, as paths in the project.

    Raises:
        RegistryError: Its tag names none, or one outside of the project.
    """
    named = version.tags.get(f"{TAG_PREFIX}lock_files") if version.seal else None
    if named is None:  # earlier releases published stages of the project's own dvc.yaml only
        return [LOCK]
    try:
        files = json.loads(named)
        wrong = [file for file in files if find_path_problem(file) or PurePosixPath(file).name != LOCK]
    except (ValueError, TypeError):
        files, wrong = [], [named]
    if wrong or not files:
        raise RegistryError(
            f"The tag {TAG_PREFIX}lock_files of {version} names no lock file: {abbreviate(named)}",
            where=f"MLflow: models:/{version.name}/{version.version}",
            fix=PUBLISH,
        )
    return [str(file) for file in files]


def has_locks_of(version: Version, folder: Path) -> bool:
    """Whether a folder has the lock files that a version was registered with."""
    return locks_hash(folder, lock_files(version)) == version.tags.get(f"{TAG_PREFIX}lock_hash")


def fetch_locks(client: Any, version: Version, into: Path) -> dict[str, Path]:
    """Download the lock files of a version's run, compared with those that were registered.

    Args:
        client: MLflow's.
        version: The version; of one that an earlier release registered, a tag alone says which they were.
        into: Folder for them.

    Returns:
        Where each is, by its path in the project.

    Raises:
        RegistryError: One is not there, or not the one that was registered.
    """
    if version.seal:
        require_tags(version)
    locks = {file: download_file(client, version, file, into) for file in lock_files(version)}
    if not has_locks_of(version, into):
        raise RegistryError(
            f"The {LOCK} kept with {version} is not the one it was registered with",
            where=f"MLflow: artifacts of run {version.run_id}",
            fix=RESTORE,
        )
    return locks


def locks_of(client: Any, versions: Mapping[int, Version]) -> dict[int, str]:
    """Return the text of the lock files that each version was published with.

    Raises:
        RegistryError: One is not there, or not the one that was registered.
    """
    texts = {}
    for number, version in versions.items():
        with TemporaryDirectory(prefix="trimtab-") as into:
            locks = fetch_locks(client, version, Path(into)).values()
            texts[number] = "".join(lock.read_text(encoding="utf-8") for lock in locks)
    return texts
