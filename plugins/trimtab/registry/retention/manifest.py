"""The manifest of a backup: the file that names all other files of it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import PurePosixPath
from typing import NotRequired, Self, TypedDict

from trimtab.errors import RegistryError
from trimtab.registry.retention.backup_location import BackupLocation
from trimtab.registry.retention.object_names import BLOBS, OBJECTS, blob_name

SCHEMA = "trimtab.backup/1"
MLFLOW, ARTIFACTS, BUNDLE = "mlflow", "mlflow/artifacts", "project.bundle"  # paths in a restored folder
OBJECT_NAME = re.compile(
    rf"(({BLOBS}/[0-9a-f]{{2}}/[0-9a-f]{{62}})|(({OBJECTS}/)?[0-9a-f]{{2}}/[0-9a-f]{{30}}(\.dir)?))"
)
HEAD = re.compile(r"refs/heads/[^-\s~^:?*\[\\][^\s~^:?*\[\\]*|[0-9a-f]{40}|[0-9a-f]{64}")


class BackupFile(TypedDict):
    """A file of MLflow or git in a manifest.

    Attributes:
        sha256: Its SHA-256.
        size: Its size in bytes.
        stamp: ETag or modification time of an artifact; while it is the same, the artifact has not changed.
    """

    sha256: str
    size: int
    stamp: NotRequired[str]


@dataclass(frozen=True)
class BackupManifest:
    """The manifest of a backup.

    Attributes:
        model: The registered model.
        taken: Time of the backup: ISO 8601, UTC.
        live: Version to the reason why it was live.
        head: The branch or the commit that was checked out.
        prefix: The project's folder in its repository, with a slash at the end; empty if it is the top.
        files: Path in a restored folder to the file.
        objects: Name of an object of DVC in the backup location to its size.
        lacking: A sentence for each part of a live version that could not be backed up.
    """

    model: str
    taken: str
    live: Mapping[str, str]
    head: str
    prefix: str
    files: Mapping[str, BackupFile] = field(default_factory=dict)
    objects: Mapping[str, int] = field(default_factory=dict)
    lacking: Sequence[str] = ()

    @property
    def names(self) -> list[str]:
        """The names of all files of the backup in its location."""
        return [*(blob_name(file["sha256"]) for file in self.files.values()), *self.objects]

    @property
    def size(self) -> int:
        """Size of the backup in bytes."""
        return sum([*(int(file["size"]) for file in self.files.values()), *self.objects.values()])

    def to_json(self) -> bytes:
        """Return the manifest as the file in the backup location."""
        return json.dumps({"schema": SCHEMA, **asdict(self)}, sort_keys=True, indent=1).encode()

    @classmethod
    def read(cls, location: BackupLocation, *, name: str = "") -> Self | None:
        """Read the manifest of a backup, of the newest one if no name is given.

        Returns:
            ``None`` if the location has no backup.

        Raises:
            RegistryError: There is no backup of that name, or its manifest was altered or cannot be read.
        """
        known = location.list_backups()
        if name and name not in known:
            raise RegistryError(
                f"The location has no backup '{name}'",
                where=location.shown,
                fix=f"choose one of: {', '.join(known)}",
            )
        if not known:
            return None
        content = json.loads(location.read_manifest(name or known[-1]))
        if content.pop("schema") != SCHEMA:
            raise RegistryError("The backup has the format of another trimtab release", where=location.shown)
        try:
            manifest = cls(**content)
            manifest._check(location.shown)
        except (TypeError, KeyError, ValueError, AttributeError) as err:
            raise RegistryError(
                f"The manifest of the backup cannot be read: {err!r}", where=location.shown
            ) from err
        return manifest

    @classmethod
    def newest_of(cls, location: BackupLocation, model: str) -> tuple[str, Self] | None:
        """Return the newest backup of a model, with its name; None if the location has none of it.

        Raises:
            RegistryError: A manifest was altered or cannot be read.
        """
        for name in reversed(location.list_backups()):
            manifest = cls.read(location, name=name)
            if manifest and manifest.model == model:
                return name, manifest
        return None

    def _check(self, shown: str) -> None:
        """Refuse paths and names that no backup has: a restore writes to them, or hands them to git."""
        files = [path for path in self.files if path != BUNDLE and not _is_below(path, MLFLOW)]
        names = [name for name in self.names if not OBJECT_NAME.fullmatch(name)]
        prefix = [] if not self.prefix or _is_below(self.prefix.rstrip("/")) else [self.prefix]
        head = [] if HEAD.fullmatch(self.head) and ".." not in self.head else [self.head]
        for what, wrong in {"file": files, "object": names, "folder": prefix, "head": head}.items():
            if wrong:
                raise RegistryError(
                    f"The backup names a {what} that no backup has: {wrong[0]!r}",
                    where=shown,
                    fix="restore an earlier backup or another copy; nothing was written",
                )


def _is_below(path: str, folder: str = "") -> bool:
    """Whether a path is relative, has no ``..`` and lies in a folder, if one is given."""
    parts = PurePosixPath(path).parts
    is_plain = "/".join(parts) == path and not {"..", "/"} & set(parts) and not path.startswith("-")
    return is_plain and (not folder or parts[0] == folder)
