"""Every metric that the library records: the one declaration behind the code, the docs and the alert rules.

Names, units and kinds follow the semantic conventions of OpenTelemetry.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["counter", "gauge", "histogram"]


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of metrics and spans.

    Attributes:
        name: Its name.
        meaning: What it says, and its values if they are few.
    """

    name: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Instrument:
    """A metric.

    Attributes:
        name: Its name.
        kind: ``counter``, ``gauge`` or ``histogram``.
        unit: Its unit, in UCUM; empty if the unit differs from series to series.
        meaning: What it measures.
        attributes: The attributes that a measurement may have.
    """

    name: str
    kind: Kind
    unit: str
    meaning: str
    attributes: tuple[Attribute, ...]


PIPELINE = Attribute("trimtab.pipeline", "the DAG; without Airflow the name of the project's folder")
RUN_ID = Attribute("trimtab.run.id", "the run, as `<dag id>/<run id>`; only on spans")
REVISION = Attribute("trimtab.revision", "the commit that a stage ran at; only on spans")
OUTCOME = Attribute("trimtab.outcome", "`success` or `failed`")
STAGE = Attribute("trimtab.stage", "the stage, in DVC's addressing")
STATE = Attribute("trimtab.stage.state", "`unchanged`, `frozen`, `restored`, `ran` or `failed`")
ERROR = Attribute("error.type", "the class of the error")
REMOTE = Attribute("trimtab.remote", "the DVC remote, as `.dvc/config` names it")
DIRECTION = Attribute("network.io.direction", "`transmit` or `receive`")
GATE = Attribute("trimtab.gate", "`data` or `model`")
VERDICT = Attribute("trimtab.gate.verdict", "`pass`, `warn`, `fail` or `error`")
MODEL = Attribute("trimtab.model", "the registered model")
DECISION = Attribute("trimtab.drift.decision", "`none`, `watch`, `retrain` or `investigate`")
RULE = Attribute("trimtab.drift.rule", "the drift rule: its key in `params.yaml: drift`, if it has one")
METRIC = Attribute("trimtab.metric", "the metric's name, such as `roc_auc`")
RETRAIN = Attribute("trimtab.retrain.state", "`requested`, `promoted`, `refused` or `failed`")
OBJECTIVE = Attribute("trimtab.slo.objective", "the objective: its key in `params.yaml: slo`")
BURN = Attribute("trimtab.slo.burn", "the burn-rate alert: `fast`, `medium` or `slow`")
PART = Attribute("trimtab.part", "`ledger`, `code`, `lock`, `data` or `model`")

ATTRIBUTES = (
    PIPELINE,
    RUN_ID,
    REVISION,
    OUTCOME,
    STAGE,
    STATE,
    ERROR,
    REMOTE,
    DIRECTION,
    GATE,
    VERDICT,
    MODEL,
    DECISION,
    RULE,
    METRIC,
    RETRAIN,
    OBJECTIVE,
    BURN,
    PART,
)

RUN_DURATION = Instrument(
    "trimtab.run.duration", "histogram", "s", "how long a run took", (PIPELINE, OUTCOME)
)
RUN_QUEUE_DURATION = Instrument(
    "trimtab.run.queue.duration", "histogram", "s", "time from trigger or schedule to the plan", (PIPELINE,)
)
STAGE_DURATION = Instrument(
    "trimtab.stage.duration",
    "histogram",
    "s",
    "how long a stage took, with sandbox and remote",
    (PIPELINE, STAGE, STATE, ERROR),
)
STAGES = Instrument(
    "trimtab.stages",
    "counter",
    "{stage}",
    "stages by state; the cached share is that of `unchanged`, `frozen` and `restored`",
    (PIPELINE, STATE),
)
REMOTE_ERRORS = Instrument(
    "trimtab.remote.errors", "counter", "{error}", "failed operations of a DVC remote", (REMOTE, ERROR)
)
REMOTE_BYTES = Instrument(
    "trimtab.remote.io", "counter", "By", "content moved to and from a DVC remote", (REMOTE, DIRECTION)
)
GATE_VERDICTS = Instrument(
    "trimtab.gate.verdicts",
    "counter",
    "{verdict}",
    "verdicts of gates that ran",
    (PIPELINE, STAGE, GATE, VERDICT),
)
DRIFT_CHECKS = Instrument(
    "trimtab.drift.checks", "counter", "{check}", "windows checked, by decision", (MODEL, DECISION)
)
DRIFT_VALUE = Instrument(
    "trimtab.drift.value", "gauge", "", "what a drift rule measured in the newest window", (MODEL, RULE)
)
DRIFT_BOUND = Instrument(
    "trimtab.drift.bound", "gauge", "", "the bound of a drift rule, as the policy had it", (MODEL, RULE)
)
CHAMPION_METRIC = Instrument(
    "trimtab.champion.metric", "gauge", "", "the champion's metric in the newest labelled window",
    (MODEL, METRIC),
)  # fmt: skip
CHAMPION_SINCE = Instrument(
    "trimtab.champion.since", "gauge", "s", "when the champion became live, in seconds since 1970", (MODEL,)
)
RETRAINS = Instrument("trimtab.retrains", "counter", "{retrain}", "retrains by state", (MODEL, RETRAIN))
APPROVALS_WAITING = Instrument(
    "trimtab.approvals.waiting", "gauge", "{approval}", "1 while a person is asked, 0 after the answer",
    (PIPELINE, MODEL),
)  # fmt: skip
BUDGET_REMAINING = Instrument(
    "trimtab.slo.budget.remaining", "gauge", "{budget}",
    "share of the error budget that is left; below 0 if more was bad than is allowed", (MODEL, OBJECTIVE),
)  # fmt: skip
BURN_RATE = Instrument(
    "trimtab.slo.burn.rate", "gauge", "{rate}",
    "the lower burn rate of the long and the short window of an alert", (MODEL, OBJECTIVE, BURN),
)  # fmt: skip
REGISTRY_PROBLEMS = Instrument(
    "trimtab.registry.problems", "gauge", "{problem}", "what the last verification found", (MODEL, PART)
)
REGISTRY_VERIFIED = Instrument(
    "trimtab.registry.verified", "gauge", "s", "when the last verification ended, in seconds since 1970",
    (MODEL,),
)  # fmt: skip

INSTRUMENTS = (
    RUN_DURATION,
    RUN_QUEUE_DURATION,
    STAGE_DURATION,
    STAGES,
    REMOTE_ERRORS,
    REMOTE_BYTES,
    GATE_VERDICTS,
    DRIFT_CHECKS,
    DRIFT_VALUE,
    DRIFT_BOUND,
    CHAMPION_METRIC,
    CHAMPION_SINCE,
    RETRAINS,
    APPROVALS_WAITING,
    BUDGET_REMAINING,
    BURN_RATE,
    REGISTRY_PROBLEMS,
    REGISTRY_VERIFIED,
)
