"""Whether a version comes from isolated data: by its lock files, which were sealed when it was registered."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from trimtab.errors import RegistryError, RemoteError, StageError
from trimtab.pipeline.lock import Content
from trimtab.registry.isolation.folder_listings import FolderListings, open_listings
from trimtab.registry.isolation.isolation_entry import IsolationEntry
from trimtab.registry.isolation.isolation_log import IsolationLog
from trimtab.registry.isolation.lock_contents import LockedStage, locked_stages, tainted_stages
from trimtab.registry.loading import download_locks
from trimtab.registry.tracking import MlflowClient, TagName, Version, temporary_folder

# Tags that name a commit, and the form of its name.
COMMIT_TAGS: tuple[TagName, ...] = ("record", "snapshot", "git_revision")
COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
RELEASE = "`trimtab isolate {hash} --undo --reason '…'` releases the data if it is sound after all"


@dataclass(frozen=True)
class Taint:
    """Why a version is tainted.

    Attributes:
        version: The version, for people.
        entry: The entry that isolated the data.
        path: The path that held the data, if its lock was read.
        stage: The stage that read or wrote it, likewise.
    """

    version: str
    entry: IsolationEntry
    path: str = ""
    stage: str = ""

    @property
    def sentence(self) -> str:
        """Why, in one sentence without a full stop."""
        of = f" ({self.path} of stage '{self.stage}')" if self.stage else ""
        entry = self.entry
        return (
            f"{self.version} was made from {entry.short_hash}…{of}, which {entry.by} isolated on "
            f"{entry.at[:10]}: {entry.reason}"
        )

    @property
    def fix(self) -> str:
        """What to do."""
        return (
            "train without that data; `trimtab isolate` lists what is isolated; "
            f"{RELEASE.format(hash=self.entry.hash)}"
        )


def find_taint(client: MlflowClient, version: Version, root: Path | None) -> Taint | None:
    """Return why a version is tainted; None if no isolated data is in its lineage.

    Args:
        client: MLflow's client.
        version: The version.
        root: A project whose cache or remote has the listings of folders; they are read only while data is
            isolated.

    Raises:
        RegistryError: It cannot be known: the log, the version's lock or a listing is lost or altered.
        RemoteError: A remote does not answer.
    """
    log = IsolationLog.read(client)
    if not log.isolated:
        return None
    if listed := find_listed_taint(log, version.name, version.version):
        return listed
    with open_listings(root) as listings:
        return read_taint(client, version, log.isolated, listings)


def find_listed_taint(log: IsolationLog, model: str, number: int | None) -> Taint | None:
    """Return why a version is tainted, by what the log lists; no lock is read.

    Args:
        log: The isolation log.
        model: The registered model.
        number: The version; None if there is none.
    """
    for entry in log.isolated.values():
        if number in entry.versions.get(model, []):
            return Taint(f"{model} version {number}", entry)
    return None


def read_taint(
    client: MlflowClient,
    version: Version,
    isolated: Mapping[str, IsolationEntry],
    listings: FolderListings,
) -> Taint | None:
    """Return why a version is tainted, by its lock files.

    Args:
        client: MLflow's client.
        version: The version.
        isolated: Hash to the entry that isolated it.
        listings: The files of folders.

    Raises:
        RegistryError: The lock or a listing is lost or altered.
        RemoteError: A remote does not answer.
    """
    with temporary_folder() as into:
        stages = locked_stages(download_locks(client, version, into))
    own = [stage for stage in stages if _is_of(version, stage)]
    commits = [commit for name in COMMIT_TAGS if COMMIT.fullmatch(commit := version.tag(name))]

    def files(path: str, content: Content) -> Collection[str]:
        return listings.files(path, content, commits).values()

    try:
        hit = next(tainted_stages(own, isolated, files), None)
    except RemoteError:
        raise
    except (StageError, OSError) as err:
        raise RegistryError(
            f"It is not known whether {version} comes from isolated data: {err}",
            where=f"MLflow: {version.uri}",
            fix="run this in the project of the model, and `dvc fetch` or `trimtab restore` the folder",
        ) from err
    if hit is None:
        return None
    stage, path, hash_ = hit
    return Taint(str(version), isolated[hash_], path, stage.name)


def _is_of(version: Version, stage: LockedStage) -> bool:
    """Whether a version comes from a stage of its lock. Earlier releases do not say: then it may."""
    recorded = version.tag("stages")
    return not recorded or stage.name in json.loads(recorded)


def require_untainted(client: MlflowClient, version: Version, root: Path | None) -> None:
    """Refuse a version that comes from isolated data.

    Raises:
        RegistryError: It does, or it cannot be known.
        RemoteError: A remote does not answer.
    """
    taint = find_taint(client, version, root)
    if taint:
        raise RegistryError(
            taint.sentence, where=f"MLflow: {version.uri}", fix=f"{taint.fix}; the champion has not changed"
        )
