"""The retention of candidates: versions that were registered, but are not live."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial

from trimtab.pipeline.cache import SECONDS_PER_DAY
from trimtab.registry.publishing import remove_run
from trimtab.registry.retention.live_versions import LiveVersions, find_live_versions
from trimtab.registry.retention.removal import Removal
from trimtab.registry.retention.retention_policy import RetentionPolicy
from trimtab.registry.retention.run_artifacts import size_of_run_and_models
from trimtab.registry.tracking import (
    DECISION_TAG,
    PARENT_RUN_TAG,
    TAG_PREFIX,
    Entity,
    MlflowClient,
    delete_if_exists,
    list_versions,
    version_exists,
)

TOOL_TAGS = (TAG_PREFIX, "mlflow.")  # prefixes of tags that no person has set


def expired_candidates(client: MlflowClient, model: str, policy: RetentionPolicy) -> Iterator[Removal]:
    """Yield the versions that the policy no longer keeps, each with its run.

    Raises:
        RegistryError: The ledger is broken.
    """
    live = find_live_versions(client, model, policy)
    live.ledger.require_intact()
    for version in list_versions(model):
        if not reason_to_keep(live, version, policy):
            days = (time.time() - version.creation_timestamp / 1000) / SECONDS_PER_DAY
            yield Removal(
                f"{model} version {version.version}, with its run",
                size_of_run_and_models(client, version.run_id),
                f"registered {days:.0f} days ago, never champion within {policy.champion_days} days",
                partial(_remove_version, client, model, version.version, policy),
            )


def reason_to_keep(live: LiveVersions, version: Entity, policy: RetentionPolicy) -> str:
    """Return why a version is kept; empty if it is not.

    Args:
        live: The live versions.
        version: The version, as MLflow's entity.
        policy: How long candidates are kept.
    """
    number = int(version.version)
    if number in live.reasons:
        return live.reasons[number]
    if number in live.ledger.retired:
        return "rolled back from: no automatic promotion may bring its content back"
    own_tags = [tag for tag in version.tags if not tag.startswith(TOOL_TAGS)]
    if own_tags:
        return f"tagged {', '.join(own_tags)}"
    if DECISION_TAG not in version.tags:
        return "no decision on it yet"
    if version.creation_timestamp / 1000 > time.time() - policy.candidate_days * SECONDS_PER_DAY:
        return f"younger than {policy.candidate_days} days"
    return ""


def _remove_version(client: MlflowClient, model: str, number: str, policy: RetentionPolicy) -> None:
    """Remove a version, its logged model and its run, unless the version or the run is needed by now."""
    if not version_exists(client, model, number):
        return
    version = client.get_model_version(model, number)
    if reason_to_keep(find_live_versions(client, model, policy), version, policy):
        return
    delete_if_exists(client.delete_model_version, model, number)
    if client.search_model_versions(f"run_id = '{version.run_id}'"):
        return
    experiment = client.get_run(version.run_id).info.experiment_id
    children = client.search_runs([experiment], f"tags.{PARENT_RUN_TAG} = '{version.run_id}'", max_results=1)
    if not children:
        remove_run(client, experiment, version.run_id)
