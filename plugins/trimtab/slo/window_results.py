"""The indicators of windows: whether each window of data was good."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

from trimtab.registry.drift_log import RecordedVerdict
from trimtab.slo.evidence import Evidence, to_time
from trimtab.slo.indicator import WindowResult
from trimtab.slo_policy import Fairness, Quality, Response, Scores

ASKING = ("retrain", "investigate")  # decisions that ask for an answer
DROPS = ("max_metric_drop", "max_estimated_metric_drop")
SLICE_DROPS = ("max_slice_metric_drop",)


def _quality(objective: Quality, evidence: Evidence, now: datetime) -> Iterator[WindowResult]:
    for verdict in evidence.verdicts:
        yield from _compare_drop(verdict, verdict.drop, objective.max_drop, DROPS, verdict.past.metric)


def _fairness(objective: Fairness, evidence: Evidence, now: datetime) -> Iterator[WindowResult]:
    for verdict in evidence.verdicts:
        unfair = verdict.past.champion.isdigit() and int(verdict.past.champion) in evidence.unfair
        if unfair:
            why = f"a fairness check of the gates of version {verdict.past.champion} failed"
            yield WindowResult(verdict.past.window, to_time(verdict.at), False, why)
            continue
        subject = f"{verdict.past.metric} of the worst slice"
        yield from _compare_drop(verdict, verdict.slice_drop, objective.max_slice_drop, SLICE_DROPS, subject)


def _compare_drop(
    verdict: RecordedVerdict, drop: float | None, most: float | None, rules: tuple[str, ...], subject: str
) -> Iterator[WindowResult]:
    """Yield whether a drop is small enough; nothing if that is not known."""
    at, exceeded = to_time(verdict.at), [rule for rule in rules if rule in verdict.past.exceeded]
    if most is not None and drop is not None:
        bad = drop > most
        why = f"{subject} is worse by {drop:.4g}, more than {most:g}"
    elif drop is not None or exceeded or verdict.past.figure is not None:
        bad = bool(exceeded)
        why = f"{subject} is beyond drift.{exceeded[0]}" if exceeded else ""
    else:
        return
    yield WindowResult(verdict.past.window, at, not bad, why if bad else "")


def _response(objective: Response, evidence: Evidence, now: datetime) -> Iterator[WindowResult]:
    allowed = timedelta(hours=objective.max_hours)
    answers = [to_time(entry.at) for entry in evidence.ledger.entries]
    for verdict in evidence.verdicts:
        asked, window = to_time(verdict.at), verdict.past.window
        if verdict.past.decision not in ASKING:
            yield WindowResult(window, asked, True)
            continue
        own = (
            [to_time(verdict.outcome_at)] if verdict.past.outcome == "refused" and verdict.outcome_at else []
        )
        later = sorted(answer for answer in [*answers, *own] if answer >= asked)
        due = asked + allowed
        if later and later[0] <= due:
            yield WindowResult(window, later[0], True)
        elif now >= due:
            why = f"'{verdict.past.decision}' had no answer within {objective.max_hours:g} hours"
            yield WindowResult(window, due, False, why)


def _scores(objective: Scores, evidence: Evidence, now: datetime) -> Iterator[WindowResult]:
    for verdict in evidence.verdicts:
        window, due = verdict.past.window, to_time(verdict.first_at) + timedelta(hours=objective.max_hours)
        scored = to_time(evidence.scored[window]) if window in evidence.scored else None
        if scored and scored <= due:
            yield WindowResult(window, scored, True)
        elif now >= due:
            why = f"it had no scores {objective.max_hours:g} hours after it was checked first"
            yield WindowResult(window, due, False, why)


WINDOWS: Mapping[str, Callable[..., Iterator[WindowResult]]] = {
    "quality": _quality,
    "fairness": _fairness,
    "response": _response,
    "scores": _scores,
}
