"""Alert rules of Prometheus, made from the policies of a project."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from trimtab.burn_rate import BURN_ALERTS
from trimtab.monitoring.prometheus_names import label_name, selector
from trimtab.monitoring.watched_model import WatchedModel
from trimtab.telemetry import Attribute, instruments

PAGE = "telemetry.md"
URGENCIES = (  # of burn-rate alerts, with the severity and the name of the rule
    ("page", "critical", "TrimtabBudgetBurnsFast"),
    ("ticket", "warning", "TrimtabBudgetBurnsSlowly"),
)
MEMORY = "35d"  # a task is a short process: the last value of a monthly one counts until the next


@dataclass(frozen=True)
class _Alert:
    """An alert; ``label`` tells alerts of one name apart, ``wait`` is how long the expression has to hold."""

    name: str
    expression: str
    severity: str
    summary: str
    label: tuple[str, str] | None = None
    wait: str = ""


def make_alert_rules(model: WatchedModel, docs: str) -> dict[str, Any]:
    """Return the content of a rule file.

    Args:
        model: The model to watch.
        docs: Address of the folder with the pages that alerts link to.
    """
    page = f"{docs.rstrip('/')}/{PAGE}"
    rules = [
        {
            "alert": alert.name,
            "expr": alert.expression,
            **({"for": alert.wait} if alert.wait else {}),
            "labels": {"severity": alert.severity, **dict([alert.label] if alert.label else [])},
            "annotations": {"summary": alert.summary, "runbook_url": f"{page}#{alert.name.lower()}"},
        }
        for alert in _alerts(model)
    ]
    return {"groups": [{"name": f"trimtab {model.name}", "rules": rules}]}


def _alerts(model: WatchedModel) -> Iterator[_Alert]:
    name, of_model = model.name, {instruments.MODEL: model.name}
    of_pipeline = {instruments.PIPELINE: model.pipeline}
    failed = {**of_pipeline, instruments.OUTCOME: "failed"}
    runs = selector(instruments.RUN_DURATION, failed, suffix="_count")
    yield _Alert("TrimtabRunFailed", _increased(runs), "critical", f"A run of '{model.pipeline}' failed")
    for verdict in ("fail", "error"):
        verdicts = selector(instruments.GATE_VERDICTS, {**of_pipeline, instruments.VERDICT: verdict})
        summary = f"The gate '{_label(instruments.STAGE)}' says {verdict}"
        label = ("verdict", verdict)
        yield _Alert("TrimtabGateFailed", _increased(verdicts), "critical", summary, label)
    summary = f"The DVC remote '{_label(instruments.REMOTE)}' fails: {_label(instruments.ERROR)}"
    errors = selector(instruments.REMOTE_ERRORS, {})
    yield _Alert("TrimtabRemoteErrors", _increased(errors), "warning", summary)
    for key, bound in model.drift_bounds().items():
        summary = f"Drift of '{name}' is beyond {key}: {{{{ $value }}}}"
        beyond = _beyond(model, key, bound)
        yield _Alert("TrimtabDriftBound", beyond, "warning", summary, label=("rule", key))
    checks = selector(instruments.DRIFT_CHECKS, {**of_model, instruments.DECISION: "investigate"})
    yield _Alert("TrimtabInvestigate", _increased(checks), "critical", f"Investigate the drift of '{name}'")
    if model.promote.worst is not None:
        metric = selector(instruments.CHAMPION_METRIC, {**of_model, instruments.METRIC: model.metric})
        worse = (
            f"last_over_time({metric}[{MEMORY}]) {'<' if model.more_is_better else '>'} {model.promote.worst}"
        )
        summary = f"The champion of '{name}' is worse than promote.worst: {{{{ $value }}}}"
        yield _Alert("TrimtabChampionWorse", worse, "critical", summary)
    if model.promote.policy == "approval":
        minutes = max(2, round(model.promote.deadline_hours * 60))
        waiting = f"last_over_time({selector(instruments.APPROVALS_WAITING, of_model)}[{minutes}m]) > 0"
        summary = f"Nobody has answered about a version of '{name}' for half of promote.deadline_hours"
        yield _Alert("TrimtabApprovalWaiting", waiting, "warning", summary, wait=f"{minutes // 2}m")
    yield from _budget_alerts(model)
    problems = f"last_over_time({selector(instruments.REGISTRY_PROBLEMS, of_model)}[{MEMORY}]) > 0"
    summary = f"A live version of '{name}' has lost a part: {_label(instruments.PART)}"
    yield _Alert("TrimtabRegistryProblem", problems, "critical", summary)


def _budget_alerts(model: WatchedModel) -> Iterator[_Alert]:
    """Yield the alerts on error budgets, without those that a low objective can never make fire."""
    for key, objective in model.slo.objectives():
        labels, label = {instruments.MODEL: model.name, instruments.OBJECTIVE: key}, ("objective", key)
        subject = f"The error budget of '{model.name}' for {objective.title}"
        left = selector(instruments.BUDGET_REMAINING, labels)
        spent = f"last_over_time({left}[{MEMORY}]) <= 0"
        yield _Alert("TrimtabBudgetSpent", spent, "critical", f"{subject} is spent", label)
        for urgency, severity, name in URGENCIES:
            burning = [
                f"last_over_time({selector(instruments.BURN_RATE, {**labels, instruments.BURN: alert.name})}"
                f"[{MEMORY}]) > {alert.rate:.4g}"
                for alert in BURN_ALERTS.values()
                if alert.urgency == urgency and alert.can_fire(objective.allowed)
            ]
            if burning:
                summary = f"{subject} burns {{{{ $value }}}} times too fast"
                yield _Alert(name, " or ".join(burning), severity, summary, label)


def _label(attribute: Attribute) -> str:
    """Return the value of a label of the series that fired, in Prometheus' template language."""
    return f"{{{{ $labels.{label_name(attribute)} }}}}"


def _increased(series: str) -> str:
    """Return whether a counter rose within an hour; a series that is new has risen."""
    return f"increase({series}[1h]) > 0 or ({series} unless {series} offset 1h)"


def _beyond(model: WatchedModel, key: str, bound: float | None) -> str:
    """Return whether a drift rule's last value is beyond its bound; a relative bound is a series."""
    labels = {instruments.MODEL: model.name, instruments.RULE: key}
    value = f"last_over_time({selector(instruments.DRIFT_VALUE, labels)}[{MEMORY}])"
    if bound is not None:
        return f"{value} > {bound}"
    return f"{value} > last_over_time({selector(instruments.DRIFT_BOUND, labels)}[{MEMORY}])"
