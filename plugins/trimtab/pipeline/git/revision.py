"""The pinned revision of a run: one commit with the code and the params."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from trimtab.errors import ProjectError
from trimtab.json_value import JsonValue
from trimtab.params_file import PARAMS_FILE
from trimtab.pipeline.git_command import git
from trimtab.pipeline.params import apply_overrides, check_overrides

SNAPSHOTS = "refs/trimtab/snapshots"
SECRET_FILES = (".dvc/config.local", ".env")  # never in a snapshot, and so never in a backup


class RevisionDict(TypedDict):
    """A :class:`Revision` in JSON."""

    sha: str
    baseline: str
    dirty: bool
    overrides: Mapping[str, JsonValue]


@dataclass(frozen=True)
class Revision:
    """The commit of a run.

    Attributes:
        sha: The commit: the baseline itself, or a snapshot commit on top of it that is on no branch.
        baseline: The checkout's ``HEAD`` when the revision was pinned.
        dirty: Whether the checkout had uncommitted changes.
        overrides: The params that were set for this run. The commit's ``params.yaml`` has them too.
    """

    sha: str
    baseline: str
    dirty: bool
    overrides: Mapping[str, JsonValue]

    def to_dict(self) -> RevisionDict:
        """Serialize the revision for JSON."""
        return {
            "sha": self.sha,
            "baseline": self.baseline,
            "dirty": self.dirty,
            "overrides": dict(self.overrides),
        }


def pin_revision(root: Path, overrides: Mapping[str, JsonValue] | None = None) -> Revision:
    """Pin the revision of a run.

    A clean checkout is pinned to its ``HEAD``. Uncommitted changes and params that are set for the run become
    a snapshot commit on top of ``HEAD``. Untracked files are part of it, ignored files are not. The snapshot
    changes no branch, index or file of the user. The same content gives the same commit.

    Args:
        root: The project's root, in a git repository with at least one commit.
        overrides: Dotted key of ``params.yaml`` to value.

    Raises:
        ConfigError: An override is invalid.
        ProjectError: git is not installed, or there is no repository or no commit.
    """
    overrides = check_overrides(root, overrides or {})
    try:
        baseline = git(root, "rev-parse", "--verify", "HEAD")
    except ProjectError as err:
        if "rev-parse" not in err.what:
            raise
        raise ProjectError(
            "The repository has no commit yet", where=str(root), fix="commit the project once: `git commit`"
        ) from err
    top = Path(git(root, "rev-parse", "--show-toplevel"))
    if not overrides and _is_clean(top):
        return Revision(baseline, baseline, dirty=False, overrides=overrides)
    with tempfile.TemporaryDirectory(prefix="trimtab-index-") as folder:
        index = _copy_of_index(root, Path(folder))
        env = {"GIT_INDEX_FILE": str(index)}
        git(top, "add", "--all", "--", ".", *(f":(exclude,glob)**/{name}" for name in SECRET_FILES), env=env)
        tree = git(root, "write-tree", env=env)
        dirty = tree != git(root, "rev-parse", "HEAD^{tree}")
        if overrides:
            _stage_params(root, overrides, env)
            tree = git(root, "write-tree", env=env)
    if tree == git(root, "rev-parse", "HEAD^{tree}"):
        return Revision(baseline, baseline, dirty=False, overrides=overrides)
    return Revision(_commit_snapshot(root, tree, baseline), baseline, dirty, overrides)


def ensure_revision(root: Path, revision: Revision) -> None:
    """Ensure that the repository has a revision that another host has pinned.

    A commit of the project comes with the checkout. A snapshot commit with params set for the run is created
    again: the same content gives the same commit.

    Raises:
        ConfigError: An override is invalid.
        ProjectError: The repository does not have the revision, and it cannot be created.
    """
    if has_commit(root, revision.sha):
        return
    if has_commit(root, revision.baseline) and not revision.dirty:
        with tempfile.TemporaryDirectory(prefix="trimtab-index-") as folder:
            env = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
            git(root, "read-tree", revision.baseline, env=env)
            _check_overrides_at_baseline(root, revision, Path(folder))
            _stage_params(root, revision.overrides, env, commit=revision.baseline)
            tree = git(root, "write-tree", env=env)
        if _commit_snapshot(root, tree, revision.baseline) == revision.sha:
            return
    raise ProjectError(
        f"The repository does not have the revision {revision.sha[:12]}",
        where=str(root),
        fix="commit the changes before the run" if revision.dirty else "`git fetch` there",
    )


def _check_overrides_at_baseline(root: Path, revision: Revision, folder: Path) -> None:
    """Check overrides that came from another host against ``params.yaml`` of the baseline."""
    params = folder / PARAMS_FILE
    params.write_text(_read_params(root, revision.baseline), encoding="utf-8")
    check_overrides(root, revision.overrides, params=params)


def _read_params(root: Path, commit: str) -> str:
    prefix = git(root, "rev-parse", "--show-prefix")
    return git(root, "cat-file", "--filters", f"{commit}:{prefix}{PARAMS_FILE}", strip=False)


def has_commit(root: Path, sha: str) -> bool:
    """Whether the repository has a commit."""
    try:
        git(root, "cat-file", "-e", f"{sha}^{{commit}}")
    except ProjectError:
        return False
    return True


def _is_clean(top: Path) -> bool:
    """Whether there are no uncommitted changes. Unlike a snapshot, this works in a read-only checkout."""
    flags = ("--porcelain", "--untracked-files=normal", "--ignore-submodules=none")
    return not git(top, "status", *flags, env={"GIT_OPTIONAL_LOCKS": "0"})  # git would write the index


def _commit_snapshot(root: Path, tree: str, baseline: str) -> str:
    sha = commit_tree(root, tree, parent=baseline, message="Snapshot of a checkout for a run")
    git(root, "update-ref", f"{SNAPSHOTS}/{sha}", sha)  # `git gc` keeps it then
    return sha


def _copy_of_index(root: Path, folder: Path) -> Path:
    """Copy the user's index: with its file times, git need not hash every file again."""
    index = root / git(root, "rev-parse", "--git-path", "index")
    copy = folder / "index"
    if index.exists():
        shutil.copy2(index, copy)
    return copy


def _stage_params(
    root: Path, overrides: Mapping[str, JsonValue], env: Mapping[str, str], *, commit: str | None = None
) -> None:
    """Add a params file with overrides to an index: the checkout's, or that of a ``commit``."""
    prefix = git(root, "rev-parse", "--show-prefix")
    path = f"{prefix}{PARAMS_FILE}"
    text = _read_params(root, commit) if commit else (root / PARAMS_FILE).read_text(encoding="utf-8")
    filtered = ("-c", "core.safecrlf=false", "hash-object", "-w", "--stdin", "--path", PARAMS_FILE)
    blob = git(root, *filtered, text=apply_overrides(text, overrides))
    git(root, "update-index", "--add", "--cacheinfo", f"100644,{blob},{path}", env=env)


def commit_tree(root: Path, tree: str, *, parent: str, message: str) -> str:
    """Create a commit that depends on its content only, so that a retry creates the same commit."""
    date = git(root, "log", "-1", "--format=%cI", parent)
    who = {
        f"GIT_{role}_{field}": value
        for role in ("AUTHOR", "COMMITTER")
        for field, value in (("NAME", "trimtab"), ("EMAIL", "trimtab@localhost"), ("DATE", date))
    }
    return git(root, "commit-tree", tree, "-p", parent, "-m", message, env=who)
