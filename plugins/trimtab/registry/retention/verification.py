"""Whether every live version could be had again today: its code, lock, data and model, unaltered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from trimtab.errors import ModelError, ProjectError, RegistryError, RemoteError, StageError
from trimtab.pipeline.execution import graph_in
from trimtab.pipeline.git import git
from trimtab.pipeline.lock import LOCK_FILE as LOCK
from trimtab.pipeline.record import IntegrityChecker, find_required_objects
from trimtab.pipeline.worktree import WorkTree
from trimtab.registry.loading import download, download_reference
from trimtab.registry.rebuild import checkout_of, fetch_locks, has_locks_of
from trimtab.registry.retention.live_versions import live_versions
from trimtab.registry.retention.retention_policy import RetentionPolicy
from trimtab.registry.tracking import RESTORE, Version, connection, is_there, require_model, require_server

SCHEMA = "trimtab.verification/1"
PARTS = ("ledger", "code", "lock", "data", "model")


@dataclass(frozen=True)
class Problem:
    """Something that is lost or altered.

    Attributes:
        version: Of which version; ``None`` if of all.
        part: ``ledger``, ``code``, ``lock``, ``data`` or ``model``.
        what: What is wrong.
        fix: What to do about it.
    """

    version: int | None
    part: str
    what: str
    fix: str

    def __str__(self) -> str:
        whose = f"version {self.version}, " if self.version else ""
        return f"{whose}{self.part}: {self.what}\n  to do: {self.fix}"


@dataclass(frozen=True)
class Verification:
    """What looking at every live version has found.

    Attributes:
        model: The registered model.
        live: Version to why it is live.
        contents: Version to the number of outputs and pieces of data looked at.
        deep: Whether what the remotes have was read and hashed.
        problems: What is wrong.
    """

    model: str
    live: dict[int, str]
    contents: dict[int, int]
    deep: bool
    problems: tuple[Problem, ...]

    def plain(self) -> dict[str, Any]:
        """Return plain, JSON-ready values."""
        return {"schema": SCHEMA, **asdict(self)}


def verify(root: Path, model: str, policy: RetentionPolicy, *, deep: bool = False) -> Verification:
    """Look at everything that the live versions of a model were made of.

    Args:
        root: The project's root.
        model: The registered model.
        policy: What is live.
        deep: Read and hash what the remotes have, instead of asking whether it is there in the right size.

    Raises:
        RegistryError: MLflow does not answer, or holds no such model.
        RemoteError: A remote does not answer.
    """
    inspector = IntegrityChecker(deep=deep)
    with connection() as client:
        require_model(client, model)
        live = live_versions(client, model, policy)
        problems = [Problem(None, "ledger", problem, RESTORE) for problem in live.ledger.problems]
        problems += _of_repository(root)
        contents: dict[int, int] = {}
        for number in live.reasons:
            found = list(_of_version(root, client, model, number, inspector, contents))
            problems += [Problem(number, part, what, fix) for part, what, fix in found]
    return Verification(model, dict(live.reasons), contents, deep, tuple(problems))


Finding = tuple[str, str, str]  # part, what, fix


def _of_repository(root: Path) -> list[Problem]:
    """Have git hash every object it holds."""
    try:
        git(root, "fsck", "--no-progress", "--no-dangling", "--no-reflogs")
    except ProjectError as err:
        fix = f"fetch the objects from another clone, or {RESTORE}"
        return [Problem(None, "code", f"git finds damage. {err.what}", fix)]
    return []


def _of_version(
    root: Path, client: Any, model: str, number: int, inspector: IntegrityChecker, contents: dict[int, int]
) -> Iterator[Finding]:
    if not is_there(client, model, number):
        yield "model", "MLflow does not have it any more", RESTORE
        return
    version = Version.read(client, model, number)
    yield from _found("model", lambda: _model(version))
    yield from _found("lock", lambda: _files(client, version))

    def checkout() -> Iterator[Finding]:
        with checkout_of(root, client, version) as tree:
            yield from _lock_in_git(tree, version)
            needs = list(find_required_objects(tree, graph_in(tree)))
            contents[number] = len(needs)
            for need in needs:
                for fault in inspector.faults(tree, need):
                    yield "data", f"'{fault.path}' {fault.what}", fault.fix

    yield from _found("code", checkout)


def _found(part: str, look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """Yield what a look finds; what it cannot get at is a finding too, if the server is up."""
    try:
        yield from look()
    except RemoteError:
        raise
    except (RegistryError, ModelError, ProjectError, StageError) as err:
        require_server()
        yield part, err.what, err.fix or RESTORE


def _model(version: Version) -> Iterator[Finding]:
    with TemporaryDirectory(prefix="trimtab-") as into:
        download(version, Path(into))  # compares; what it refuses is the finding
    yield from ()


def _files(client: Any, version: Version) -> Iterator[Finding]:
    """Compare what the version's run holds and is read again: its lock, and the reference of drift."""
    with TemporaryDirectory(prefix="trimtab-") as into:
        fetch_locks(client, version, Path(into))
        download_reference(client, version, Path(into))
    yield from ()


def _lock_in_git(tree: WorkTree, version: Version) -> Iterator[Finding]:
    if not has_locks_of(version, tree.root):
        yield "lock", f"the {LOCK} of its commit is not the one that was registered", RESTORE
