"""An attempt to recover from the newest backup, in an empty place: what it finds, and how long it takes.

Nothing but the backup is used. DVC's remote is replaced by an empty folder, and MLflow is served from the
restored data. The commands are those that the on-call engineer would run.

A rebuild executes code of the backup, and whoever may write to the backup location can write a backup. So two
things are compared with this project before anything of the backup is executed: its branch has to be a commit
of the project, and its ledger the begin of the ledger that MLflow has. The ledger names the champion's seal,
and the seal its commit. See docs/decisions/0053.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from trimtab.errors import RemoteError, TrimtabError
from trimtab.params_sections import RecoveryPolicy
from trimtab.registry.ledger import Ledger
from trimtab.registry.rebuild import is_project_commit
from trimtab.registry.recovery.drill import duration_text
from trimtab.registry.recovery.readiness import moment
from trimtab.registry.recovery.restored_project import DrillError, RestoredProject
from trimtab.registry.recovery.restored_server import restored_server
from trimtab.registry.retention import (
    ARTIFACTS,
    MLFLOW,
    POSTGRESQL_COPY,
    SQLITE_COPY,
    BackupLocation,
    BackupManifest,
    empty_database,
    restore,
)

DATABASE_VARIABLE = "TRIMTAB_DRILL_DATABASE"
MOST_NAMED = 20  # problems of a verification, differences of a rebuild
NOTHING_EXECUTED = "Nothing of the backup was executed"


@dataclass
class RecoveryAttempt:
    """One try to recover, and what it has found so far.

    Attributes:
        root: The project's root.
        ledger: The ledger that MLflow has.
        location: The backup location.
        log_line: Called with each line that the commands print.
        started: When it began.
        problems: A sentence for each problem after which it could go on.
        backup: The name of the backup.
        manifest: Its manifest.
        champion: The version that is rebuilt.
        restore_seconds: Time until all files were checked and restored.
        recovery_seconds: Time until the champion was rebuilt and compared.
    """

    root: Path
    ledger: Ledger
    location: BackupLocation
    log_line: Callable[[str], None]
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    problems: list[str] = field(default_factory=list)
    backup: str = ""
    manifest: BackupManifest | None = None
    champion: int | None = None
    restore_seconds: float | None = None
    recovery_seconds: float | None = None

    def __post_init__(self) -> None:
        self._clock = time.monotonic()

    @property
    def copy_seconds(self) -> float | None:
        """How old the backup was when the attempt began; None if there is none."""
        return (self.started - moment(self.manifest.taken)).total_seconds() if self.manifest else None

    def restore_and_rebuild(self, place: Path) -> None:
        """Restore the newest backup into an empty folder, and rebuild the champion from it.

        Raises:
            DrillError: It is not possible; the message says why.
            RemoteError: The backup location does not answer.
        """
        with _as_drill_errors("The backup cannot be restored"):
            manifest = self._find_backup()
            database = _database(manifest)
            restored = restore(self.location, place / "restored", name=self.backup, database=database)
        self.restore_seconds = time.monotonic() - self._clock
        self.log_line(f"restored {len(manifest.names):,} files in {duration_text(self.restore_seconds)}")
        project = RestoredProject(restored.project, place, self.log_line)
        store = database or f"sqlite:///{place}/restored/{MLFLOW}/{SQLITE_COPY}"
        try:
            self._require_known_commit(project)
            project.disconnect()
            with (
                _as_drill_errors("The restored data cannot be used"),
                restored_server(store, place / "restored" / ARTIFACTS) as address,
            ):
                self._rebuild(project, address)
        finally:
            if database:
                empty_database(database)

    def missed_objectives(self, policy: RecoveryPolicy) -> Iterator[str]:
        """Yield a sentence if the backup was too old, and one if the recovery took too long."""
        age, taken = self.copy_seconds, self.recovery_seconds
        if age is not None and self.manifest and age > policy.max_copy_hours * 3600:
            yield (
                f"The newest backup is {duration_text(age)} old, of {self.manifest.taken[:16]}; "
                f"`recovery.max_copy_hours` allows {policy.max_copy_hours:g} hours"
            )
        if taken is not None and taken > policy.max_minutes * 60:
            yield (
                f"The recovery took {duration_text(taken)}; `recovery.max_minutes` allows "
                f"{policy.max_minutes:g} minutes"
            )

    def _find_backup(self) -> BackupManifest:
        newest = BackupManifest.newest_of(self.location, self.ledger.model)
        if newest is None:
            raise DrillError(f"The location has no backup of '{self.ledger.model}': {self.location.shown}")
        self.backup, self.manifest = newest
        self.problems += [f"The backup lacks a part: {sentence}" for sentence in self.manifest.lacking]
        return self.manifest

    def _rebuild(self, project: RestoredProject, address: str) -> None:
        model = ("--model", self.ledger.model)
        champion = self.champion = self._find_champion(project.call(address, "models", *model))
        verified = project.call(address, "verify", *model, accept=(0, 1))
        self.problems += [
            f"The restored copy has a problem: {_version(each)}{each['part']}: {each['what']}"
            for each in verified["problems"][:MOST_NAMED]
        ]
        rebuilt = project.call(address, "rebuild", str(champion), *model, accept=(0, 1, 2))
        self.recovery_seconds = time.monotonic() - self._clock
        if rebuilt["verdict"] == "differs":
            named = [each["what"] for each in rebuilt["differences"][:MOST_NAMED]]
            what = rebuilt["stopped"] or ", ".join(named)
            raise DrillError(f"Version {champion} was rebuilt from the backup, and differs: {what}")
        if rebuilt["verdict"] != "identical":
            raise DrillError(f"Version {champion} cannot be rebuilt from the backup: {rebuilt['what']}")

    def _find_champion(self, history: Any) -> int:
        """Return the champion of a backup whose ledger is the begin of the one that MLflow has."""
        entries = history["ledger"]
        known = [entry.hash for entry in self.ledger.entries][: len(entries)]
        if [entry["hash"] for entry in entries] != known:
            raise DrillError(
                "The ledger of the backup is not the begin of the ledger in MLflow: somebody else wrote the "
                f"backup, or one of them was changed. {NOTHING_EXECUTED}"
            )
        if not entries or entries[-1]["champion"] is None:
            raise DrillError("The backup has no champion, so that nothing can be rebuilt")
        champion = int(entries[-1]["champion"])
        if not entries[-1]["seal"]:
            raise DrillError(
                f"The ledger has no seal of version {champion}, so that its code cannot be compared: promote "
                f"it with `trimtab promote`. {NOTHING_EXECUTED}"
            )
        return champion

    def _require_known_commit(self, project: RestoredProject) -> None:
        """Refuse a backup whose branch is no commit of this project: its code must not be executed."""
        if not is_project_commit(self.root, project.head):
            raise DrillError(
                f"The backup has the commit {project.head[:12]} checked out, which this project does not "
                f"have: `git fetch` it, or somebody else wrote the backup. {NOTHING_EXECUTED}"
            )


def _database(manifest: BackupManifest) -> str:
    """Return the empty PostgreSQL database that the backup's is loaded into; empty for SQLite."""
    if f"{MLFLOW}/{POSTGRESQL_COPY}" not in manifest.files:
        return ""
    if not os.environ.get(DATABASE_VARIABLE):
        raise DrillError(
            f"The backup has a PostgreSQL database, and {DATABASE_VARIABLE} names no empty one for it"
        )
    return os.environ[DATABASE_VARIABLE]


def _version(problem: Any) -> str:
    return f"version {problem['version']}, " if problem["version"] else ""


@contextmanager
def _as_drill_errors(subject: str) -> Iterator[None]:
    """Raise an error about the backup's content as one of the drill. A location that is away is none."""
    try:
        yield
    except RemoteError:
        raise
    except TrimtabError as err:
        raise DrillError(f"{subject}: {err}") from err
