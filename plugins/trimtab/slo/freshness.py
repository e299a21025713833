"""The indicators of time: how long the data and the model were older than allowed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import pairwise

from trimtab.slo.evidence import Evidence, to_time
from trimtab.slo.indicator import BadTime, TimeIndicator, stale_times
from trimtab.slo_policy import FreshnessObjective


def _data_freshness(objective: FreshnessObjective, evidence: Evidence, now: datetime) -> TimeIndicator:
    """Measure by when windows were first checked: the calendar of the data may be that of the past."""
    live = [to_time(entry.at) for entry in evidence.ledger.entries[:1]]
    arrived = sorted([*live, *(to_time(verdict.first_at) for verdict in evidence.verdicts)])
    max_age = timedelta(days=objective.max_days)
    bad = stale_times(arrived, max_age, now, "no new window was checked")
    return TimeIndicator(arrived[0] if arrived else None, bad, now)


def _model_freshness(objective: FreshnessObjective, evidence: Evidence, now: datetime) -> TimeIndicator:
    """Measure by when a version was first champion: a rollback makes no model younger."""
    entries, max_age = evidence.ledger.entries, timedelta(days=objective.max_days)
    born: dict[int | None, datetime] = {}
    bad = []
    for entry, following in pairwise([*entries, None]):
        assert entry
        begin, end = to_time(entry.at), to_time(following.at) if following else now
        if entry.champion is None:
            bad.append(BadTime(begin, end, "no version was live"))
            continue
        old = born.setdefault(entry.champion, begin) + max_age
        if old < end:
            why = f"version {entry.champion} was older than {objective.max_days:g} days"
            bad.append(BadTime(max(begin, old), end, why))
    return TimeIndicator(to_time(entries[0].at) if entries else None, tuple(_join(bad)), now)


def _join(bad: list[BadTime]) -> Iterator[BadTime]:
    """Join times that follow each other for one reason: a decision in between does not make them two."""
    current: BadTime | None = None
    for each in bad:
        if current and (current.end, current.why) == (each.begin, each.why):
            current = BadTime(current.begin, each.end, each.why)
            continue
        if current:
            yield current
        current = each
    if current:
        yield current


FRESHNESS: Mapping[str, Callable[..., TimeIndicator]] = {
    "data_freshness": _data_freshness,
    "model_freshness": _model_freshness,
}
