"""The revision of a version: its commit, checked out with the params and the lock it was published with."""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Iterator
from pathlib import Path

from trimtab.errors import RegistryError, TrimtabError
from trimtab.flattening import flatten
from trimtab.params_file import PARAMS_FILE, load_yaml
from trimtab.pipeline.execution import sandbox
from trimtab.pipeline.git import Revision, git, has_commit
from trimtab.pipeline.params import apply_overrides, check_overrides
from trimtab.pipeline.record import fetch_record
from trimtab.pipeline.worktree import WorkTree
from trimtab.registry.loading import download_locks, download_verified, has_registered_locks
from trimtab.registry.tracking import (
    PATCH,
    MlflowClient,
    TagName,
    Version,
    read_tag,
    require_tags,
    temporary_folder,
)

# Tags that name a commit. The first two commits have params and lock too; git_revision has only the code.
COMMIT_TAGS: tuple[TagName, ...] = ("record", "snapshot", "git_revision")
COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
# References whose commits are the project's own; those of a pull request, for example, are not.
TRUSTED_REFS = ("refs/heads", "refs/tags", "refs/remotes", "refs/exps", "refs/trimtab")
FETCH = "`git fetch origin '+refs/heads/*:refs/remotes/origin/*'` and `trimtab fetch` there"

log = logging.getLogger(__name__)


def find_commit(root: Path, version: Version) -> tuple[str, bool]:
    """Return the commit of a version that the repository has, and whether it has params and lock too.

    The record of a run and the snapshot of a checkout have code, params and lock. A record that another host
    has made is fetched from the DVC remote. If the repository has neither, the base commit has the code; the
    rest is among the files of the version's run in MLflow.

    Raises:
        RegistryError: The repository has no commit of the version, the tags name none, or they were changed.
    """
    if version.seal:  # a version of an earlier release has none; its tags decide nothing that is executed
        require_tags(version)
        _fetch_record(root, version.tag("record"))
    commits = {tag: version.tag(tag) for tag in COMMIT_TAGS}
    for tag, commit in commits.items():
        if is_project_commit(root, commit):
            return commit, tag != "git_revision"
    named = ", ".join(f"{commit[:12]} ({tag})" for tag, commit in commits.items() if commit)
    raise RegistryError(
        f"The repository has no commit of {version}: {named or 'its tags name none'}",
        where=str(root),
        fix=FETCH if named else "trimtab did not publish it; publish it again, or remove its alias",
    )


def _fetch_record(root: Path, commit: str) -> None:
    """Fetch the record from the DVC remote, if another host has made it; the base commit has the code too."""
    if not COMMIT.fullmatch(commit) or is_project_commit(root, commit):
        return
    try:
        fetch_record(root, commit)
    except TrimtabError as err:
        log.warning("The record %s cannot be fetched from the DVC remote: %s", commit[:12], err)


def recorded_commits(tags: dict[str, str]) -> set[str]:
    """Return the commits that the tags of a version name."""
    return {commit for tag in COMMIT_TAGS if COMMIT.fullmatch(commit := read_tag(tags, tag))}


def is_project_commit(root: Path, commit: str) -> bool:
    """Whether HEAD, a branch, a tag or the record of a run contains a commit.

    An object that is merely in the repository does not count: it may come from anyone.
    """
    if not COMMIT.fullmatch(commit) or not has_commit(root, commit):
        return False
    if not git(root, "rev-list", "--max-count=1", commit, "^HEAD"):
        return True
    flags = ("--count=1", f"--contains={commit}", "--format=%(refname)")
    return bool(git(root, "for-each-ref", *flags, *TRUSTED_REFS))


@contextlib.contextmanager
def checkout_version(
    root: Path, client: MlflowClient, version: Version, *, to_run: bool = False
) -> Iterator[WorkTree]:
    """Check out the revision of a version, with the params and the lock it was published with.

    Args:
        root: The project's root.
        client: MLflow's client.
        version: The version.
        to_run: Whether its stages will run. Then code and commands come from a commit, and from MLflow's
            params only values that every run may set.

    Raises:
        ConfigError: Its params hold a value that no run may set.
        RegistryError: The repository has no commit of it, or a file in MLflow was altered.
    """
    commit, complete = find_commit(root, version)
    with sandbox(root, Revision(commit, commit, dirty=False, overrides={})) as tree:
        if not complete:
            _complete_checkout(tree.root, client, version, to_run=to_run)
        yield tree


def _complete_checkout(folder: Path, client: MlflowClient, version: Version, *, to_run: bool) -> None:
    """Add to a checkout what its commit does not have: patch, lock and params, from the version's run."""
    patched = bool(version.tag("uncommitted"))
    if not patched and has_registered_locks(version, folder):
        return
    if patched and to_run:
        raise RegistryError(
            f"{version} was published with uncommitted changes, and no commit here has them",
            where=f"MLflow: artifacts of run {version.run_id}, {PATCH}",
            fix="rebuild it in the repository it was published from; or read that file, `git apply` and "
            "commit it, and publish from there. Code from MLflow is not executed",
        )
    with temporary_folder() as into:
        if patched:
            top = Path(git(folder, "rev-parse", "--show-toplevel"))
            git(top, "apply", "--", str(download_verified(client, version, PATCH, into)))
        for path, lock in download_locks(client, version, into).items():
            (folder / path).write_bytes(lock.read_bytes())
        if not (folder / PARAMS_FILE).exists():  # the project has no params of its own
            return
        params = download_verified(client, version, PARAMS_FILE, into)
        if to_run:
            _set_params(folder, params)
        else:
            (folder / PARAMS_FILE).write_bytes(params.read_bytes())


def _set_params(folder: Path, params: Path) -> None:
    """Set the params that the run was given, with the checks of every run."""
    own = folder / PARAMS_FILE
    current = dict(flatten(load_yaml(own), only_addressable=True))
    recorded = flatten(load_yaml(params), only_addressable=True)
    given = {key: value for key, value in recorded if key not in current or current[key] != value}
    text = apply_overrides(own.read_text(encoding="utf-8"), check_overrides(folder, given))
    own.write_text(text, encoding="utf-8")
