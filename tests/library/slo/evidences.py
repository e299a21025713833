"""What is kept about a model, as the ledger, the drift log and the scores would have it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from trimtab.drift import PastWindow
from trimtab.registry.drift_log import RecordedVerdict
from trimtab.registry.ledger import Ledger, LedgerEntry
from trimtab.slo.evidence import Evidence
from trimtab.slo.report import SloReport, measure_slo
from trimtab.slo_policy import SloPolicy

NOW = datetime(2025, 1, 1, tzinfo=UTC)


def ago(**length: float) -> str:
    return (NOW - timedelta(**length)).isoformat(timespec="seconds")


def verdict(window: str, at: str, **changes) -> RecordedVerdict:
    past = {"window": window, "champion": "1", "decision": "none", "metric": "roc_auc", "figure": 0.7}
    past |= {name: changes.pop(name) for name in tuple(changes) if name in PastWindow.model_fields}
    values = {"first_at": at, "drop": 0.0, "slice_drop": 0.0, **changes}
    return RecordedVerdict("r", PastWindow(**past), True, "", "", complete=True, at=at, **values)


def entry(number: int, champion: int | None, at: str, **changes) -> LedgerEntry:
    values = {"was": None, "how": "promoted", "by": "training/r", "reason": "better", **changes}
    return LedgerEntry(number=number, model="rides", champion=champion, at=at, **values)


def evidence(*entries: LedgerEntry, verdicts=(), **more) -> Evidence:
    given = entries or (entry(1, 1, ago(days=365)),)
    return Evidence(Ledger("rides", "l", given), tuple(verdicts), **more)


def measured(kept: Evidence, **objectives) -> SloReport:
    return measure_slo("rides", SloPolicy.model_validate(objectives), kept, NOW)


def state(kept: Evidence, name: str, **objective):
    (only,) = measured(kept, **{name: objective}).objectives
    return only


def months(number: int) -> list[str]:
    return [f"{2020 + month // 12}-{month % 12 + 1:02}" for month in range(number)]
