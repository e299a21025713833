"""Points 5, 6 and 9: what stops a bad model, who was champion and who approved, and the drift log."""

from __future__ import annotations

from collections.abc import Iterator

from trimtab.control_room import describe_gain
from trimtab.dossier.content import Row, Source, Statement, Table
from trimtab.dossier.evidence import Evidence, MonitoredWindow
from trimtab.learning import format_cell
from trimtab.registry.ledger import LedgerEntry
from trimtab.value_format import format_value

DIGITS = 4


def describe_safeguards(evidence: Evidence) -> Iterator[Statement]:
    """Yield the sentences of point 5: the checks that stop a model."""
    for gate in evidence.gates:
        critical = sum(check.get("severity") == "critical" for check in gate.report.get("checks", []))
        if critical:
            yield Statement(
                text=f"The {gate.kind} gate {gate.stage} has {critical} critical checks; one that fails stops"
                " the registration.",
                sources=gate.sources,
            )


def describe_approvals(evidence: Evidence) -> Iterator[Statement]:
    """Yield the sentences of point 3 on oversight: who made the version champion, when and why."""
    version = evidence.version.version
    own = [entry for entry in evidence.ledger.entries if version in (entry.champion, entry.was)]
    for entry in own:
        became = entry.champion == version
        what = "made it champion" if became else "took its place away"
        if became and entry.how == "rolled back":
            what = "went back to it"
        who = f"{entry.by} (a person decided)" if entry.person else f"{entry.by} (the policy decided)"
        yield Statement(
            text=f"At {entry.at}, {who} {what}: {_end(entry.reason)}", sources=_entry_sources(entry)
        )
        if became and (gain := describe_gain(entry)):
            yield Statement(text=f"The comparison behind it found a {gain}.", sources=_entry_sources(entry))
    policy = evidence.policies.get("promote", {}).get("policy")
    if policy:
        yield Statement(text=f"The policy of promotion is '{policy}'.", sources=(evidence.seal,))


def lifecycle_tables(evidence: Evidence) -> Iterator[Table]:
    """Yield the table of point 6: the history of champions."""
    rows = tuple(
        Row(
            cells=(
                str(entry.number),
                entry.at,
                "none" if entry.champion is None else str(entry.champion),
                "none" if entry.was is None else str(entry.was),
                entry.how,
                entry.by,
                "a person" if entry.person else "the policy",
                entry.reason,
            ),
            sources=_entry_sources(entry),
        )
        for entry in evidence.ledger.entries
    )
    if rows:
        columns = ("entry", "when", "champion", "before", "how", "by", "decided by", "why")
        yield Table(title="History of champions", columns=columns, rows=rows)


def policy_tables(evidence: Evidence) -> Iterator[Table]:
    """Yield the tables of point 2 with the changes that are determined before they happen."""
    for section, values in evidence.policies.items():
        yield Table(
            title=f"Predetermined changes: the policy `{section}` of params.yaml",
            columns=("key", "value"),
            rows=tuple(
                Row(cells=(key, format_value(value)), sources=(evidence.seal,))
                for key, value in values.items()
            ),
        )


def describe_monitoring(evidence: Evidence) -> Iterator[Statement]:
    """Yield the sentences of point 9: how many windows were checked, and with which verdicts."""
    windows = evidence.windows
    for window in windows:
        past = window.verdict.past
        yield Statement(text=f"Window {past.window}: {_end(window.sentence)}", sources=(window.source,))
        if past.outcome:
            yield Statement(
                text=f"The retrain that window {past.window} requested: {past.outcome}.",
                sources=(evidence.drift_log,),
            )
    if evidence.unread_windows:
        yield Statement(
            text="The drift log has verdicts on these windows, whose reports are no longer kept:"
            f" {', '.join(evidence.unread_windows)}.",
            sources=(evidence.drift_log,),
        )
    if not windows and not evidence.unread_windows:
        yield Statement(text="The drift log has no verdict on this version.", sources=(evidence.drift_log,))


def monitoring_tables(evidence: Evidence) -> Iterator[Table]:
    """Yield the table of point 9: the figures of the windows."""
    if evidence.windows:
        yield Table(
            title="Drift log",
            columns=("window", "verdict", "metric", "figure", "interval", "estimate", "bound", "rows"),
            numeric=("figure", "estimate", "bound", "rows"),
            rows=tuple(map(_window_row, evidence.windows)),
        )


def _window_row(window: MonitoredWindow) -> Row:
    past, figures = window.verdict.past, window.figures
    interval = figures.interval
    cells = (
        past.window,
        past.decision,
        past.metric,
        _format(figures.figure),
        f"{_format(interval[0])} to {_format(interval[1])}" if interval else "",
        _format(figures.estimate),
        _format(figures.bound),
        "" if figures.rows is None else f"{figures.rows:,}",
    )
    return Row(cells=cells, sources=(window.source,))


def _entry_sources(entry: LedgerEntry) -> tuple[Source, ...]:
    """Return the entry, and the report of the comparison that it names."""
    own = Source(kind="ledger entry", name=entry.key, hash=entry.hash)
    report = entry.comparison.get("report_sha256")
    if isinstance(report, str) and report:
        return own, Source(kind="comparison", name=f"of version {entry.champion}", hash=report)
    return (own,)


def _format(figure: float | None) -> str:
    return "" if figure is None else format_cell(figure, DIGITS)


def _end(sentence: str) -> str:
    """Return a text that ends with a full stop."""
    return sentence if sentence.endswith((".", "!", "?")) else f"{sentence}."
