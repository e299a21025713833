"""The retention of cache objects: an object is kept while a version or a commit names its hash."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from trimtab.pipeline.cache import dvc_file_texts
from trimtab.registry.loading import read_lock_texts
from trimtab.registry.rebuild import recorded_commits
from trimtab.registry.retention.removal import Removal
from trimtab.registry.retention.retention_policy import RetentionPolicy
from trimtab.registry.tracking import TAG_PREFIX, MlflowClient, Version, list_versions


def texts_with_hashes(root: Path, client: MlflowClient, model: str) -> list[str]:
    """Return the texts whose hashes are kept: the lock files of all versions, and those of their commits.

    A version that is removed now counts too: the next removal takes its objects. The commits are those of
    other models as well, because this project may have had another model name before.

    Raises:
        RegistryError: A lock file in MLflow is missing or altered.
    """
    versions = {
        int(version.version): Version.read(client, model, version.version)
        for version in list_versions(model)
        if f"{TAG_PREFIX}lock_hash" in version.tags
    }
    commits = {commit for version in list_versions() for commit in recorded_commits(version.tags)}
    return [*read_lock_texts(client, versions).values(), *dvc_file_texts(root, commits)]


def expired_cache_objects(
    objects: dict[Path, int], passed_over: str, policy: RetentionPolicy
) -> Iterator[Removal]:
    """Yield the unused objects of DVC's cache as one removal.

    Args:
        objects: The files of unused objects, each with its size.
        passed_over: Why no object is removed from the cache; empty if objects are.
        policy: How long unused objects are kept.
    """

    def remove() -> None:
        for file in objects:
            file.unlink(missing_ok=True)

    if objects:
        reason = f"not referenced, and not written or used by a run within {policy.object_days} days"
        yield Removal(f"{len(objects):,} objects of DVC's cache", sum(objects.values()), reason, remove)
    if passed_over:
        yield Removal("no object of DVC's cache", 0, passed_over, lambda: None)
