"""The retention of drift verdicts: the MLflow runs that drift checks have logged."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial

from trimtab.pipeline.cache import SECONDS_PER_DAY
from trimtab.registry.drift_log import CURVES_RUN, drift_experiment
from trimtab.registry.retention.removal import Removal
from trimtab.registry.retention.retention_policy import RetentionPolicy
from trimtab.registry.retention.run_artifacts import size_of_run
from trimtab.registry.tracking import TAG_PREFIX, MlflowClient, delete_if_exists, read_tag


def expired_drift_verdicts(client: MlflowClient, model: str, policy: RetentionPolicy) -> Iterator[Removal]:
    """Yield the runs of drift verdicts that the policy no longer keeps.

    The run with the curves over time is kept, and so is a verdict whose retrain has no outcome yet.
    """
    import mlflow

    before = int((time.time() - policy.verdict_days * SECONDS_PER_DAY) * 1000)
    experiment = client.get_experiment_by_name(drift_experiment(model))
    if experiment is None:
        return
    older = f"attributes.start_time < {before}"
    for run in mlflow.search_runs([experiment.experiment_id], older, output_format="list"):
        tags, run_id = run.data.tags, run.info.run_id
        if read_tag(tags, "key") != CURVES_RUN and tags.get(f"{TAG_PREFIX}outcome") != "pending":
            yield Removal(
                f"drift verdict on {tags.get(f'{TAG_PREFIX}window', run_id)}",
                size_of_run(client, run_id),
                f"older than {policy.verdict_days} days",
                partial(delete_if_exists, client.delete_run, run_id),
            )
