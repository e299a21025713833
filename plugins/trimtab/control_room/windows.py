"""The windows that a model was checked on: figure, interval, estimate, bound, verdict, and what became of it.

The figures are in the drift report of each verdict (``verdict.json`` in MLflow). A report does not change
while its verdict does not, so what was read of it is cached by the verdict.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import BaseModel, ValidationError

from trimtab.control_room.state import State
from trimtab.drift.policy import Decision, RetrainOutcome
from trimtab.json_cache import JsonCache, content_key
from trimtab.registry.drift_log import RecordedVerdict, read_verdicts
from trimtab.registry.tracking import MlflowClient

SHOWN = 24  # windows, the newest ones
STANDARD_ERRORS = 1.96  # of a 95 % interval
REPORT = "verdict.json"
TRUE_RULE, ESTIMATE_RULE = "max_metric_drop", "max_estimated_metric_drop"


class WindowFigures(State):
    """The figures of a window in the metric of the drift policy.

    Attributes:
        rows: Rows of the window.
        figure: The true figure; None while the labels are delayed.
        interval: Its 95 % interval; None if it is not known.
        estimate: The figure estimated without labels.
        reference: The figure of the champion's reference.
        bound: The figure beyond which the policy retrains.
        problem: Why the report could not be read; then nothing else is known.
    """

    rows: int | None = None
    figure: float | None = None
    interval: tuple[float, float] | None = None
    estimate: float | None = None
    reference: float | None = None
    bound: float | None = None
    problem: str = ""


class WindowState(State):
    """The newest verdict on a window.

    Attributes:
        window: Its name.
        champion: The version it was checked with.
        metric: The metric of the drift policy.
        decision: The decision.
        outcome: What became of the retrain that it requested; None if it requested none.
        sentence: The decision and its reason.
        exceeded: The rules whose bound it exceeds.
        checked: When: ISO 8601, UTC.
        dag_run: The DAG run that checked, as DAG and run.
        run_id: The MLflow run with the report.
        figures: The figures.
    """

    window: str
    champion: str
    metric: str
    decision: Decision
    outcome: RetrainOutcome | None
    sentence: str
    exceeded: tuple[str, ...]
    checked: str
    dag_run: str
    run_id: str
    figures: WindowFigures


class _Value(BaseModel):
    """A figure of the reference and of the window, in ``verdict.json``."""

    reference: float | None = None
    window: float | None = None
    error: float | None = None
    change: float | None = None


class _Rule(BaseModel):
    name: str
    value: float | None = None
    bound: float | None = None


class _Predictions(BaseModel):
    metric: str
    performance: dict[str, _Value] = {}
    estimate: _Value = _Value()


class _Rows(BaseModel):
    window: int | None = None


class _Report(BaseModel):
    """The parts of ``verdict.json`` that are read; a report of another release may have others."""

    rows: _Rows = _Rows()
    rules: tuple[_Rule, ...] = ()
    predictions: _Predictions | None = None


def read_windows(
    client: MlflowClient, model: str, cache: JsonCache, *, newest: int = SHOWN
) -> tuple[WindowState, ...]:
    """Read the newest windows of a model, the oldest of them first.

    Args:
        client: MLflow's client.
        model: The registered model.
        cache: Where the figures of earlier reads are.
        newest: How many windows.
    """
    verdicts = read_verdicts(client, model)[-newest:]
    return tuple(_to_window(verdict, _cached_figures(client, verdict, cache)) for verdict in verdicts)


def parse_figures(text: str | bytes) -> WindowFigures:
    """Read the figures of a drift report, which is untrusted: who may write runs may have written it."""
    try:
        report = _Report.model_validate_json(text)
    except ValidationError as err:
        problem = err.errors(include_url=False, include_context=False, include_input=False)[0]
        return WindowFigures(problem=f"its report cannot be read: {problem['msg']}")
    predictions = report.predictions
    if predictions is None:
        return WindowFigures(rows=report.rows.window)
    true, estimate = predictions.performance.get(predictions.metric, _Value()), predictions.estimate
    known = true.window is not None and true.error is not None
    half = STANDARD_ERRORS * (true.error or 0.0)
    return WindowFigures(
        rows=report.rows.window,
        figure=true.window,
        interval=(true.window - half, true.window + half) if known and true.window is not None else None,
        estimate=estimate.window,
        reference=true.reference if true.reference is not None else estimate.reference,
        bound=_bound(report.rules, true, estimate),
    )


def _bound(rules: Sequence[_Rule], true: _Value, estimate: _Value) -> float | None:
    """Return the figure that the drop of the metric may reach.

    A rule has the size of a drop, not its direction. The direction is that in which the change counts as a
    drop.
    """
    by_name = {rule.name: rule for rule in rules}
    allowed = by_name.get(TRUE_RULE)
    if allowed is None or allowed.bound is None:
        return None
    for name, value in ((TRUE_RULE, true), (ESTIMATE_RULE, estimate)):
        drop = by_name[name].value if name in by_name else None
        if drop and value.change and value.reference is not None:
            falls = (drop > 0) == (value.change < 0)
            return value.reference - allowed.bound if falls else value.reference + allowed.bound
    return None


def _cached_figures(client: MlflowClient, verdict: RecordedVerdict, cache: JsonCache) -> WindowFigures:
    written = [verdict.run_id, verdict.at, verdict.content, verdict.labelled, verdict.sentence]
    key = content_key(json.dumps(written))
    cached = cache.read(key)
    if cached is not None:
        try:
            return WindowFigures.model_validate(cached)
        except ValidationError:
            pass  # of another release: it is read again
    figures = _download_figures(client, verdict.run_id)
    if not figures.problem:
        cache.write(key, figures.model_dump_json())
    return figures


def _download_figures(client: MlflowClient, run_id: str) -> WindowFigures:
    from mlflow.exceptions import MlflowException

    with TemporaryDirectory() as folder:
        try:
            return parse_figures(Path(client.download_artifacts(run_id, REPORT, folder)).read_bytes())
        except (MlflowException, OSError) as err:  # it was pruned, or the store of artifacts does not answer
            return WindowFigures(problem=f"its report cannot be read: {str(err)[:200]}")


def _to_window(verdict: RecordedVerdict, figures: WindowFigures) -> WindowState:
    past = verdict.past
    if figures.problem:  # MLflow has the figures without interval and bound
        figures = figures.model_copy(update={"figure": past.figure, "estimate": past.estimate})
    return WindowState(
        window=past.window,
        champion=past.champion,
        metric=past.metric,
        decision=past.decision,
        outcome=past.outcome,
        sentence=verdict.sentence,
        exceeded=past.exceeded,
        checked=verdict.at,
        dag_run=verdict.dag_run,
        run_id=verdict.run_id,
        figures=figures,
    )
