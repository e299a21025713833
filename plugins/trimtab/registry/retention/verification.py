"""Verify that every live version could be rebuilt today: ledger, code, lock, data and model are intact.

The signature of each is verified too.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

from trimtab.errors import ModelError, ProjectError, RegistryError, RemoteError, StageError
from trimtab.pipeline.execution import graph_in
from trimtab.pipeline.git import git
from trimtab.pipeline.lock import LOCK_FILE as LOCK
from trimtab.pipeline.record import IntegrityChecker, find_required_objects
from trimtab.pipeline.worktree import WorkTree
from trimtab.registry.isolation import IsolationLog, open_listings, read_taint
from trimtab.registry.loading import (
    NO_PROJECT,
    download_locks,
    download_model,
    download_reference,
    has_registered_locks,
)
from trimtab.registry.rebuild import checkout_version
from trimtab.registry.retention.live_versions import find_live_versions
from trimtab.registry.retention.retention_policy import RetentionPolicy
from trimtab.registry.retention.signature_check import SignatureChecker
from trimtab.registry.tracking import (
    RESTORE,
    MlflowClient,
    Version,
    connection,
    require_model,
    require_server,
    temporary_folder,
    version_exists,
)
from trimtab.telemetry import instruments, record

SCHEMA = "trimtab.verification/1"
Part = Literal["ledger", "code", "lock", "data", "model", "signature"]
PARTS: tuple[Part, ...] = ("ledger", "code", "lock", "data", "model", "signature")


@dataclass(frozen=True)
class Problem:
    """Something that is lost or altered.

    Attributes:
        version: The version that it belongs to; ``None`` if it belongs to all.
        part: What it is a part of.
        what: What is wrong.
        fix: What to do about it.
    """

    version: int | None
    part: Part
    what: str
    fix: str

    def __str__(self) -> str:
        version = f"version {self.version}, " if self.version else ""
        return f"{version}{self.part}: {self.what}\n  to do: {self.fix}"


class Finding(NamedTuple):
    """A problem of one version; see :class:`Problem`."""

    part: Part
    what: str
    fix: str


@dataclass(frozen=True)
class Verification:
    """The result of a verification.

    Attributes:
        model: The registered model.
        live: Version to the reason why it is live.
        contents: Version to the number of outputs and data sources that were checked.
        deep: Whether the objects in remotes were read and hashed.
        problems: What is lost or altered.
        signatures: Version to the key that signed it: the name of a trusted public key; the fingerprint of
            another key, unverified; empty if it is not signed. A version that was not checked is missing.
    """

    model: str
    live: dict[int, str]
    contents: dict[int, int]
    deep: bool
    problems: tuple[Problem, ...]
    signatures: Mapping[int, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, object]:
        """Return the JSON of `trimtab verify --json`."""
        return {"schema": SCHEMA, **asdict(self)}


def verify(root: Path, model: str, policy: RetentionPolicy, *, deep: bool = False) -> Verification:
    """Check everything that the live versions of a model were made of, and that none of it is isolated.

    Args:
        root: The project's root.
        model: The registered model.
        policy: Which versions are live.
        deep: Read and hash the objects in remotes, instead of checking that they exist in the right size.

    Raises:
        ConfigError: The section ``signing`` of ``params.yaml`` cannot be used, or a public key is missing.
        MissingExtraError: It lists keys, and the extra ``signing`` is not installed.
        RegistryError: MLflow does not answer, or has no such model.
        RemoteError: A remote does not answer.
    """
    inspector, signatures = IntegrityChecker(deep=deep), SignatureChecker.of_checkout(root)
    with connection() as client:
        require_model(client, model)
        live = find_live_versions(client, model, policy)
        problems = [Problem(None, "ledger", problem, RESTORE) for problem in live.ledger.problems]
        problems += _check_repository(root)
        problems += _check_isolation(root, client, model, live.reasons)
        contents: dict[int, int] = {}
        for number in live.reasons:
            findings = _check_version(root, client, model, number, inspector, contents, signatures)
            problems += [Problem(number, *finding) for finding in findings]
    _record(model, problems)
    return Verification(model, dict(live.reasons), contents, deep, tuple(problems), signatures.found)


def _record(model: str, problems: Sequence[Problem]) -> None:
    """Record the number of problems of each part, for telemetry."""
    for part in PARTS:
        found = sum(problem.part == part for problem in problems)
        record(instruments.REGISTRY_PROBLEMS, found, {instruments.MODEL: model, instruments.PART: part})
    record(instruments.REGISTRY_VERIFIED, time.time(), {instruments.MODEL: model})


def _check_repository(root: Path) -> list[Problem]:
    """Let git hash every object of the repository."""
    try:
        git(root, "fsck", "--no-progress", "--no-dangling", "--no-reflogs")
    except ProjectError as err:
        fix = f"fetch the objects from another clone, or {RESTORE}"
        return [Problem(None, "code", f"the git repository is damaged. {err.what}", fix)]
    return []


def _check_isolation(root: Path, client: MlflowClient, model: str, live: Iterable[int]) -> Iterator[Problem]:
    """Yield a problem for each live version that comes from isolated data."""
    isolated = IsolationLog.read(client).isolated
    if not isolated:
        return
    with open_listings(root) as listings:
        for number in live:
            if not version_exists(client, model, number):  # a problem of its own
                continue
            try:
                taint = read_taint(client, Version.read(client, model, number), isolated, listings)
            except RemoteError:
                raise
            except RegistryError as err:
                require_server()
                yield Problem(number, "data", err.what, err.fix or RESTORE)
            else:
                if taint:
                    yield Problem(number, "data", taint.sentence, taint.fix)


def _check_version(
    root: Path,
    client: MlflowClient,
    model: str,
    number: int,
    inspector: IntegrityChecker,
    contents: dict[int, int],
    signatures: SignatureChecker,
) -> Iterator[Finding]:
    if not version_exists(client, model, number):
        yield Finding("model", "MLflow no longer has the version", RESTORE)
        return
    version = Version.read(client, model, number)

    def check_checkout() -> Iterator[Finding]:
        with checkout_version(root, client, version) as tree:
            yield from _check_lock_in_git(tree, version)
            needs = list(find_required_objects(tree, graph_in(tree)))
            contents[number] = len(needs)
            for need in needs:
                for fault in inspector.faults(tree, need):
                    yield Finding("data", f"'{fault.path}' {fault.what}", fault.fix)

    yield from _errors_as_findings("model", lambda: _check_model(version, signatures))
    yield from _errors_as_findings("lock", lambda: _check_run_files(client, version))
    yield from _errors_as_findings("code", check_checkout)


def _errors_as_findings(part: Part, check: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """Yield the findings of a check. An error of it is a finding too, if the server answers."""
    try:
        yield from check()
    except RemoteError:
        raise
    except (RegistryError, ModelError, ProjectError, StageError) as err:
        require_server()
        yield Finding(part, err.what, err.fix or RESTORE)


def _check_model(version: Version, signatures: SignatureChecker) -> Iterator[Finding]:
    with temporary_folder() as into:
        # It raises an error if a file is missing or altered. What is wrong with the signature is said apart.
        folder = download_model(version, into, NO_PROJECT)
        yield from _errors_as_findings("signature", lambda: _check_signature(version, folder, signatures))


def _check_signature(version: Version, folder: Path, signatures: SignatureChecker) -> Iterator[Finding]:
    signatures.check(version, folder)  # raises an error if it is missing or not valid
    yield from ()


def _check_run_files(client: MlflowClient, version: Version) -> Iterator[Finding]:
    """Compare lock files and reference profile of the version's run with those that were registered."""
    with temporary_folder() as into:
        download_locks(client, version, into)
        download_reference(client, version, into)
    yield from ()


def _check_lock_in_git(tree: WorkTree, version: Version) -> Iterator[Finding]:
    if not has_registered_locks(version, tree.root):
        yield Finding("lock", f"the {LOCK} of its commit differs from the one that was registered", RESTORE)
