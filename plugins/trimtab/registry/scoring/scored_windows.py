"""Which windows the champion has scored, and since when the scores are there."""

from __future__ import annotations

from trimtab.registry.scoring.score_log import scores_experiment
from trimtab.registry.tracking import TAG_PREFIX, MlflowClient, run_ended

MAX_RUNS = 1000  # runs of scores that are read, the newest ones


def read_scored_windows(client: MlflowClient, model: str) -> dict[str, str]:
    """Return when the champion's scores of each window were there first: ISO 8601, UTC.

    Args:
        client: MLflow's client.
        model: The registered model.
    """
    experiment = client.get_experiment_by_name(scores_experiment(model))
    if experiment is None:
        return {}
    runs = client.search_runs(
        [experiment.experiment_id],
        f"attributes.status = 'FINISHED' and tags.`{TAG_PREFIX}role` = 'champion'",
        max_results=MAX_RUNS,
        order_by=["attributes.start_time DESC"],
    )
    found: dict[str, str] = {}
    for run in runs:
        window, ended = run.data.tags.get(f"{TAG_PREFIX}window", ""), run_ended(run)
        found[window] = min(ended, found.get(window, ended))
    return found
