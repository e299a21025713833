"""Remove the example and what is upstream's alone from a clone of the template, which makes it a fork."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from trimtab.atomic_write import write_text_atomically
from trimtab.errors import ProjectError
from trimtab.pipeline.git import git
from trimtab.template.ownership import read_ownership

PROJECT_FILES = Path(__file__).with_name("project")  # files that take the place of those of the template
PYPROJECT = "pyproject.toml"
# The group of the packages of stage code. A requirement may have an extra: the list ends where a line does.
PACKAGES = re.compile(r"^project = \[.*?\](?=[ \t]*(?:#[^\n]*)?$)", re.M | re.S)


@dataclass(frozen=True)
class Removal:
    """What removing the example changes in a clone.

    Attributes:
        top: The top of the repository.
        files: The tracked files that are removed.
        replaced: The files whose content becomes that of a new project.
        leftovers: Files below the removed folders that git ignores: data, models and reports of the example.
    """

    top: Path
    files: Sequence[str]
    replaced: Sequence[str]
    leftovers: Sequence[str]

    def summary(self) -> list[tuple[str, str]]:
        """Return what happens to each folder or file at the top, for a person."""
        counts = Counter(map(_shown, self.files))
        rows = [(path, "file" if path in self.files else _count(counts[path])) for path in counts]
        if self.leftovers:
            rows.append(("generated data, models and reports", _count(len(self.leftovers))))
        return rows

    def apply(self) -> None:
        """Remove the files and stage the change in git. Nothing is committed; DVC's cache stays."""
        git(self.top, "rm", "-r", "--quiet", "--force", "--pathspec-from-file=-", text=_pathspec(self.files))
        for path in self.leftovers:
            (self.top / path).unlink(missing_ok=True)
        for path in {*self.files, *self.leftovers}:
            _remove_empty_folders(self.top, PurePosixPath(path).parent)
        for path in self.replaced:
            write_text_atomically(self.top / path, _new_content(self.top, path))
        git(self.top, "add", "--", *self.replaced)


def plan_removal(folder: Path) -> Removal:
    """Return what removing the example changes, in the repository that contains a folder.

    Raises:
        ProjectError: There is no example, or what is removed or replaced has uncommitted changes.
    """
    top = Path(git(folder, "rev-parse", "--show-toplevel"))
    ownership = read_ownership()
    files = [path for path in _listed(top, "--cached") if ownership.is_removed(path)]
    if not files:
        raise ProjectError(
            "The repository has no example",
            where=str(top),
            fix="nothing is to be done: `trimtab new` makes a pipeline",
        )
    replaced = [*_project_files(), PYPROJECT]
    _refuse_changes(top, replaced)
    ignored = _listed(top, "--others", "--ignored", "--exclude-standard")
    return Removal(top, files, replaced, [path for path in ignored if ownership.is_removed(path)])


def _refuse_changes(top: Path, replaced: Sequence[str]) -> None:
    ownership = read_ownership()
    status = git(top, "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", strip=False)
    changed = [entry[3:] for entry in status.split("\0") if entry]
    lost = [path for path in changed if ownership.is_removed(path) or path in replaced]
    if lost:
        more = f" and {len(lost) - 1} more" if len(lost) > 1 else ""
        raise ProjectError(
            f"What would be removed has uncommitted changes: {lost[0]}{more}",
            where=str(top),
            fix="commit or stash them, or move your files elsewhere; nothing was removed",
        )


def _listed(top: Path, *options: str) -> list[str]:
    return [path for path in git(top, "ls-files", "-z", *options, strip=False).split("\0") if path]


def _project_files() -> list[str]:
    files = (path for path in PROJECT_FILES.rglob("*") if path.is_file())
    return sorted(path.relative_to(PROJECT_FILES).as_posix() for path in files)


def _new_content(top: Path, path: str) -> str:
    if path != PYPROJECT:
        return (PROJECT_FILES / path).read_text(encoding="utf-8")
    text = (top / path).read_text(encoding="utf-8")
    return PACKAGES.sub("project = []", text)


def _pathspec(files: Sequence[str]) -> str:
    return "\n".join(f":(top,literal){path}" for path in files)


def _count(files: int) -> str:
    return f"{files} file{'s' if files > 1 else ''}"


def _shown(path: str) -> str:
    """Return what a path is shown as: the entry of the list of owners that it belongs to."""
    return read_ownership().removed_entry(path) or path


def _remove_empty_folders(top: Path, folder: PurePosixPath) -> None:
    """Remove a folder that is empty, but for what Python has compiled, and those above it."""
    while folder.parts:
        path = top / folder
        shutil.rmtree(path / "__pycache__", ignore_errors=True)
        if not path.is_dir() or any(path.iterdir()):
            return
        path.rmdir()
        folder = folder.parent
