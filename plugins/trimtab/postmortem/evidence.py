"""What the systems know of an incident, as sentences that the page, the draft and the terminal share."""

from __future__ import annotations

from dataclasses import dataclass

from trimtab.diagnosis import Explanation
from trimtab.incidents import SEVERITY_TEXTS
from trimtab.postmortem.answers import WHYS, Answers
from trimtab.postmortem.case import Case

SHOWN = 5  # changes of a kind


def impact_sentences(case: Case) -> list[str]:
    """Return what is known of the impact: the severity, what did not run, how often."""
    incident = case.incident
    alerts = incident.alerts
    runs = list(dict.fromkeys(alert.by for alert in alerts))
    sentences = [f"{incident.severity}: {SEVERITY_TEXTS[incident.severity]}"]
    if alerts and alerts[-1].blocks:
        sentences.append(f"Blocked: {alerts[-1].blocks}")
    sentences.append(f"{len(alerts)} alert(s) in {len(runs)} run(s): {_first(runs)}")
    if incident.failed_checks:
        sentences.append(f"Failed checks: {_first(incident.failed_checks)}")
    return sentences


def time_rows(case: Case) -> list[tuple[str, str]]:
    """Return the name and the text of each time; an empty text for one that nothing has measured."""
    times = case.times
    return [
        ("detection: from the start of the failed try to the alert", duration(times.to_detect)),
        ("first answer: from the alert to the first note or role", duration(times.to_acknowledge)),
        ("recovery: from the first alert to what passed", duration(times.to_recover)),
        ("resolution: from the first alert to the resolution", duration(times.to_resolve)),
    ]


def change_sentences(changes: Explanation) -> list[str]:
    """Return what differs from the last good run, one sentence for each kind of difference."""
    sentences = {
        "data": [f"{each.path} ({each.change})" for each in changes.data],
        "code": [f"{each.path} ({each.change})" for each in changes.code],
        "commits": [f"{each.sha[:12]} {each.subject}" for each in changes.commits],
        "params": [f"{each.name}: {each.before} → {each.after}" for each in changes.params],
        "environment": [f"{each.name}: {each.before} → {each.after}" for each in changes.environment],
        "verdicts": [f"{each.gate}: {each.before or 'none'} → {each.after}" for each in changes.verdicts],
    }
    return [f"{kind}: {_first(found)}" for kind, found in sentences.items() if found]


@dataclass(frozen=True)
class Why:
    """The answer to one why.

    Attributes:
        text: The answer; empty if nobody has given one and no system has evidence.
        written: Whether a person wrote it.
    """

    text: str
    written: bool


def list_whys(case: Case, answers: Answers) -> list[Why]:
    """Return five answers: what people wrote, then the evidence for the first two, then gaps.

    The systems know what failed and what differs. Whether a difference is the reason, they do not know.
    """
    evidence = [alert.text for alert in case.incident.alerts[-1:]]
    changed = change_sentences(case.changes) if case.changes else []
    if changed:
        evidence.append(
            f"Since the last good run: {'; '.join(changed)}. Whether that is why, a person decides"
        )
    written = [Why(text, True) for text in answers.whys]
    found = [Why(text, False) for text in evidence[len(written) :]]
    return (written + found + [Why("", False)] * WHYS)[:WHYS]


def duration(seconds: float | None) -> str:
    """Return a duration in its two largest units; empty if it is not known."""
    if seconds is None:
        return ""
    left = round(seconds)
    parts: list[str] = []
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        count, left = divmod(left, length)
        if count or parts:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2]) or "0 s"


def _first(names: list[str] | tuple[str, ...]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
