"""The drift verdicts as MLflow keeps them: a run per champion and window, completed when outcomes come."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from trimtab.drift import PastWindow
from trimtab.drift.policy import Outcome
from trimtab.errors import RegistryError
from trimtab.escaping import markdown
from trimtab.registry.tracking import TAG_PREFIX, connection, ensure_experiment, filter_by_key

MOST_RUNS = 1000  # verdicts looked back at
NOTE = "mlflow.note.content"  # what MLflow's UI shows as a run's description, in Markdown
OVER_TIME = "over time"  # the run whose metrics are curves: a step per window


@dataclass(frozen=True)
class KeptVerdict:
    """A verdict in MLflow.

    Attributes:
        run_id: Its run.
        past: What later windows need to know of it.
        labelled: Whether outcomes were there when it was made.
        content: Hash of the rows it judged.
        sentence: The decision and why.
        complete: Whether the window is known to have been complete then.
    """

    run_id: str
    past: PastWindow
    labelled: bool
    content: str
    sentence: str
    complete: bool


def read_verdicts(client: Any, name: str) -> list[KeptVerdict]:
    """Return the verdicts on a model's windows, the oldest window first; of several on one, the newest.

    Args:
        client: An MLflow client.
        name: The registered model.
    """
    experiment = ensure_experiment(client, drift_experiment(name))
    runs = client.search_runs(
        [experiment],
        "attributes.status = 'FINISHED'",
        order_by=["attributes.start_time ASC"],
        max_results=MOST_RUNS,
    )
    kept = [_kept(run) for run in runs if f"{TAG_PREFIX}window" in run.data.tags]
    newest = {verdict.past.window: verdict for verdict in kept}
    return [newest[window] for window in sorted(newest)]


def keep_verdict(
    client: Any,
    name: str,
    past: PastWindow,
    *,
    key: str,
    labelled: bool,
    content: str,
    sentence: str,
    dag_run: str,
    metrics: dict[str, float],
    step: int,
    report: Path,
) -> KeptVerdict:
    """Make the verdict a run, or complete the run of that key; its figures join the curves over time.

    Args:
        client: An MLflow client.
        name: The registered model.
        past: The verdict, in short.
        key: The same for the same champion and window.
        labelled: Whether outcomes were there.
        content: Hash of the rows.
        sentence: The decision and why.
        dag_run: Who asked.
        metrics: Figures to show as such.
        step: How many windows were judged before it.
        report: Folder with the verdict and the page.
    """
    import mlflow

    experiment = ensure_experiment(client, drift_experiment(name))
    tags = {
        "key": key,
        "window": past.window,
        "champion": past.champion,
        "decision": past.decision,
        "exceeded": " ".join(past.exceeded),
        "outcome": past.outcome or "",
        "labelled": str(labelled),
        "content": content,
        "complete": str(True),  # others are not judged; verdicts of former days do not say
        "dag_run": dag_run,
        "sentence": sentence,
    }
    known = client.search_runs([experiment], filter_by_key(key))
    with mlflow.start_run(
        run_id=known[0].info.run_id if known else None,
        experiment_id=experiment,
        run_name=f"{past.window} {past.decision}",
    ) as started:
        mlflow.set_tags({TAG_PREFIX + tag: value for tag, value in tags.items()})
        mlflow.set_tag(NOTE, markdown(sentence))
        mlflow.log_artifacts(str(report))
        mlflow.log_metrics(metrics)
    _join_curves(client, experiment, metrics, step)
    return KeptVerdict(started.info.run_id, past, labelled, content, sentence, complete=True)


def note_outcome(name: str, window: str, outcome: Outcome) -> None:
    """Write down with a verdict what became of the retrain it asked for, the first time this is known.

    A run that failed may be cleared and succeed, so a failure is not the last word.

    Args:
        name: The registered model.
        window: The window that asked.
        outcome: ``promoted``, ``refused`` or ``failed``.

    Raises:
        RegistryError: The server is away or refuses.
    """
    with connection() as client:
        for verdict in read_verdicts(client, name):
            if verdict.past.window == window and verdict.past.outcome in {"pending", "failed"}:
                client.set_tag(verdict.run_id, f"{TAG_PREFIX}outcome", outcome)


def waiting_windows(name: str) -> list[str]:
    """Return the windows that asked for a retrain of which nothing has been heard.

    Args:
        name: The registered model.

    Raises:
        RegistryError: The server is away or refuses.
    """
    with connection() as client:
        verdicts = read_verdicts(client, name)
    return [verdict.past.window for verdict in verdicts if verdict.past.outcome == "pending"]


def _join_curves(client: Any, experiment: str, metrics: dict[str, float], step: int) -> None:
    known = client.search_runs([experiment], filter_by_key(OVER_TIME))
    if known:
        run_id = known[0].info.run_id
    else:
        tags = {f"{TAG_PREFIX}key": OVER_TIME}
        run_id = client.create_run(experiment, run_name=OVER_TIME, tags=tags).info.run_id
        client.set_terminated(run_id)
    for name, value in metrics.items():
        client.log_metric(run_id, name, value, step=step)


def drift_experiment(name: str) -> str:
    """Return the experiment that a model's verdicts are kept in."""
    return f"{name}-drift"


def _kept(run: Any) -> KeptVerdict:
    tags = {key.removeprefix(TAG_PREFIX): value for key, value in run.data.tags.items()}
    outcome = tags.get("outcome") or None
    if outcome is not None and outcome not in get_args(Outcome):
        raise RegistryError(
            f"The verdict on {tags['window']} has an outcome nobody knows: {outcome!r}",
            where=f"MLflow: run {run.info.run_id}, tag {TAG_PREFIX}outcome",
            fix=f"set it to one of {', '.join(get_args(Outcome))}",
        )
    past = PastWindow(
        window=tags["window"],
        champion=tags["champion"],
        decision=tags["decision"],
        exceeded=tuple(tags.get("exceeded", "").split()),
        outcome=outcome,
        roc_auc=run.data.metrics.get("roc_auc"),
        estimated_auc=run.data.metrics.get("estimated_auc"),
    )
    return KeptVerdict(
        run_id=run.info.run_id,
        past=past,
        labelled=tags.get("labelled") == "True",
        content=tags.get("content", ""),
        sentence=tags.get("sentence") or tags.get(NOTE, ""),
        complete=tags.get("complete") == "True",
    )
