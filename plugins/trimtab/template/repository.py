"""A throw-away clone of the template's git repository, in which versions are found and trees are written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from trimtab.deprecations import Deprecations, read_deprecations
from trimtab.errors import ProjectError
from trimtab.pipeline.git import git
from trimtab.template.ownership import Ownership, read_ownership

OWNERSHIP_LIST = "plugins/trimtab/template/ownership.yaml"
DEPRECATIONS_LIST = "plugins/trimtab/deprecations.yaml"
RELEASE = re.compile(r"v?\d+(\.\d+)*")
NOBODY = {  # the commits of the clone are never part of a project's history
    f"GIT_{role}_{field}": value
    for role in ("AUTHOR", "COMMITTER")
    for field, value in (("NAME", "trimtab"), ("EMAIL", "trimtab@localhost"), ("DATE", "2000-01-01T00:00Z"))
}


@dataclass(frozen=True)
class TreeFile:
    """A file of a git tree.

    Attributes:
        path: Its path from the top.
        mode: Its mode, such as ``100644``.
        blob: The hash of its content.
    """

    path: str
    mode: str
    blob: str


@dataclass(frozen=True)
class TemplateRepository:
    """A bare clone of the template. It sees the objects of the project as well.

    Attributes:
        folder: The folder of the clone.
        source: The address or the folder that was cloned.
    """

    folder: Path
    source: str

    def find_version(self, version: str | None) -> str:
        """Return the commit of a version; without one, of the newest release, or of HEAD if none is tagged.

        Raises:
            ProjectError: The template has no such version.
        """
        tags = git(self.folder, "tag", "--list", "--sort=-version:refname").split()
        releases = [tag for tag in tags if RELEASE.fullmatch(tag)]
        name = version or next(iter(releases), "HEAD")
        commit = git(self.folder, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}", accept=(0, 1))
        if not commit:
            raise ProjectError(
                f"The template has no version '{name}'",
                where=self.source,
                fix=f"give a tag, a branch or a commit; releases: {', '.join(releases[:10]) or 'none'}",
            )
        return commit

    def describe(self, commit: str) -> str:
        """Return the name of a version: its tag, or the last tag before it with the distance."""
        return git(self.folder, "describe", "--tags", "--always", commit)

    def has_commit(self, commit: str) -> bool:
        """Whether the template or the project has a commit."""
        return bool(
            git(self.folder, "rev-parse", "--verify", "--quiet", f"{commit}^{{commit}}", accept=(0, 1, 128))
        )

    def common_commit(self, one: str, other: str) -> str | None:
        """Return the newest commit that two histories share; None if they share none."""
        return git(self.folder, "merge-base", one, other, accept=(0, 1)) or None

    def is_ancestor(self, older: str, newer: str) -> bool:
        """Whether the history of one commit contains another."""
        return self.common_commit(older, newer) == older

    def files(self, tree: str) -> dict[str, TreeFile]:
        """Return the files of a commit or tree by path, and its submodules."""
        output = git(self.folder, "ls-tree", "-r", "-z", "--full-tree", tree, strip=False)
        found = {}
        for line in filter(None, output.split("\0")):
            about, _, path = line.partition("\t")
            mode, _, blob = about.split()
            found[path] = TreeFile(path, mode, blob)
        return found

    def ownership(self, commit: str) -> Ownership:
        """Return the list of owners of a version; of a version before there was a list, this library's."""
        file = self._list(commit, OWNERSHIP_LIST)
        return read_ownership(file) if file else read_ownership()

    def deprecations(self, commit: str) -> Deprecations:
        """Return the deprecated names of a version; of a version before there was a list, this library's."""
        file = self._list(commit, DEPRECATIONS_LIST)
        return read_deprecations(file) if file else read_deprecations()

    def _list(self, commit: str, path: str) -> Path | None:
        """Return a copy of a file of a version; None if the version has no such file."""
        if not git(self.folder, "ls-tree", "--full-tree", commit, "--", path):
            return None
        copy = self.folder / f"{commit}-{Path(path).name}"
        copy.write_text(git(self.folder, "cat-file", "blob", f"{commit}:{path}"), encoding="utf-8")
        return copy

    def read(self, file: TreeFile) -> str:
        """Return the text of a file."""
        return git(self.folder, "cat-file", "blob", file.blob, strip=False)

    def write_file(self, path: str, text: str) -> TreeFile:
        """Store a text, and return the file with it."""
        return TreeFile(path, "100644", git(self.folder, "hash-object", "-w", "--stdin", text=text))

    def write_commit(self, files: Iterable[TreeFile], *parents: str) -> str:
        """Store a commit of some files."""
        index = self.folder / "index.trimtab"
        index.unlink(missing_ok=True)
        env = {"GIT_INDEX_FILE": str(index)}
        lines = "".join(f"{file.mode} {file.blob}\t{file.path}\0" for file in files)
        git(self.folder, "update-index", "-z", "--index-info", env=env, text=lines)
        tree = git(self.folder, "write-tree", env=env)
        options = [word for parent in parents for word in ("-p", parent)]
        return git(self.folder, "commit-tree", tree, *options, "-m", "trimtab", env=NOBODY)

    def send(self, commit: str, project: Path) -> None:
        """Copy a commit and its objects into the project's repository. No branch or tag of it changes."""
        git(self.folder, "update-ref", "refs/heads/trimtab-send", commit)
        git(
            project, "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", str(self.folder),
            "refs/heads/trimtab-send",
        )  # fmt: skip


@contextmanager
def clone_template(source: str, *, project: Path | None = None) -> Iterator[TemplateRepository]:
    """Clone the template into a temporary folder.

    Args:
        source: The address or the folder of its git repository.
        project: A project whose objects the clone sees as well.

    Raises:
        ProjectError: git cannot clone it.
    """
    with TemporaryDirectory(prefix="trimtab-template-") as temporary:
        folder = Path(temporary) / "template.git"
        shared: list[str] = []
        if Path(source).is_dir():
            source, shared = str(Path(source).resolve()), ["--shared"]  # without a copy of its objects
        git(Path(temporary), "clone", "--quiet", "--bare", *shared, "--", source, str(folder))
        if project:
            objects = project / git(project, "rev-parse", "--git-path", "objects")
            with (folder / "objects" / "info" / "alternates").open("a", encoding="utf-8") as alternates:
                alternates.write(f"{objects.resolve()}\n")
        yield TemplateRepository(folder, source)
