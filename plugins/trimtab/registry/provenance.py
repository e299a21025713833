"""What a version says of how it was made: commit, uncommitted changes, params, lock, what was installed."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from trimtab.errors import RegistryError
from trimtab.pipeline.lockfile import NAME as LOCK
from trimtab.pipeline.revision import git
from trimtab.registry.environment import ENVIRONMENT, environment_lock
from trimtab.registry.origin import RESTORE, commit_of, fetch, is_lock_of
from trimtab.registry.patch import PATCH
from trimtab.registry.version import TAG_PREFIX, Version

LAID_OUT = (LOCK, "params.yaml")  # over the commit: a run may have set params


@dataclass(frozen=True)
class Provenance:
    """What a version was made from.

    Attributes:
        version: The version.
        commit: A commit that the repository holds: the run's record, or else the one it ran from.
        files: By name, what is laid out over the commit.
        patch: What was not committed; ``None`` if the commit holds all.
        environment: What was installed, one package a line; empty if that was not written down.
    """

    version: Version
    commit: str
    files: Mapping[str, Path]
    patch: Path | None
    environment: tuple[str, ...]

    @classmethod
    def fetch(cls, client: Any, version: Version, root: Path, *, into: Path) -> Self:
        """Download what the registry holds, and find the commit.

        Args:
            client: MLflow's.
            version: The version.
            root: The project's root, in a git repository.
            into: Folder for the downloaded files.

        Raises:
            RegistryError: The repository does not hold the commit, or the lock is not the one on record.
        """
        commit, whole = commit_of(root, version)
        held = {file.path for file in client.list_artifacts(version.run_id)}
        patch = not whole and version.tags.get(f"{TAG_PREFIX}uncommitted")
        wanted = [*LAID_OUT, *([ENVIRONMENT] if ENVIRONMENT in held else []), *([PATCH] if patch else [])]
        files = {name: Path(fetch(client, version, name, str(into))) for name in wanted}
        _require_lock(version, files[LOCK])
        lines = files[ENVIRONMENT].read_text(encoding="utf-8").splitlines() if ENVIRONMENT in files else []
        return cls(version, commit, {name: files[name] for name in LAID_OUT}, files.get(PATCH), tuple(lines))

    def lay_out(self, project: Path) -> None:
        """Make a checkout of the commit what the version was made from.

        Args:
            project: The checkout's root, the folder with ``.dvc``.

        Raises:
            ProjectError: The patch does not apply.
        """
        if self.patch:
            top = Path(git(project, "rev-parse", "--show-toplevel"))
            git(top, "apply", "--whitespace=nowarn", str(self.patch))
        for name, file in self.files.items():
            shutil.copy(file, project / name)

    def warnings(self) -> Iterator[str]:
        """Say how what is installed differs from what was."""
        if not self.environment:
            yield f"{self.version} does not say what was installed when it was made"
            return
        was, now = _packages(self.environment), _packages(environment_lock().splitlines())
        for name in sorted(was.keys() | now.keys()):
            if was.get(name) != now.get(name):
                yield f"{name} was {was.get(name, 'not installed')}, is {now.get(name, 'not installed')}"


def _require_lock(version: Version, file: Path) -> None:
    if not is_lock_of(version, file):
        raise RegistryError(
            f"The dvc.lock kept with {version} is not the one it was registered with",
            where=f"MLflow: run {version.run_id}, tag {TAG_PREFIX}lock_hash",
            fix=RESTORE,
        )


def _packages(lines: Iterable[str]) -> dict[str, str]:
    """Map packages to versions; the comment at the top says which Python, on which machine."""
    found = {}
    for line in lines:
        name, pinned, version = line.removeprefix("# ").partition("==")
        found[name if pinned else name.partition(" ")[0]] = version if pinned else name.partition(" ")[2]
    return found
