"""The verdict as files: one for machines, one for people."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from trimtab.drift.measurement import FeatureDrift, Figure, Measurement
from trimtab.drift.policy import Verdict
from trimtab.drift.profile import NumericProfile
from trimtab.page import render

SCHEMA = "trimtab.drift-verdict/1"
WIDTH, HEIGHT = 680, 200  # of the chart's plotting area, in SVG units


def write_report(verdict: Verdict, out: Path, *, window: str = "", champion: str = "") -> None:
    """Write ``verdict.json`` and ``report.html``; equal verdicts give equal bytes.

    Args:
        verdict: What was decided.
        out: Folder to write into, made if absent.
        window: What the window is called, such as ``2013-06``.
        champion: Which model was judged, such as ``flights v1``.
    """
    content = {"schema": SCHEMA, "window": window, "champion": champion, **_verdict_content(verdict)}
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
    page = render(
        "drift/report.html.j2",
        verdict=verdict,
        measurement=verdict.measurement,
        window=window,
        champion=champion,
        chart=_score_chart(verdict.measurement),
        largest_psi=max((feature.psi for feature in verdict.measurement.features), default=0.0),
    )
    out.mkdir(parents=True, exist_ok=True)
    (out / "verdict.json").write_text(text + "\n", encoding="utf-8")
    (out / "report.html").write_text(page, encoding="utf-8")


def _verdict_content(verdict: Verdict) -> dict[str, Any]:
    measured = verdict.measurement
    return {
        "decision": verdict.decision,
        "sentence": verdict.sentence,
        "rules": [asdict(rule) for rule in verdict.rules],
        "rows": {"reference": measured.reference.rows, "window": measured.rows},
        "base_rate": _figure_content(measured.base_rate),
        "performance": {name: _figure_content(figure) for name, figure in measured.performance.items()},
        "score_psi": measured.score_psi,
        "features": [_feature_content(feature) for feature in measured.features],
    }


def _feature_content(feature: FeatureDrift) -> dict[str, Any]:
    return {
        "name": feature.name,
        "kind": feature.kind,
        "psi": feature.psi,
        "missing": _figure_content(feature.missing),
        "unseen": _figure_content(feature.unseen),
    }


def _figure_content(figure: Figure) -> dict[str, float | None]:
    return {"reference": figure.reference, "window": figure.window, "change": figure.change}


def _score_chart(measurement: Measurement) -> dict[str, Any]:
    """Lay out the two score histograms over each other, over the probabilities that occur."""
    before, now = _shares(measurement.reference.score_histogram), _shares(measurement.scores)
    bounds = [0.0, *measurement.scores.edges, 1.0]
    occurring = [i for i, pair in enumerate(zip(before, now, strict=True)) if max(pair) >= 0.0005]
    first, last = occurring[0], occurring[-1] + 1
    low, high, top = bounds[first], bounds[last], max(*before, *now)

    def across(value: float) -> float:
        return round((value - low) / (high - low) * WIDTH, 1)

    def outline(shares: list[float]) -> str:
        steps = [f"M0 {HEIGHT}"]
        for i in range(first, last):
            steps.append(f"V{HEIGHT - shares[i] / top * HEIGHT:.1f} H{across(bounds[i + 1])}")
        return " ".join([*steps, f"V{HEIGHT}"])

    return {
        "width": WIDTH,
        "height": HEIGHT,
        "reference": outline(before),
        "window": outline(now),
        "top": top,
        "ticks": [(across(tick / 10), tick * 10) for tick in range(11) if low <= tick / 10 <= high],
    }


def _shares(profile: NumericProfile) -> list[float]:
    return [count / profile.rows for count in profile.counts]
