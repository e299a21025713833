"""Write the drift report: ``verdict.json`` for programs, ``report.html`` for people."""

from __future__ import annotations

import json
from pathlib import Path

from trimtab.drift.policy import DriftVerdict, PastWindow
from trimtab.drift.report.charts import (
    PerformanceChart,
    ScoreChart,
    lay_out_feature,
    lay_out_performance,
    lay_out_scores,
)
from trimtab.drift.report.verdict_json import verdict_to_dict
from trimtab.html_report import render

SHOWN_FEATURES, SHOWN_SLICES = 60, 8


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
        score_chart=_score_chart(verdict),
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
        roc_auc=predictions.performance["roc_auc"].window if predictions else None,
        estimated_auc=predictions.estimated_auc.window if predictions else None,
    )


def _score_chart(verdict: DriftVerdict) -> ScoreChart | None:
    before, now = verdict.measurement.reference.predictions, verdict.measurement.predictions
    return lay_out_scores(before, now) if before and now else None


def _performance_chart(verdict: DriftVerdict, newest: PastWindow) -> PerformanceChart | None:
    reference = verdict.measurement.reference.predictions
    if reference is None or verdict.measurement.predictions is None or not verdict.history:
        return None
    return lay_out_performance(verdict.history, newest, reference.performance.roc_auc)
