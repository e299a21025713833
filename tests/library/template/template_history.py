"""Git repositories for tests: a template with versions, and projects made from it."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from trimtab.pipeline.git import git

# A template of a few files, one of each owner.
SMALL = {
    "Makefile": "".join(f"target{number}:\n\ttrue\n" for number in range(10)),
    "README.md": "the template's own page\n",
    "benchmarks/engine.py": "print('upstream')\n",
    "dags/flights/training.py": "flights\n",
    "docs/gates.md": "gates\n",
    "params.yaml": "drift: {}\n",
    "pipelines/flights/train.py": "flights\n",
    "plugins/trimtab/old.py": "".join(f"line {number}\n" for number in range(20)),
    "plugins/trimtab/template/project/README.md": "a new project\n",
    "tests/library/test_old.py": "upstream\n",
    "tests/pipelines/__init__.py": "",
}
OWNERSHIP = """\
template: [Makefile, docs, plugins]
fork: [README.md, dags, params.yaml, pipelines, tests/pipelines]
upstream-only: [benchmarks, tests/library]
example: [dags/flights, params.yaml, pipelines/flights]
"""
IDENTITY = ("-c", "user.name=Test", "-c", "user.email=test@localhost")


@dataclass(frozen=True)
class Repository:
    """A git repository of a test."""

    root: Path

    def write(self, files: Mapping[str, str | bytes]) -> None:
        for path, content in files.items():
            file = self.root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content if isinstance(content, bytes) else content.encode())

    def replace(self, path: str, old: str, new: str) -> None:
        text = (self.root / path).read_text(encoding="utf-8")
        assert old in text
        (self.root / path).write_text(text.replace(old, new, 1), encoding="utf-8")

    def read(self, path: str) -> str:
        return (self.root / path).read_text(encoding="utf-8")

    def remove(self, *paths: str) -> None:
        git(self.root, "rm", "-r", "--quiet", "--", *paths)

    def commit(self, *, tag: str = "") -> str:
        git(self.root, "add", "--all")
        git(self.root, *IDENTITY, "commit", "--quiet", "--allow-empty", "--message", tag or "change")
        if tag:
            git(self.root, "tag", tag)
        return self.head

    @property
    def head(self) -> str:
        return git(self.root, "rev-parse", "HEAD")

    @property
    def status(self) -> list[str]:
        return git(self.root, "status", "--porcelain", strip=False).splitlines()


def init(root: Path, files: Mapping[str, str | bytes], *, tag: str = "") -> Repository:
    """Return a new repository with one commit."""
    root.mkdir(parents=True, exist_ok=True)
    git(root, "init", "--quiet", "--initial-branch", "main")
    repository = Repository(root)
    repository.write(files)
    repository.commit(tag=tag)
    return repository


def small_template(root: Path) -> Repository:
    """Return a small template whose first version is ``v1.0``."""
    return init(root, {**SMALL, "plugins/trimtab/template/ownership.yaml": OWNERSHIP}, tag="v1.0")


def clone(source: Repository, root: Path, *, version: str = "HEAD") -> Repository:
    """Return a clone on branch ``main``, as a fork on a server is."""
    subprocess.run(
        ["git", "clone", "--quiet", "--no-tags", "--shared", str(source.root), str(root)], check=True
    )
    git(root, "checkout", "--quiet", "-B", "main", git(source.root, "rev-parse", version))
    return Repository(root)
