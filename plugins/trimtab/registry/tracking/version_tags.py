"""The tags that the library writes on MLflow runs and model versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypedDict

TAG_PREFIX = "trimtab."  # of every tag the library writes
ARTIFACT_HASH = f"{TAG_PREFIX}artifact_sha256"  # of the model's files as the server held them at registration
SEAL = f"{TAG_PREFIX}seal"  # param of the run: the seal; tag of the version: that the run has one
SIGNED_BY = f"{TAG_PREFIX}signed_by"  # the fingerprint of the key that signed; the signature itself decides
DECISION_TAG = f"{TAG_PREFIX}decision"  # why the version was promoted, or was not; set after registration
PATCH = "uncommitted.patch"  # among a run's files: changes that were not committed

TagName = Literal[
    "artifact_sha256",
    "by",
    "candidate",
    "dag_run",
    "dag_run_url",
    "data_until",
    "data_window",
    "decision",
    "environment_sha256",
    "fairness",
    "gates",
    "git_revision",
    "key",
    "learnt_until",
    "lock_files",
    "lock_hash",
    "model_sha256",
    "pipeline",
    "problem_type",
    "promoted_from",
    "reason",
    "record",
    "reference",
    "seal",
    "seen_until",
    "signed_by",
    "snapshot",
    "stages",
    "trusted_types",
    "uncommitted",
]


class Lineage(TypedDict, total=False):
    """Where a model comes from; each key is a tag of its version.

    Attributes:
        reason: Why the model was made.
        by: Who made it, without Airflow.
        candidate: The candidate that it is, as ``dvc.yaml`` names it; not set for the model itself.
        dag_run: DAG id and run id, with Airflow.
        dag_run_url: The page of that DAG run.
        git_revision: The commit that the run is based on.
        record: The commit of the run's record.
        pipeline: The folder of the pipeline in its repository; ``.`` for the root.
        snapshot: The commit of a checkout with uncommitted changes.
        uncommitted: Name of the patch among the run's files.
        promoted_from: The registry and the version that it was promoted from, in another environment.
        data_window: The window of the data, for people.
        data_until: ISO date: where the data end.
        learnt_until: ISO date: where the training data end and the test window begins.
        seen_until: ISO date: where the test window ends.
        fairness: ``passed`` or ``failed``: the fairness checks of its gates; not set if there are none.
        lock_hash: SHA-256 of the lock files.
        lock_files: JSON list of the lock files, if it is not ``dvc.lock`` alone.
    """

    reason: str
    by: str
    candidate: str
    dag_run: str
    dag_run_url: str
    git_revision: str
    record: str
    pipeline: str
    snapshot: str
    uncommitted: str
    promoted_from: str
    data_window: str
    data_until: str
    learnt_until: str
    seen_until: str
    fairness: str
    lock_hash: str
    lock_files: str


def read_tag(tags: Mapping[str, str], name: TagName) -> str:
    """Return a tag of the library, by its name without the prefix; empty if it is not set."""
    return tags.get(f"{TAG_PREFIX}{name}", "")


def filter_by_key(key: str) -> str:
    """Return MLflow's filter for runs and versions of a key; a dotted tag needs the backticks."""
    return f"tags.`{TAG_PREFIX}key` = '{key}'"
