"""Prune: find all that the retention policy no longer keeps. Each kind of thing has a module of its own."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from trimtab.pipeline.cache import find_unused_objects
from trimtab.registry.retention.cache_objects import expired_cache_objects, texts_with_hashes
from trimtab.registry.retention.candidates import expired_candidates
from trimtab.registry.retention.drift_verdicts import expired_drift_verdicts
from trimtab.registry.retention.failed_stages import expired_failed_stages
from trimtab.registry.retention.removal import Removal
from trimtab.registry.retention.retention_policy import RetentionPolicy
from trimtab.registry.tracking import connection


@contextlib.contextmanager
def find_removals(root: Path, model: str, policy: RetentionPolicy) -> Iterator[Sequence[Removal]]:
    """Find what the policy no longer keeps; it can be removed while the context is open.

    What a live version was made of is always kept. So is a version with a tag of a person's, a version that
    was rolled back from, and a version without a decision.

    Args:
        root: The project's root.
        model: The registered model.
        policy: What is kept, and how long.

    Raises:
        RegistryError: The ledger is broken, or MLflow does not answer.
        ProjectError: Another removal or another DVC command is running.
    """
    with connection() as client:
        found = [*expired_candidates(client, model, policy), *expired_drift_verdicts(client, model, policy)]
        texts = texts_with_hashes(root, client, model)
        with find_unused_objects(root, texts, days=policy.object_days) as unused:
            yield [
                *found,
                *expired_failed_stages(root, policy),
                *expired_cache_objects(unused.objects, unused.skip_reason, policy),
            ]
