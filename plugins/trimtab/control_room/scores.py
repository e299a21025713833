"""The scores of the newest windows, as MLflow keeps them."""

from __future__ import annotations

from trimtab.control_room.state import State
from trimtab.registry.scoring import scores_experiment
from trimtab.registry.tracking import TAG_PREFIX, Entity, MlflowClient, run_ended

SHOWN = 12  # runs of scores, the newest ones


class ScoreState(State):
    """The scores of a window.

    Attributes:
        window: Its name.
        version: The version that scored.
        role: ``champion`` or ``shadow``.
        rows: Rows, if they are known.
        at: When: ISO 8601, UTC.
        by: The DAG run or the user.
    """

    window: str
    version: str
    role: str
    rows: int | None
    at: str
    by: str


def read_scores(client: MlflowClient, model: str) -> tuple[ScoreState, ...]:
    """Read the newest scores of a model, the newest window first.

    Args:
        client: MLflow's client.
        model: The registered model.
    """
    experiment = client.get_experiment_by_name(scores_experiment(model))
    if experiment is None:
        return ()
    runs = client.search_runs(
        [experiment.experiment_id],
        "attributes.status = 'FINISHED'",
        max_results=SHOWN,
        order_by=["attributes.start_time DESC"],
    )
    return tuple(sorted(map(_to_score, runs), key=lambda score: score.window, reverse=True))


def _to_score(run: Entity) -> ScoreState:
    tags, rows = run.data.tags, run.data.metrics.get("rows")
    window, version, role, by = (
        tags.get(f"{TAG_PREFIX}{name}", "") for name in ("window", "version", "role", "by")
    )
    rows = None if rows is None else int(rows)
    return ScoreState(window=window, version=version, role=role, rows=rows, at=run_ended(run), by=by)
