"""Objects of DVC's cache that nothing names any more: found, and removed beside runs that go on.

``dvc gc`` knows the workspace and git's branches and tags. What it cannot know is here: records of runs,
which are commits without a branch, and what runs that go on rely on (leases). A text that names a hash keeps
it, whatever it says of it: too much is kept rather than too little.
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
from trimtab.pipeline.cache.cache import MissingContentError, Store
from trimtab.pipeline.cache.leases import removing
from trimtab.pipeline.dvc_errors import refusals
from trimtab.pipeline.git import git

if TYPE_CHECKING:
    from dvc.repo import Repo

OID = re.compile(r"\b[0-9a-f]{32}(?:\.dir)?\b")
NAMES = ("dvc.lock", "*.dvc")  # the files that name contents
OWN_REFS = ("refs/trimtab/",)
DAY = 24 * 3600  # seconds


@dataclass(frozen=True)
class Unused:
    """Objects that nothing names.

    Attributes:
        objects: File to size in bytes.
        passed_over: Why none are looked for, if so.
    """

    objects: dict[Path, int]
    passed_over: str = ""


@contextlib.contextmanager
def unused_objects(root: Path, kept: Iterable[str], *, days: int) -> Iterator[Unused]:
    """Find objects of the project's cache that can go; as long as the context is open, none gets a user.

    Kept is what is named in ``kept``, in the workspace, at the tip of any branch or tag, in an experiment of
    DVC's own, or by a run of the last days; and what has been written since.

    Args:
        root: The project's root.
        kept: Texts that name what else is kept, such as ``dvc.lock`` of a registered version.
        days: How long a run may take.

    Raises:
        ProjectError: Another DVC command, or another removal, is under way.
    """
    from dvc.repo import Repo

    root = root.resolve()
    where = f"{root}: nothing has been removed"
    with contextlib.chdir(root), Repo(str(root)) as repo:
        folder = Path(repo.cache.local.path).resolve()
        if not folder.is_relative_to(root):
            yield Unused({}, f"the cache {folder} lies outside the project, and may be other projects' too")
            return
        with contextlib.ExitStack() as stack:
            with refusals(ProjectError, where=where, fix="wait until the other command is done"):
                stack.enter_context(repo.lock)
            leased = stack.enter_context(removing(root, days=days))
            texts = [*kept, *_texts_of_git(root), *_texts_of_workspace(root)]
            named = {oid for text in texts for oid in OID.findall(text)} | leased
            yield Unused(_find(repo, named | _members(Store(repo), named), before=time.time() - days * DAY))


def _texts_of_git(root: Path) -> Iterator[str]:
    """Yield what branches, tags, worktrees and DVC's own experiments name; of several that say it, once."""
    listed = git(root, "for-each-ref", "--format=%(objectname) %(authoremail) %(refname)")
    commits = {
        sha
        for sha, author, ref in (line.split(" ", 2) for line in listed.splitlines())
        if not ref.startswith(OWN_REFS)
        and not (ref.startswith("refs/exps/") and author == "<trimtab@localhost>")
    }
    trees = git(root, "worktree", "list", "--porcelain").splitlines()
    commits |= {line.split()[1] for line in trees if line.startswith("HEAD ")}
    yield from texts_at(root, commits)


def texts_at(root: Path, commits: Iterable[str]) -> Iterator[str]:
    """Yield the texts that name contents at commits, each once; those of other repositories are left out."""
    blobs = set()
    asked = "".join(f"{commit}\n" for commit in sorted(set(commits)))
    answers = git(root, "cat-file", "--batch-check=%(objecttype) %(objectname)", text=asked).splitlines()
    for commit in (answer.partition(" ")[2] for answer in answers if answer.startswith(("commit ", "tag "))):
        lines = (line.partition("\t") for line in git(root, "ls-tree", "-r", commit).splitlines())
        blobs |= {
            about.split()[2]
            for about, _, path in lines
            if any(Path(path.strip('"')).match(name) for name in NAMES)
        }
    yield from (git(root, "cat-file", "blob", blob) for blob in sorted(blobs))


def _texts_of_workspace(root: Path) -> Iterator[str]:
    files = git(
        root, "ls-files", "-z", "--cached", "--others", "--", *NAMES, *(f"**/{name}" for name in NAMES)
    )
    for name in filter(None, files.split("\0")):
        with contextlib.suppress(FileNotFoundError):
            yield (root / name).read_text(encoding="utf-8", errors="replace")


def _members(store: Store, named: Iterable[str]) -> set[str]:
    """The files of folders that are named; of one whose listing is nowhere, there is nothing to keep."""
    found: set[str] = set()
    for oid in (oid for oid in named if oid.endswith(".dir")):
        for content in ({"hash": "md5", "md5": oid}, {"md5": oid}):  # DVC 3's, or else DVC 2's
            with contextlib.suppress(MissingContentError):
                found.update(store.listing(content).values())
                break
    return found


def _find(repo: Repo, named: set[str], *, before: float) -> dict[Path, int]:
    found = {}
    for odb in (repo.cache.local, repo.cache.legacy):
        for folder in Path(odb.path).glob("[0-9a-f][0-9a-f]"):
            for file in folder.iterdir():
                oid, about = folder.name + file.name, file.lstat()
                if OID.fullmatch(oid) and oid not in named and about.st_mtime < before:
                    found[file] = about.st_size
    return found
