"""What a backup is made of: the one file of it that names all others."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Self

from trimtab.errors import RegistryError
from trimtab.registry.retention.backup_location import BACKUPS, BLOBS, OBJECTS, Vault, blob_name

SCHEMA = "trimtab.backup/1"
MLFLOW, FILES, BUNDLE = "mlflow", "mlflow/artifacts", "project.bundle"  # in a restored folder
NAMED = re.compile(
    rf"(({BLOBS}/[0-9a-f]{{2}}/[0-9a-f]{{62}})|(({OBJECTS}/)?[0-9a-f]{{2}}/[0-9a-f]{{30}}(\.dir)?))"
)
HEAD = re.compile(r"refs/heads/[^-\s~^:?*\[\\][^\s~^:?*\[\\]*|[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True)
class Backup:
    """What a backup is made of.

    Attributes:
        model: The registered model.
        taken: When, ISO 8601, UTC.
        live: Version to why it was live.
        head: The branch, or the commit, that was checked out.
        prefix: The project's folder in its repository, with a slash behind it; empty if it is the top.
        files: Path in a restored folder to the file's SHA-256, size and, of an artifact, what tells that it
            has not changed since.
        objects: DVC's contents: name in the vault to size.
        lacking: What of live versions could not be had, in sentences.
    """

    model: str
    taken: str
    live: Mapping[str, str]
    head: str
    prefix: str
    files: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    objects: Mapping[str, int] = field(default_factory=dict)
    lacking: Sequence[str] = ()

    @property
    def names(self) -> list[str]:
        """All it is made of, by name in the vault."""
        return [*(blob_name(file["sha256"]) for file in self.files.values()), *self.objects]

    @property
    def size(self) -> int:
        """In bytes."""
        return sum([*(int(file["size"]) for file in self.files.values()), *self.objects.values()])

    @classmethod
    def newest(cls, vault: Vault, *, name: str = "") -> Self | None:
        """Read a backup; the newest one, if not named.

        Raises:
            RegistryError: There is none of that name, or it was altered.
        """
        known = vault.backups()
        if name and name not in known:
            raise RegistryError(
                f"There is no backup '{name}'", where=vault.shown, fix=f"known: {', '.join(known)}"
            )
        if not known:
            return None
        held = json.loads(vault.read(f"{BACKUPS}/{name or known[-1]}"))
        if held.pop("schema") != SCHEMA:
            raise RegistryError("The backup is of another version of trimtab", where=vault.shown)
        try:
            backup = cls(**held)
            backup._check(vault.shown)
        except (TypeError, KeyError, ValueError, AttributeError) as err:
            raise RegistryError(f"The backup cannot be read: {err!r}", where=vault.shown) from err
        return backup

    def _check(self, shown: str) -> None:
        """Refuse what no backup says: it is written, and handed to git, where it is restored."""
        files = [path for path in self.files if path != BUNDLE and not _is_below(path, MLFLOW)]
        names = [name for name in self.names if not NAMED.fullmatch(name)]
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
    """Whether a path is a plain one that leads nowhere else, in a folder if one is given."""
    parts = PurePosixPath(path).parts
    plain = "/".join(parts) == path and not {"..", "/"} & set(parts) and not path.startswith("-")
    return plain and (not folder or parts[0] == folder)
