"""Write the drift report: ``verdict.json`` for programs, ``report.html`` for people."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from trimtab.drift.measurement import Measurement
from trimtab.drift.policy import Decision, DriftVerdict, PastWindow, RetrainOutcome
from trimtab.drift.report.attribution_section import lay_out_attributions
from trimtab.drift.report.charts import (
    PredictionChart,
    lay_out_feature,
    lay_out_predictions,
)
from trimtab.drift.report.verdict_json import verdict_to_dict
from trimtab.html_report import render
from trimtab.learning import format_number, metric_title
from trimtab.svg import PlottedWindow, plot_windows

SHOWN_FEATURES, SHOWN_SLICES = 60, 8
SHOWN_COLUMNS = 6  # of predictions, those whose distribution shifted most
STANDARD_ERRORS = 1.96  # of a 95 % interval

ADVICE: Mapping[Decision, str] = {
    "none": "nothing.",
    "watch": "nothing yet. If the next windows exceed the same bounds, look for what changed in the data.",
    "retrain": "nothing: the training is triggered, and its model is compared with the champion.",
    "investigate": "a person has to look: read the first rule below that fired. No retrain follows.",
}
OUTCOMES: Mapping[RetrainOutcome | None, str] = {
    None: "none was requested, since a later window was checked before.",
    "pending": "it has no result yet.",
    "promoted": "its model was promoted.",
    "refused": "its model was not promoted, and the champion stayed.",
    "failed": "the training failed.",
}
OUTCOME_MARKS = ('<span id="outcome">', "</span>")  # around the sentence that is replaced later


def write_report(
    verdict: DriftVerdict,
    out: Path,
    *,
    window: str = "",
    champion: str = "",
    facts: Sequence[tuple[str, str, str]] = (),
    outcome: RetrainOutcome | None = "pending",
) -> None:
    """Write ``verdict.json`` and ``report.html``. Equal verdicts and facts give equal bytes.

    Args:
        verdict: The verdict.
        out: Output folder, created if missing.
        window: The window's name, such as ``2024-06``.
        champion: The model that was checked, such as ``churn v1``.
        facts: Where the report comes from as rows: name, text, address or nothing.
        outcome: What became of the retrain that the verdict requests; None if it was not requested.
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
        performance_plot=_performance_plot(verdict, to_past_window(verdict, window, champion)),
        facts=[*facts, *_facts(verdict, champion)],
        advice=ADVICE[verdict.decision],
        outcome=OUTCOMES[outcome],
    )
    out.mkdir(parents=True, exist_ok=True)
    (out / "verdict.json").write_text(text + "\n", encoding="utf-8")
    (out / "report.html").write_text(page, encoding="utf-8")


def with_outcome(page: str, outcome: RetrainOutcome) -> str:
    """Return the page of a report with what became of the retrain; unchanged if it asked for none."""
    begin, end = OUTCOME_MARKS
    for known in OUTCOMES.values():
        page = page.replace(f"{begin}{known}{end}", f"{begin}{OUTCOMES[outcome]}{end}")
    return page


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


def _performance_plot(verdict: DriftVerdict, newest: PastWindow) -> str:
    """Return the plot of the metric by window; nothing for the first window, or without a model."""
    predictions = verdict.measurement.predictions
    history = [past for past in verdict.history if past.metric in {"", newest.metric}]
    if predictions is None or not history:
        return ""
    windows = [_plotted(past) for past in history]
    # Verdicts name the version by its number, and the report by its model and number.
    newest = newest.model_copy(update={"champion": newest.champion.rpartition(" ")[2]})
    figure, metric = predictions.figure, predictions.metric
    allowed = next((rule.bound for rule in verdict.rules if rule.name == "max_metric_drop"), None)
    now = replace(
        _plotted(newest),
        interval=_interval(figure.window, figure.error),
        bound=None if allowed is None else figure.reference - metric.sign * allowed,
    )
    return plot_windows([*windows, now], title=metric_title(metric.name))


def _plotted(past: PastWindow) -> PlottedWindow:
    marks = tuple(filter(None, ("" if past.decision == "none" else past.decision, past.outcome)))
    return PlottedWindow(past.window, past.champion, past.figure, estimate=past.estimate, marks=marks)


def _interval(figure: float | None, error: float | None) -> tuple[float, float] | None:
    if figure is None or error is None:
        return None
    return figure - STANDARD_ERRORS * error, figure + STANDARD_ERRORS * error


def _facts(verdict: DriftVerdict, champion: str) -> list[tuple[str, str, str]]:
    """Return what was measured as rows: name, text, address."""
    measurement = verdict.measurement
    features = measurement.feature_reference
    own = features is not measurement.reference
    return [
        ("Champion", champion, ""),
        ("Rows of the window", f"{measurement.rows:,}", ""),
        (
            "Rows of the model's reference" if measurement.predictions else "Rows of the reference",
            f"{measurement.reference.rows:,}",
            "",
        ),
        ("Rows of the features' reference", f"{features.rows:,}" if own else "", ""),
    ]
