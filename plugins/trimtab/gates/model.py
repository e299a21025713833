"""The model gate: metrics against bounds, and against another model's metrics.

Declared in ``params.yaml``, under the name of the gate's stage::

    validate_model:
      checks:
        - {metric: model.roc_auc, min: 0.62}
        - {metric: model.brier, max: 0.2}
        - {metric: model.roc_auc, better_than: baseline.roc_auc, by: 0.01}
        - {metric: model.brier, better_than: baseline.brier, greater_is_better: false}
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from pydantic import Field, FiniteFloat, model_validator

from trimtab.config import Params, load_params, parse_params
from trimtab.errors import closest
from trimtab.gates.report import Check, GateReport, Severity, clear, judge, report_on_crash

LOSSES = ("loss", "error", "brier", "mae", "mse")


class MetricCheck(Params):
    """One bound, or several, on one metric; metrics are named by their dotted path in the metrics file."""

    metric: str
    min: FiniteFloat | None = None
    max: FiniteFloat | None = None
    better_than: str | None = None
    by: FiniteFloat = Field(default=0.0, ge=0)
    greater_is_better: bool | None = None
    severity: Severity = "critical"
    notes: str = ""

    @model_validator(mode="after")
    def _is_a_bound(self) -> Self:
        if self.min is None and self.max is None and self.better_than is None:
            raise ValueError("a check needs min, max or better_than")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("min is above max: nothing can pass")
        if self.better_than is None and (self.by or self.greater_is_better is not None):
            raise ValueError("by and greater_is_better go with better_than")
        if self.better_than is not None and self.greater_is_better is None and self._looks_like_a_loss():
            raise ValueError("this looks like a loss: say greater_is_better: false (or true)")
        return self

    def _looks_like_a_loss(self) -> bool:
        return any(word in self.metric.rpartition(".")[2].lower() for word in LOSSES)


class ModelGate(Params):
    """The section of a model gate."""

    checks: list[dict[str, Any]] = Field(min_length=1)


def check_model(*, metrics: Path, params: Path, section: str, out: Path) -> GateReport:
    """Check a model's metrics against the bounds declared for it, and leave a report.

    Args:
        metrics: JSON file of metrics, nested as deep as you like.
        params: The params file.
        section: Its section that holds ``checks``; by convention the stage's name.
        out: Folder for ``report.json``, ``report.html`` and ``metrics.json``.

    Returns:
        The report, already written. Metrics that are missing or no finite number have failed.

    Raises:
        ConfigError: The section or a check in it cannot be used.
        GateError: The gate crashed, or cannot write.
    """
    clear(out)
    declared = load_params(ModelGate, section, params).checks
    checks = [
        parse_params(MetricCheck, check, where=f"{params}: {section}: check {number} of {len(declared)}")
        for number, check in enumerate(declared, start=1)
    ]
    blank = GateReport(gate="model", name=section, verdict="error", declared=len(checks), out=out)
    with report_on_crash(blank):
        try:
            found = dict(_flatten(json.loads(metrics.read_text(encoding="utf-8"))))
        except (OSError, ValueError) as err:
            report = replace(
                blank, problem=f"The metrics cannot be read: {_reason(err)}\n  where: {metrics.name}"
            )
        else:
            done = tuple(_check(check, found) for check in checks)
            report = replace(blank, verdict=judge(len(checks), done), checks=done)
        report.write()
    return report


def _flatten(metrics: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    if not isinstance(metrics, Mapping):
        raise ValueError("the file holds no mapping of names to numbers")
    for key, value in metrics.items():
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _check(check: MetricCheck, found: Mapping[str, Any]) -> Check:
    named = [check.metric] if check.better_than is None else [check.metric, check.better_than]
    unusable = [problem for name in named if (problem := _unusable(name, found))]
    problems = unusable or [*_broken_bounds(check, found)]
    declared = check.model_dump(exclude_none=True, exclude_defaults=True)
    return Check(
        name=check.metric,
        passed=not problems,
        severity=check.severity,
        expected={
            key: value for key, value in declared.items() if key not in ("metric", "severity", "notes")
        },
        observed=found.get(check.metric),
        detail="; ".join(problems) or _comparison(check, found),
        notes=check.notes,
    )


def _unusable(name: str, found: Mapping[str, Any]) -> str:
    if name not in found:
        return f"there is no metric '{name}'{closest(name, found)}"
    value = found[name]
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return f"{name} is {value!r}, which is no number"
    return "" if math.isfinite(value) else f"{name} is {value}, which is no finite number"


def _broken_bounds(check: MetricCheck, found: Mapping[str, Any]) -> Iterator[str]:
    value = found[check.metric]
    if check.min is not None and value < check.min:
        yield f"below {check.min:g}"
    if check.max is not None and value > check.max:
        yield f"above {check.max:g}"
    if check.better_than is not None:
        gain = value - found[check.better_than]
        gain = round(
            -gain if check.greater_is_better is False else gain, 12
        )  # 0.7 - 0.69 is a hair under 0.01
        if gain < check.by or gain <= 0:
            margin = f"not better by {check.by:g}" if check.by else "no better"
            yield f"{margin} than {check.better_than}, {found[check.better_than]:g}"


def _comparison(check: MetricCheck, found: Mapping[str, Any]) -> str:
    return "" if check.better_than is None else f"{check.better_than} is {found[check.better_than]:g}"


def _reason(err: Exception) -> str:
    return str(err.strerror) if isinstance(err, OSError) else str(err)
