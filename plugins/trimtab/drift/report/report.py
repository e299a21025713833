"""Write the drift report: ``verdict.json`` for programs, ``report.html`` for people."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from trimtab.drift.measurement import Measurement
from trimtab.drift.policy import DriftVerdict, PastWindow
from trimtab.drift.report.attribution_section import lay_out_attributions
from trimtab.drift.report.charts import (
    PerformanceChart,
    PredictionChart,
    lay_out_feature,
    lay_out_performance,
    lay_out_predictions,
)
from trimtab.drift.report.verdict_json import verdict_to_dict
from trimtab.html_report import render
from trimtab.learning import format_number, metric_title

SHOWN_FEATURES, SHOWN_SLICES = 60, 8
SHOWN_COLUMNS = 6  # of predictions, those whose distribution shifted most


def write_report(verdict: DriftVerdict, out: Path, *, window: str = "", champion: str = "") -> None:
    """Write ``verdict.json`` and ``report.html``. Equal verdicts give equal bytes.

    Args:
        verdict: The verdict.
        out: Output folder, created if missing.
        window: The window's name, such as ``2024-06``.
        champion: The model that was checked, such as ``churn v1``.
    """
    content = verdict_to_dict(verdict, window=window, champion=champion)
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
    measurement = verdict.measurement
    shown = measurement.features[:SHOWN_FEATURES]
    page = render(
        "drift/report/report.html.j2",
        verdict=verdict,
        measurement=measurement,
        predictions=measurement.predictions,
        window=window,
        champion=champion,
        features=[(feature, lay_out_feature(feature.name, measurement)) for feature in shown],
        slices=measurement.predictions.slices[:SHOWN_SLICES] if measurement.predictions else (),
        prediction_charts=_prediction_charts(verdict),
        attributions=lay_out_attributions(measurement.predictions, window),
        metric_title=metric_title,
        format_number=format_number,
        unit_of=_unit_of(measurement),
        performance_chart=_performance_chart(verdict, to_past_window(verdict, window, champion)),
    )
    out.mkdir(parents=True, exist_ok=True)
    (out / "verdict.json").write_text(text + "\n", encoding="utf-8")
    (out / "report.html").write_text(page, encoding="utf-8")


def to_past_window(verdict: DriftVerdict, window: str, champion: str) -> PastWindow:
    """Return the entry of the window history for a verdict.

    Args:
        verdict: The verdict.
        window: The window's name.
        champion: The model that was checked.
    """
    predictions = verdict.measurement.predictions
    return PastWindow(
        window=window,
        champion=champion,
        decision=verdict.decision,
        exceeded=verdict.exceeded,
        outcome="pending" if verdict.decision == "retrain" else None,
        metric=predictions.metric.name if predictions else "",
        figure=predictions.figure.window if predictions else None,
        estimate=predictions.estimate.window if predictions else None,
    )


def _unit_of(measurement: Measurement) -> Callable[[str], str]:
    """Return a function of a metric's name that returns ``in`` and its unit; nothing without a unit."""

    def unit_of(name: str) -> str:
        now, before = measurement.predictions, measurement.reference.predictions
        unit = now.problem.unit_of(now.problem.metrics[name], before.unit) if now and before else ""
        return f" in {unit}" if unit else ""

    return unit_of


def _prediction_charts(verdict: DriftVerdict) -> list[PredictionChart]:
    before, now = verdict.measurement.reference.predictions, verdict.measurement.predictions
    if before is None or now is None:
        return []
    ranked = sorted(now.columns, key=lambda column: -column.psi)[:SHOWN_COLUMNS]
    return [
        lay_out_predictions(before.columns[column.name].histogram, column.histogram, column, now.problem)
        for column in ranked
        if column.histogram is not None
    ]


def _performance_chart(verdict: DriftVerdict, newest: PastWindow) -> PerformanceChart | None:
    predictions = verdict.measurement.predictions
    history = [past for past in verdict.history if past.metric in {"", newest.metric}]
    if predictions is None or not history:
        return None
    return lay_out_performance(history, newest, predictions.figure.reference)
