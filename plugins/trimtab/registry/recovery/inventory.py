"""The inventory: the copies of what a recovery needs, who owns it, and the rule 3-2-1-1-0 over them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from trimtab.errors import ProjectError
from trimtab.escaping import without_credentials
from trimtab.pipeline.git import git
from trimtab.registry.recovery.copy_rules import Copy, CopyRule, Part, apply_rules
from trimtab.registry.recovery.drill import Drill
from trimtab.registry.recovery.drill_log import read_drills
from trimtab.registry.recovery.recovery_policy import read_recovery_policy
from trimtab.registry.retention import (
    BACKUPS,
    BackupLocation,
    BackupManifest,
    Storage,
    find_live_versions,
    open_file_system,
    read_dvc_config,
    read_policy,
)
from trimtab.registry.tracking import connection, require_model, require_server

SCHEMA = "trimtab.inventory/1"
NOT_COVERED = (
    "credentials: .env, .dvc/config.local, the environment",
    "Airflow's database: DAG runs, connections, users",
    "data of versions that are not live",
)


@dataclass(frozen=True)
class BackedUp:
    """The newest backup of a location.

    Attributes:
        place: The location.
        taken: When it was taken: ISO 8601, UTC; empty if there is none of the model.
        bytes: Its size.
        missing: Live versions that it does not have, and parts that it lacks, as sentences.
        locked_until: Until when it is locked: ISO 8601, UTC; empty if it is not.
    """

    place: str
    taken: str
    bytes: int
    missing: tuple[str, ...]
    locked_until: str


@dataclass(frozen=True)
class Inventory:
    """The inventory of a model.

    Attributes:
        model: The registered model.
        owner: Who owns it; empty if nobody is named.
        criticality: How bad a loss is.
        live: Version to the reason why it is live.
        parts: What a recovery needs, with its copies.
        backups: The newest backup of each location.
        drill: The last drill; None if there was none.
        rules: The rule 3-2-1-1-0.
        not_covered: What no backup has.
    """

    model: str
    owner: str
    criticality: str
    live: dict[int, str]
    parts: tuple[Part, ...]
    backups: tuple[BackedUp, ...]
    drill: Drill | None
    rules: tuple[CopyRule, ...]
    not_covered: tuple[str, ...] = NOT_COVERED

    @property
    def complete(self) -> bool:
        """Whether each rule holds, somebody owns the model, and each backup has every live version."""
        return bool(self.owner) and all(rule.holds for rule in self.rules)

    def to_dict(self) -> dict[str, object]:
        """Return the JSON of `trimtab inventory --json`."""
        drill = self.drill.to_dict() if self.drill else None
        return {"schema": SCHEMA, **asdict(self), "drill": drill}


def take_inventory(root: Path, model: str, locations: Sequence[str]) -> Inventory:
    """Take the inventory of a model.

    Args:
        root: The project's root.
        model: The registered model.
        locations: Backup locations: folders, addresses, or names of DVC remotes.

    Raises:
        RegistryError: MLflow does not answer, or a manifest was altered.
        RemoteError: A location does not answer.
    """
    now, policy, config = datetime.now(UTC), read_recovery_policy(root), read_dvc_config(root)
    with connection() as client:
        require_model(client, model)
        live = dict(find_live_versions(client, model, read_policy(root)).reasons)
        drills = read_drills(client, model)
    opened = [BackupLocation.open(location, config=config) for location in locations]
    found = [(location, _read_backup(location, model, live)) for location in opened]
    whole = [(location.storage, backup) for location, backup in found if backup.taken and not backup.missing]
    copies = [
        Copy(backup.place, storage.medium, storage.off_site, backup.locked_until) for storage, backup in whole
    ]
    parts = (
        _part("code and records of runs", *_git_copies(root), *copies),
        _part("data and models of live versions", *_cache_copies(root), *copies),
        _part("MLflow: versions, ledger, verdicts, artifacts", _mlflow_copy(), *copies),
    )
    rules = tuple(apply_rules(parts, drills, policy, now))
    backups = tuple(backup for _, backup in found)
    drill = drills[0] if drills else None
    return Inventory(model, policy.owner, policy.criticality, live, parts, backups, drill, rules)


def _part(name: str, *copies: Copy) -> Part:
    """Return a part. A location that is DVC's remote and a backup location counts once, as the backup."""
    return Part(name, tuple({copy.place: copy for copy in copies}.values()))


def _read_backup(location: BackupLocation, model: str, live: dict[int, str]) -> BackedUp:
    """Return the newest backup of a location; it is not read, only its manifest is."""
    newest, place = BackupManifest.newest_of(location, model), without_credentials(location.shown)
    if newest is None:
        return BackedUp(place, "", 0, (f"there is no backup of {model}",), "")
    name, manifest = newest
    absent = [number for number in live if str(number) not in manifest.live]
    missing = [f"version {number}, which became live later" for number in absent]
    locked = location.locked_until(f"{BACKUPS}/{name}")
    until = locked.isoformat(timespec="seconds") if locked and locked > datetime.now(UTC) else ""
    return BackedUp(place, manifest.taken, manifest.size, (*missing, *manifest.lacking), until)


def _git_copies(root: Path) -> Iterator[Copy]:
    yield Copy(git(root, "rev-parse", "--show-toplevel"), "disk", off_site=False)
    for name in git(root, "remote").splitlines():
        try:
            url = git(root, "remote", "get-url", name)
        except ProjectError:
            continue
        # Host and path of `https://host/path`, or of scp's form `user@host:path`.
        host = urlsplit(url).hostname if "://" in url else url.partition(":")[0] if ":" in url else ""
        yield Copy(without_credentials(url), "git" if host else "disk", off_site=bool(host))


def _cache_copies(root: Path) -> Iterator[Copy]:
    from trimtab.pipeline.cache import cache_directory

    yield Copy(str(cache_directory(root)), "disk", off_site=False)
    config = read_dvc_config(root)
    if remote := config["core"].get("remote"):
        fs, path = open_file_system(remote, config)
        storage = Storage.of(fs)
        yield Copy(without_credentials(str(fs.unstrip_protocol(path))), storage.medium, storage.off_site)


def _mlflow_copy() -> Copy:
    address = require_server()
    storage = Storage.at(address)
    return Copy(address, storage.medium, storage.off_site)
