"""A dashboard of Grafana, made from the policies of a project: their bounds are drawn in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from trimtab.burn_rate import BURN_ALERTS
from trimtab.monitoring.alert_rules import MEMORY
from trimtab.monitoring.prometheus_names import label_name, selector
from trimtab.monitoring.watched_model import WatchedModel
from trimtab.telemetry import Attribute, Instrument, instruments

WIDTH, HEIGHT, COLUMNS = 8, 8, 3  # of a panel, in units of Grafana's grid, and panels in a row
CACHED = "unchanged|frozen|restored"


def make_dashboard(model: WatchedModel) -> dict[str, Any]:
    """Return the JSON of a dashboard, for Grafana's import or provisioning.

    Args:
        model: The model to watch.
    """
    panels = [
        {
            **panel,
            "id": number + 1,
            "datasource": {"type": "prometheus", "uid": "${datasource}"},
            "gridPos": {
                "x": number % COLUMNS * WIDTH,
                "y": number // COLUMNS * HEIGHT,
                "w": WIDTH,
                "h": HEIGHT,
            },
        }
        for number, panel in enumerate(_panels(model))
    ]
    return {
        "title": f"Trimtab: {model.name}",
        "uid": None,
        "schemaVersion": 39,
        "editable": True,
        "time": {"from": "now-30d", "to": "now"},
        "templating": {"list": [{"name": "datasource", "type": "datasource", "query": "prometheus"}]},
        "panels": panels,
    }


def _panels(model: WatchedModel) -> Iterator[dict[str, Any]]:
    pipeline, of_model = {instruments.PIPELINE: model.pipeline}, {instruments.MODEL: model.name}
    runs = selector(instruments.RUN_DURATION, pipeline, suffix="_count")
    outcome = label_name(instruments.OUTCOME)
    yield _panel("Runs a day", f"sum by ({outcome}) (increase({runs}[1d]))", legend=f"{{{{{outcome}}}}}")
    stages = selector(instruments.STAGES, pipeline)
    cached = stages.replace("}", f',{label_name(instruments.STATE)}=~"{CACHED}"}}')
    share = f"sum(increase({cached}[1d])) / sum(increase({stages}[1d]))"
    yield _panel("Cached share of stages", share, unit="percentunit")
    buckets = selector(instruments.STAGE_DURATION, pipeline, suffix="_bucket")
    stage = label_name(instruments.STAGE)
    slow = f"histogram_quantile(0.95, sum by (le, {stage}) (increase({buckets}[1d])))"
    yield _panel("Stage duration, 95th percentile", slow, unit="s", legend=f"{{{{{stage}}}}}")
    waited = selector(instruments.RUN_QUEUE_DURATION, pipeline, suffix="_bucket")
    queue = f"histogram_quantile(0.95, sum by (le) (increase({waited}[1d])))"
    yield _panel("Time from trigger to plan, 95th percentile", queue, unit="s")
    yield _counts("Gate verdicts a day", instruments.GATE_VERDICTS, pipeline, instruments.VERDICT)
    yield _counts("Remote errors a day", instruments.REMOTE_ERRORS, {}, instruments.REMOTE)
    yield _counts("Remote bytes a day", instruments.REMOTE_BYTES, {}, instruments.DIRECTION, unit="bytes")
    for key, bound in model.drift_bounds().items():
        labels = {**of_model, instruments.RULE: key}
        yield _panel(
            f"Drift: {key}",
            _last(selector(instruments.DRIFT_VALUE, labels)),
            _last(selector(instruments.DRIFT_BOUND, labels)),
            bound=bound,
        )
    yield _counts("Drift decisions a day", instruments.DRIFT_CHECKS, of_model, instruments.DECISION)
    metric = selector(instruments.CHAMPION_METRIC, {**of_model, instruments.METRIC: model.metric})
    yield _panel(
        f"Champion: {model.metric}",
        _last(metric),
        bound=model.promote.worst,
        bad_above=not model.more_is_better,
    )
    since = _last(selector(instruments.CHAMPION_SINCE, of_model))
    yield _panel("Age of the champion", f"time() - {since}", unit="s", kind="stat")
    yield _counts("Retrains a day", instruments.RETRAINS, of_model, instruments.RETRAIN)
    waiting = _last(selector(instruments.APPROVALS_WAITING, of_model))
    yield _panel("Approvals waiting", f"sum({waiting})", kind="stat")
    objective, burn = label_name(instruments.OBJECTIVE), label_name(instruments.BURN)
    left, rate = (
        _last(selector(each, of_model)) for each in (instruments.BUDGET_REMAINING, instruments.BURN_RATE)
    )
    legend = f"{{{{{objective}}}}}"
    yield _panel("Error budget left", left, unit="percentunit", legend=legend, bound=0.0, bad_above=False)
    yield _panel("Burn rate", rate, legend=f"{legend} {{{{{burn}}}}}", bound=BURN_ALERTS["slow"].rate)
    problems = _last(selector(instruments.REGISTRY_PROBLEMS, of_model))
    yield _panel("Problems of the last verification", f"sum({problems})", kind="stat", bound=0.0)


def _counts(
    title: str, instrument: Instrument, labels: dict[Attribute, str], by: Attribute,
    *, unit: str = "short",
) -> dict[str, Any]:  # fmt: skip
    name = label_name(by)
    expression = f"sum by ({name}) (increase({selector(instrument, labels)}[1d]))"
    return _panel(title, expression, unit=unit, legend=f"{{{{{name}}}}}")


def _last(series: str) -> str:
    return f"last_over_time({series}[{MEMORY}])"


def _panel(
    title: str,
    *expressions: str,
    unit: str = "short",
    legend: str = "",
    kind: str = "timeseries",
    bound: float | None = None,
    bad_above: bool = True,
) -> dict[str, Any]:
    """Return a panel; a bound is drawn as a line, and what is beyond it is red."""
    below, above = ("green", "red") if bad_above else ("red", "green")
    steps: list[dict[str, Any]] = [{"color": "green" if bound is None else below, "value": None}]
    if bound is not None:
        steps.append({"color": above, "value": bound})
    lines = {"thresholdsStyle": {"mode": "off" if bound is None else "line"}}
    return {
        "title": title,
        "type": kind,
        "targets": [
            {"refId": chr(ord("A") + place), "expr": expression, "legendFormat": legend}
            for place, expression in enumerate(expressions)
        ],
        "fieldConfig": {
            "defaults": {
                "unit": unit,
                "thresholds": {"mode": "absolute", "steps": steps},
                "custom": lines if kind == "timeseries" else {},
            },
            "overrides": [],
        },
    }
