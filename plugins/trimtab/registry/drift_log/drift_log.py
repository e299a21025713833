"""The drift log: verdicts in MLflow, a run per champion and window, updated when the labels arrive."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from trimtab.drift import PastWindow
from trimtab.drift.policy import RetrainOutcome
from trimtab.errors import RegistryError
from trimtab.escaping import code, markdown
from trimtab.registry.drift_log.report_outcome import write_outcome
from trimtab.registry.tracking import (
    DESCRIPTION_TAG,
    TAG_PREFIX,
    connection,
    ensure_experiment,
    filter_by_key,
    run_began,
    run_ended,
)
from trimtab.telemetry import instruments, record

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

DRIFT_SUFFIX = "-drift"  # of the names of experiments
MAX_RUNS = 1000  # verdicts that are read
EARLIER_METRIC, EARLIER_ESTIMATE = "roc_auc", "estimated_auc"  # of verdicts that do not name their metric
OUTCOME_AT = f"{TAG_PREFIX}outcome_at"  # when the outcome of a retrain was recorded
DROP, SLICE_DROP = "metric_drop", "slice_metric_drop"  # metrics of MLflow
CURVES_RUN = "over time"  # the run whose metrics are curves: a step per window


@dataclass(frozen=True)
class RecordedVerdict:
    """A verdict in MLflow.

    Attributes:
        run_id: Its run; empty before it is recorded.
        past: The entry of the window history.
        labelled: Whether the window had labels.
        content: Hash of the window's file.
        sentence: The decision and its reason.
        complete: Whether the window was complete. Old verdicts do not record it, and count as incomplete.
        dag_run: The DAG run that checked, as DAG and run; empty before it is recorded.
        at: When it was recorded: ISO 8601, UTC; likewise.
        first_at: When the window was checked first, with whatever champion; likewise.
        outcome_at: When the outcome of the retrain was recorded; empty if it is not known.
        drop: How much worse the metric is than in the reference, or its estimate; None if it is not known.
        slice_drop: The same of the worst slice.
    """

    run_id: str
    past: PastWindow
    labelled: bool
    content: str
    sentence: str
    complete: bool
    dag_run: str = ""
    at: str = ""
    first_at: str = ""
    outcome_at: str = ""
    drop: float | None = None
    slice_drop: float | None = None


def read_verdicts(client: MlflowClient, name: str) -> list[RecordedVerdict]:
    """Return the newest verdict on each window of a model, the oldest window first; it writes nothing.

    Args:
        client: An MLflow client.
        name: The registered model.
    """
    experiment = client.get_experiment_by_name(drift_experiment(name))
    if experiment is None:
        return []
    runs = client.search_runs(
        [experiment.experiment_id],
        "attributes.status = 'FINISHED'",
        order_by=["attributes.start_time ASC"],
        max_results=MAX_RUNS,
    )
    verdicts = [_from_run(run) for run in runs if f"{TAG_PREFIX}window" in run.data.tags]
    newest = {verdict.past.window: verdict for verdict in verdicts}
    first = {verdict.past.window: verdict.first_at for verdict in reversed(verdicts)}
    return [replace(newest[window], first_at=first[window]) for window in sorted(newest)]


def record_verdict(
    client: MlflowClient,
    name: str,
    verdict: RecordedVerdict,
    *,
    key: str,
    dag_run: str,
    metrics: dict[str, float],
    step: int,
    report: Path,
) -> RecordedVerdict:
    """Write a verdict to the run of its key, and add its metrics to the curves over the windows.

    Args:
        client: An MLflow client.
        name: The registered model.
        verdict: The verdict; its ``run_id`` is not used.
        key: Identifies champion and window. A run with this key is updated, else a run is created.
        dag_run: The DAG run that checked.
        metrics: Metrics of the run.
        step: Number of windows checked before.
        report: Folder with verdict.json and report.html.
    """
    import mlflow

    about = f"Each run is the verdict of a drift check on a window, with the champion {code(name)}."
    experiment = ensure_experiment(client, drift_experiment(name), about)
    known = client.search_runs([experiment], filter_by_key(key))
    with mlflow.start_run(
        run_id=known[0].info.run_id if known else None,
        experiment_id=experiment,
        run_name=f"{verdict.past.window} {verdict.past.decision}",
    ) as started:
        tags = {"key": key, "dag_run": dag_run, **_verdict_tags(verdict)}
        mlflow.set_tags({TAG_PREFIX + tag: value for tag, value in tags.items()})
        mlflow.set_tag(DESCRIPTION_TAG, markdown(verdict.sentence))
        mlflow.log_artifacts(str(report))
        mlflow.log_metrics(metrics)
    _add_to_curves(client, experiment, metrics, step)
    return replace(verdict, run_id=started.info.run_id)


def record_retrain_outcome(name: str, window: str, outcome: RetrainOutcome) -> None:
    """Record the outcome of the retrain that a verdict requested.

    Only the first outcome counts, but a failure may be replaced: a failed run may be cleared and succeed.

    Args:
        name: The registered model.
        window: The window that requested the retrain.
        outcome: ``promoted``, ``refused`` or ``failed``.

    Raises:
        RegistryError: The server does not answer, or refuses.
    """
    with connection() as client:
        for verdict in read_verdicts(client, name):
            if verdict.past.window == window and verdict.past.outcome in {"pending", "failed"}:
                client.set_tag(verdict.run_id, f"{TAG_PREFIX}outcome", outcome)
                write_outcome(client, verdict.run_id, outcome)
                now = datetime.now(UTC).isoformat(timespec="seconds")
                client.set_tag(verdict.run_id, OUTCOME_AT, now)
                record(instruments.RETRAINS, 1, {instruments.MODEL: name, instruments.RETRAIN: outcome})


def pending_windows(name: str) -> list[str]:
    """Return the windows whose requested retrain has no result yet.

    Args:
        name: The registered model.

    Raises:
        RegistryError: The server does not answer, or refuses.
    """
    with connection() as client:
        verdicts = read_verdicts(client, name)
    return [verdict.past.window for verdict in verdicts if verdict.past.outcome == "pending"]


def count_retrains(client: MlflowClient, since: datetime) -> int:
    """Return how many retrains the verdicts on all models of the server have requested since a time.

    Args:
        client: An MLflow client.
        since: The time.
    """
    experiments = client.search_experiments(filter_string=f"name LIKE '%{DRIFT_SUFFIX}'")
    requested = (
        f"attributes.start_time >= {since.timestamp() * 1000:.0f} and tags.`{TAG_PREFIX}outcome` != ''"
    )
    ids = [experiment.experiment_id for experiment in experiments]
    return len(client.search_runs(ids, requested, max_results=MAX_RUNS)) if ids else 0


def _add_to_curves(client: MlflowClient, experiment: str, metrics: dict[str, float], step: int) -> None:
    known = client.search_runs([experiment], filter_by_key(CURVES_RUN))
    if known:
        run_id = known[0].info.run_id
    else:
        tags = {f"{TAG_PREFIX}key": CURVES_RUN}
        run_id = client.create_run(experiment, run_name=CURVES_RUN, tags=tags).info.run_id
        client.set_terminated(run_id)
    for name, value in metrics.items():
        client.log_metric(run_id, name, value, step=step)


def estimate_name(metric: str) -> str:
    """Return the name of the MLflow metric that holds the estimate of a metric."""
    return f"estimated_{metric}"


def drift_experiment(name: str) -> str:
    """Return the name of the experiment that holds the verdicts on a model's windows."""
    return f"{name}{DRIFT_SUFFIX}"


def _verdict_tags(verdict: RecordedVerdict) -> dict[str, str]:
    past = verdict.past
    return {
        "window": past.window,
        "champion": past.champion,
        "decision": past.decision,
        "exceeded": " ".join(past.exceeded),
        "outcome": past.outcome or "",
        "metric": past.metric,
        "labelled": str(verdict.labelled),
        "content": verdict.content,
        "complete": str(verdict.complete),
        "sentence": verdict.sentence,
    }


def _from_run(run: Run) -> RecordedVerdict:
    tags = {key.removeprefix(TAG_PREFIX): value for key, value in run.data.tags.items()}
    outcome = tags.get("outcome") or None
    if outcome is not None and outcome not in get_args(RetrainOutcome):
        raise RegistryError(
            f"The outcome of the retrain for {tags['window']} is unknown: {outcome!r}",
            where=f"MLflow: run {run.info.run_id}, tag {TAG_PREFIX}outcome",
            fix=f"set it to one of {', '.join(get_args(RetrainOutcome))}",
        )
    metric = tags.get("metric") or EARLIER_METRIC
    earlier = run.data.metrics.get(EARLIER_ESTIMATE) if metric == EARLIER_METRIC else None
    past = PastWindow(
        window=tags["window"],
        champion=tags["champion"],
        decision=tags["decision"],
        exceeded=tuple(tags.get("exceeded", "").split()),
        outcome=outcome,
        metric=metric,
        figure=run.data.metrics.get(metric),
        estimate=run.data.metrics.get(estimate_name(metric), earlier),
    )
    return RecordedVerdict(
        run_id=run.info.run_id,
        past=past,
        labelled=tags.get("labelled") == "True",
        content=tags.get("content", ""),
        sentence=tags.get("sentence") or tags.get(DESCRIPTION_TAG, ""),
        complete=tags.get("complete") == "True",
        dag_run=tags.get("dag_run", ""),
        at=run_ended(run),
        first_at=run_began(run),
        outcome_at=_valid_time(run.data.tags.get(OUTCOME_AT, "")),
        drop=_finite(run.data.metrics.get(DROP)),
        slice_drop=_finite(run.data.metrics.get(SLICE_DROP)),
    )


def _finite(value: float | None) -> float | None:
    """Return a number that can be compared with a bound; None for any other."""
    # MLflow's SQL store keeps an infinite metric as the greatest number.
    is_number = value is not None and math.isfinite(value) and abs(value) < sys.float_info.max
    return value if is_number else None


def _valid_time(text: str) -> str:
    """Return a time from a tag, which anybody may have written who may write runs; empty if it is none."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return ""
    return text
