"""The verdict as files: one for machines, one for people."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from trimtab.drift.measurement import Figure, Measurement, PredictionDrift
from trimtab.drift.policy import PastWindow, Verdict
from trimtab.drift.report.charts import feature_chart, performance_chart, score_chart
from trimtab.html_report import render

SCHEMA = "trimtab.drift-verdict/2"
SHOWN_FEATURES, SHOWN_SLICES = 60, 8


def write_report(verdict: Verdict, out: Path, *, window: str = "", champion: str = "") -> None:
    """Write ``verdict.json`` and ``report.html``; equal verdicts give equal bytes.

    Args:
        verdict: What was decided.
        out: Folder to write into, made if absent.
        window: What the window is called, such as ``2024-06``.
        champion: Which model was judged, such as ``demand v1``.
    """
    content = {"schema": SCHEMA, "window": window, "champion": champion, **_verdict_content(verdict)}
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
    measured = verdict.measurement
    shown = measured.features[:SHOWN_FEATURES]
    page = render(
        "drift/report/report.html.j2",
        verdict=verdict,
        measurement=measured,
        predictions=measured.predictions,
        window=window,
        champion=champion,
        features=[(feature, feature_chart(feature.name, measured)) for feature in shown],
        slices=measured.predictions.slices[:SHOWN_SLICES] if measured.predictions else (),
        **_prediction_charts(verdict, past_window(verdict, window, champion)),
    )
    out.mkdir(parents=True, exist_ok=True)
    (out / "verdict.json").write_text(text + "\n", encoding="utf-8")
    (out / "report.html").write_text(page, encoding="utf-8")


def past_window(verdict: Verdict, window: str, champion: str) -> PastWindow:
    """Return what later windows have to know of this one."""
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


def _prediction_charts(verdict: Verdict, newest: PastWindow) -> dict[str, Any]:
    before, now = verdict.measurement.reference.predictions, verdict.measurement.predictions
    if before is None or now is None:
        return {"scores": None, "over_time": None}
    reference = before.performance.roc_auc
    return {
        "scores": score_chart(before, now),
        "over_time": performance_chart(verdict.history, newest, reference) if verdict.history else None,
    }


def _verdict_content(verdict: Verdict) -> dict[str, Any]:
    measured = verdict.measurement
    return {
        "decision": verdict.decision,
        "sentence": verdict.sentence,
        "rules": [asdict(rule) for rule in verdict.rules],
        "rows": {"reference": measured.reference.rows, "window": measured.rows},
        "predictions": _prediction_content(measured.predictions) if measured.predictions else None,
        "joint": asdict(measured.joint) if measured.joint else None,
        "features": _feature_content(measured),
        "history": [past.model_dump(mode="json") for past in verdict.history],
    }


def _prediction_content(predictions: PredictionDrift) -> dict[str, Any]:
    return {
        "base_rate": _figure_content(predictions.base_rate),
        "expected_base_rate": _figure_content(predictions.expected_base_rate),
        "performance": {name: _figure_content(figure) for name, figure in predictions.performance.items()},
        "estimated_auc": _figure_content(predictions.estimated_auc),
        "psi": predictions.psi,
        "p_value": predictions.p_value,
        "slices": [
            {
                "feature": part.feature,
                "category": part.category,
                "rows": part.rows,
                "roc_auc": _figure_content(part.roc_auc),
            }
            for part in predictions.slices
        ],
    }


def _feature_content(measured: Measurement) -> list[dict[str, Any]]:
    return [
        {
            **asdict(feature),
            "missing": _figure_content(feature.missing),
            "unseen": _figure_content(feature.unseen),
        }
        for feature in measured.features
    ]


def _figure_content(figure: Figure) -> dict[str, float | None]:
    return {**asdict(figure), "change": figure.change}
