"""Isolate a content: mark it as tainted, name what came of it; and release it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from trimtab.registry.isolation import IsolationEntry, IsolationLog, normalize_hash
from trimtab.registry.recovery.affected import Affected, find_affected
from trimtab.registry.tracking import connection


@dataclass(frozen=True)
class Isolated:
    """A content that was isolated or released.

    Attributes:
        entry: The entry of the isolation log.
        affected: What came of the content.
    """

    entry: IsolationEntry
    affected: Affected

    def to_dict(self) -> dict[str, object]:
        """Return the JSON of `trimtab isolate --json`."""
        return {"entry": self.entry.model_dump(mode="json"), **self.affected.to_dict()}


def isolate(hash_: str, *, by: str, reason: str, roots: Mapping[str, Path], default: Path) -> Isolated:
    """Mark a content as tainted, and name what came of it.

    From then on no version that came of it is promoted, and `trimtab verify` and `trimtab status` fail while
    one is live. Nothing is deleted.

    Args:
        hash_: The MD5 of a file or a folder, as `dvc.lock` has it.
        by: The user.
        reason: Why.
        roots: Model to the root of the pipeline that declares it.
        default: The root for other models.

    Raises:
        ConfigError: It is no hash.
        RegistryError: It is isolated already, or the server does not answer.
    """
    content = normalize_hash(hash_)
    with connection() as client:
        log = IsolationLog.read(client)
        affected = find_affected(client, content, roots, default)
        entry = log.append(client, content, "isolated", by=by, reason=reason, versions=affected.live)
        return Isolated(entry, affected)


def release(hash_: str, *, by: str, reason: str) -> IsolationEntry:
    """Release a content that was isolated: it is sound after all.

    Args:
        hash_: As for :func:`isolate`.
        by: The user.
        reason: Why.

    Raises:
        ConfigError: It is no hash.
        RegistryError: It is not isolated, or the server does not answer.
    """
    with connection() as client:
        return IsolationLog.read(client).append(
            client, normalize_hash(hash_), "released", by=by, reason=reason
        )


def list_isolated() -> list[IsolationEntry]:
    """Return what is isolated now, in the order of the log.

    Raises:
        RegistryError: The log was changed, or the server does not answer.
    """
    with connection() as client:
        return list(IsolationLog.read(client).isolated.values())
