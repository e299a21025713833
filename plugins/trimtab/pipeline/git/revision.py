"""Pin what a run runs: one commit that holds the code, the params and nothing that can still change."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trimtab.config import PARAMS_FILE
from trimtab.errors import ProjectError
from trimtab.pipeline.params import apply_overrides, check_overrides

SNAPSHOTS = "refs/trimtab/snapshots"
SECRETS = (".dvc/config.local", ".env")  # that a snapshot, and so a backup, leaves out, ignored or not
_OF_ONE_REPOSITORY = {
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_PREFIX",
}


@dataclass(frozen=True)
class Revision:
    """A commit to run.

    Attributes:
        sha: The commit: the baseline itself, or a snapshot on top of it that no branch points to.
        baseline: The checkout's ``HEAD`` when the run was pinned.
        dirty: Whether the checkout had changes that were not committed.
        overrides: The params set for this run; the commit's ``params.yaml`` holds them.
    """

    sha: str
    baseline: str
    dirty: bool
    overrides: Mapping[str, Any]


def git(
    root: Path,
    *args: str,
    env: Mapping[str, str] | None = None,
    text: str | None = None,
    strip: bool = True,
    accept: Collection[int] = (0,),
) -> str:
    """Run git in a folder and return what it prints, without the white space around it unless asked for.

    Args:
        root: The folder.
        args: git's arguments.
        env: Added to the environment.
        text: What it reads.
        strip: Whether to strip the white space.
        accept: Exit codes that are no failure.

    Raises:
        ProjectError: git is not installed, the folder is in no repository, or git refuses.
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
            fix=f"if you trust it, `{_trusting(done.stderr, root)}`",
        )
    if done.returncode not in accept:
        refused = "Read-only file system" in done.stderr or "Permission denied" in done.stderr
        fix = "make the repository writable for this user" if refused else ""
        raise ProjectError(f"`git {args[0]}` failed: {done.stderr.strip()}", where=str(root), fix=fix)
    return done.stdout.strip() if strip else done.stdout


def _environment() -> dict[str, str]:
    """This process's environment without what ties git to another repository, as in a git hook."""
    own = {name: value for name, value in os.environ.items() if name not in _OF_ONE_REPOSITORY}
    return {**own, "LANGUAGE": "C"}  # what git says is read here


def _trusting(said: str, root: Path) -> str:
    """Return the command that git itself names: it knows which folder it looks at."""
    command = next((line.strip() for line in said.splitlines() if "safe.directory" in line), "")
    return command or f"git config --global --add safe.directory {shlex.quote(str(root))}"


def pin(root: Path, overrides: Mapping[str, Any] | None = None) -> Revision:
    """Fix the revision of a run.

    A clean checkout is pinned to its ``HEAD``. Changes that are not committed (untracked files too, ignored
    ones not) and params set for the run become a snapshot commit on top of it, which moves no branch, index
    or file of the user's. The same content gives the same commit.

    Args:
        root: The project's root, in a git repository with at least one commit.
        overrides: Dotted params key to value.

    Raises:
        ConfigError: An override does not fit ``params.yaml``.
        ProjectError: There is no git, no repository or no commit.
    """
    checked = check_overrides(root, overrides or {})
    try:
        baseline = git(root, "rev-parse", "--verify", "HEAD")
    except ProjectError as err:
        if "rev-parse" not in err.what:
            raise
        raise ProjectError(
            "The repository has no commit yet", where=str(root), fix="commit the project once: `git commit`"
        ) from err
    top = Path(git(root, "rev-parse", "--show-toplevel"))
    if not checked and _is_clean(top):
        return Revision(baseline, baseline, dirty=False, overrides=checked)
    with tempfile.TemporaryDirectory(prefix="trimtab-index-") as folder:
        index = _copy_of_index(root, Path(folder))
        env = {"GIT_INDEX_FILE": str(index)}
        git(top, "add", "--all", "--", ".", *(f":(exclude,glob)**/{name}" for name in SECRETS), env=env)
        tree = git(root, "write-tree", env=env)
        dirty = tree != git(root, "rev-parse", "HEAD^{tree}")
        if checked:
            _stage_params(root, checked, env)
            tree = git(root, "write-tree", env=env)
    if tree == git(root, "rev-parse", "HEAD^{tree}"):
        return Revision(baseline, baseline, dirty=False, overrides=checked)
    return Revision(_commit_snapshot(root, tree, baseline), baseline, dirty, checked)


def available(root: Path, revision: Revision) -> None:
    """See to it that the repository holds a revision that another host pinned.

    A commit of the project has come with the checkout. One with params set for the run is made again: its
    content gives it the same name.

    Raises:
        ConfigError: A param set for it would have been refused.
        ProjectError: It is not there and cannot be made.
    """
    if holds(root, revision.sha):
        return
    if holds(root, revision.baseline) and not revision.dirty:
        with tempfile.TemporaryDirectory(prefix="trimtab-index-") as folder:
            env = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
            git(root, "read-tree", revision.baseline, env=env)
            _refuse_bad_overrides(root, revision, Path(folder))
            _stage_params(root, revision.overrides, env, of=revision.baseline)
            tree = git(root, "write-tree", env=env)
        if _commit_snapshot(root, tree, revision.baseline) == revision.sha:
            return
    raise ProjectError(
        f"The repository does not hold the revision {revision.sha[:12]}",
        where=str(root),
        fix="commit the changes before the run" if revision.dirty else "`git fetch` there",
    )


def _refuse_bad_overrides(root: Path, revision: Revision, folder: Path) -> None:
    """Check params that have travelled as those were that a run was given."""
    params = folder / PARAMS_FILE
    params.write_text(_params_of(root, revision.baseline), encoding="utf-8")
    check_overrides(root, revision.overrides, params=params)


def _params_of(root: Path, commit: str) -> str:
    prefix = git(root, "rev-parse", "--show-prefix")
    return git(root, "cat-file", "--filters", f"{commit}:{prefix}{PARAMS_FILE}", strip=False)


def holds(root: Path, sha: str) -> bool:
    """Whether the repository has a commit."""
    try:
        git(root, "cat-file", "-e", f"{sha}^{{commit}}")
    except ProjectError:
        return False
    return True


def _is_clean(top: Path) -> bool:
    """Whether there is nothing to commit; unlike a snapshot, that can be said of a read-only checkout too."""
    flags = ("--porcelain", "--untracked-files=normal", "--ignore-submodules=none")
    return not git(top, "status", *flags, env={"GIT_OPTIONAL_LOCKS": "0"})  # or it would write the index


def _commit_snapshot(root: Path, tree: str, baseline: str) -> str:
    sha = commit_tree(root, tree, parent=baseline, message="Snapshot of a checkout for a run")
    git(root, "update-ref", f"{SNAPSHOTS}/{sha}", sha)  # so that `git gc` keeps it
    return sha


def _copy_of_index(root: Path, folder: Path) -> Path:
    """Copy the user's index, whose file times spare git from hashing every file again."""
    index = root / git(root, "rev-parse", "--git-path", "index")
    copy = folder / "index"
    if index.exists():
        shutil.copy2(index, copy)
    return copy


def _stage_params(
    root: Path, overrides: Mapping[str, Any], env: Mapping[str, str], *, of: str | None = None
) -> None:
    """Put a params file with values set into an index; the checkout's own one, or that ``of`` a commit."""
    prefix = git(root, "rev-parse", "--show-prefix")
    path = f"{prefix}{PARAMS_FILE}"
    text = _params_of(root, of) if of else (root / PARAMS_FILE).read_text(encoding="utf-8")
    filtered = ("-c", "core.safecrlf=false", "hash-object", "-w", "--stdin", "--path", PARAMS_FILE)
    blob = git(root, *filtered, text=apply_overrides(text, overrides))
    git(root, "update-index", "--add", "--cacheinfo", f"100644,{blob},{path}", env=env)


def commit_tree(root: Path, tree: str, *, parent: str, message: str) -> str:
    """Make a commit that depends on nothing but its content, so that a retry makes the same one."""
    date = git(root, "log", "-1", "--format=%cI", parent)
    who = {
        f"GIT_{role}_{field}": value
        for role in ("AUTHOR", "COMMITTER")
        for field, value in (("NAME", "trimtab"), ("EMAIL", "trimtab@localhost"), ("DATE", date))
    }
    return git(root, "commit-tree", tree, "-p", parent, "-m", message, env=who)
