"""Garbage collection: find unused objects of DVC's cache, while runs go on.

``dvc gc`` keeps what the workspace and git's branches and tags name. This module also keeps what records of
runs name, which are commits without a branch, and what running tasks need (leases). An object is kept if any
of these texts contains its hash, so too much is kept rather than too little.
"""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from trimtab.errors import ProjectError
from trimtab.pipeline.cache.cache import DvcCache, MissingObjectError
from trimtab.pipeline.cache.leases import hold_removal_lock
from trimtab.pipeline.dvc_errors import refusals
from trimtab.pipeline.git import git
from trimtab.pipeline.lock import Content

if TYPE_CHECKING:
    from dvc.repo import Repo

OID = re.compile(r"\b[0-9a-f]{32}(?:\.dir)?\b")
DVC_FILES = ("dvc.lock", "*.dvc")  # the files that hold hashes of contents
TRIMTAB_REFS = ("refs/trimtab/",)
SECONDS_PER_DAY = 24 * 3600


@dataclass(frozen=True)
class UnusedObjects:
    """Cache objects that nothing uses.

    Attributes:
        objects: Size in bytes of each object's file.
        skip_reason: Why none were searched, if so.
    """

    objects: dict[Path, int]
    skip_reason: str = ""


@contextlib.contextmanager
def find_unused_objects(root: Path, kept: Iterable[str], *, days: int) -> Iterator[UnusedObjects]:
    """Find unused objects of the project's cache. No run can start to use them while the context is open.

    An object is used if one of these contains its hash: a text of ``kept``, a DVC file of the workspace, the
    tip of a branch or tag, a DVC experiment, a lease of the last days. An object that was written in the
    last days is used too.

    Args:
        root: The project's root.
        kept: More texts that contain hashes, such as ``dvc.lock`` of a registered version.
        days: The longest time that a run takes.

    Raises:
        ProjectError: Another DVC command, or another garbage collection, is running.
    """
    from dvc.repo import Repo

    root = root.resolve()
    where = f"{root}: nothing has been removed"
    with contextlib.chdir(root), Repo(str(root)) as repo:
        folder = Path(repo.cache.local.path).resolve()
        if not folder.is_relative_to(root):
            yield UnusedObjects(
                {}, f"the cache {folder} is outside the project, and other projects may use it"
            )
            return
        with contextlib.ExitStack() as stack:
            with refusals(ProjectError, where=where, fix="wait until the other command has ended"):
                stack.enter_context(repo.lock)
            leased = stack.enter_context(hold_removal_lock(root, days=days))
            texts = [*kept, *_git_texts(root), *_workspace_texts(root)]
            named = {oid for text in texts for oid in OID.findall(text)} | leased
            yield UnusedObjects(
                _unnamed_objects(
                    repo,
                    named | _folder_files(DvcCache(repo), named),
                    before=time.time() - days * SECONDS_PER_DAY,
                )
            )


def _git_texts(root: Path) -> Iterator[str]:
    """Yield the DVC files of branches, tags, worktrees and DVC experiments."""
    listed = git(root, "for-each-ref", "--format=%(objectname) %(authoremail) %(refname)")
    commits = {
        sha
        for sha, author, ref in (line.split(" ", 2) for line in listed.splitlines())
        if not ref.startswith(TRIMTAB_REFS)
        and not (ref.startswith("refs/exps/") and author == "<trimtab@localhost>")
    }
    trees = git(root, "worktree", "list", "--porcelain").splitlines()
    commits |= {line.split()[1] for line in trees if line.startswith("HEAD ")}
    yield from dvc_file_texts(root, commits)


def dvc_file_texts(root: Path, commits: Iterable[str]) -> Iterator[str]:
    """Yield the text of each ``dvc.lock`` and ``.dvc`` file of some commits, each text once.

    A commit that the repository does not have is left out.
    """
    blobs = set()
    asked = "".join(f"{commit}\n" for commit in sorted(set(commits)))
    answers = git(root, "cat-file", "--batch-check=%(objecttype) %(objectname)", text=asked).splitlines()
    for commit in (answer.partition(" ")[2] for answer in answers if answer.startswith(("commit ", "tag "))):
        lines = (line.partition("\t") for line in git(root, "ls-tree", "-r", commit).splitlines())
        blobs |= {
            about.split()[2]
            for about, _, path in lines
            if any(Path(path.strip('"')).match(name) for name in DVC_FILES)
        }
    yield from (git(root, "cat-file", "blob", blob) for blob in sorted(blobs))


def _workspace_texts(root: Path) -> Iterator[str]:
    files = git(
        root,
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--",
        *DVC_FILES,
        *(f"**/{name}" for name in DVC_FILES),
    )
    for name in filter(None, files.split("\0")):
        with contextlib.suppress(FileNotFoundError):
            yield (root / name).read_text(encoding="utf-8", errors="replace")


def _folder_files(cache: DvcCache, named: Iterable[str]) -> set[str]:
    """Return the hashes of the files of folders. A folder without a listing has no files to keep."""
    files: set[str] = set()
    for oid in (oid for oid in named if oid.endswith(".dir")):
        contents: tuple[Content, ...] = (
            {"hash": "md5", "md5": oid},
            {"md5": oid},
        )  # DVC 3's, or else DVC 2's
        for content in contents:
            with contextlib.suppress(MissingObjectError):
                files.update(cache.listing(content).values())
                break
    return files


def _unnamed_objects(repo: Repo, named: set[str], *, before: float) -> dict[Path, int]:
    found = {}
    for odb in (repo.cache.local, repo.cache.legacy):
        for folder in Path(odb.path).glob("[0-9a-f][0-9a-f]"):
            for file in folder.iterdir():
                oid, about = folder.name + file.name, file.lstat()
                if OID.fullmatch(oid) and oid not in named and about.st_mtime < before:
                    found[file] = about.st_size
    return found
