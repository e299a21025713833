"""Points 3 and 4: metrics with intervals, by slice and group, and which metrics decide."""

from __future__ import annotations

from collections.abc import Iterator

from trimtab.dossier.content import Row, Statement, Table
from trimtab.dossier.evidence import Evidence
from trimtab.dossier.model_sections import format_moment
from trimtab.dossier.stored_files import StoredGate
from trimtab.gate_report import CheckContent
from trimtab.learning import format_cell
from trimtab.registry.provenance import DataExtent
from trimtab.value_format import format_arguments, format_value

DIGITS = 4


def describe_limits(evidence: Evidence) -> Iterator[Statement]:
    """Yield the sentences of point 3: what the figures hold for, and what the gates found amiss."""
    extent = DataExtent.of_version(evidence.version)
    if extent and extent.tested_from:
        begin, end = format_moment(extent.learnt_until), format_moment(extent.seen_until)
        yield Statement(
            text=f"The figures of the model gate are of data from {begin} to {end}. Only the drift log has"
            " figures of a later period.",
            sources=(evidence.seal,),
        )
    for gate in evidence.gates:
        for check in gate.report.get("checks", []):
            yield from _describe_check(gate, check)
        quarantine = gate.report.get("quarantine")
        if quarantine and quarantine.get("rows"):
            yield Statement(
                text=f"The gate {gate.stage} set {quarantine['rows']:,} rows aside, out of the data.",
                sources=gate.sources,
            )


def performance_tables(evidence: Evidence) -> Iterator[Table]:
    """Yield the tables of point 3: the metrics of the gates, and those of slices and groups."""
    model_gates = [gate for gate in evidence.gates if gate.kind == "model"]
    whole = tuple(_figure_row(gate, check) for gate in model_gates for check in _measured(gate))
    if whole:
        yield Table(
            title="Metrics with their confidence intervals",
            columns=("gate", "metric", "figure", "interval", "required", "bound"),
            numeric=("figure",),
            rows=whole,
        )
    for gate in model_gates:
        for check in gate.report.get("checks", []):
            rows = tuple(_part_rows(gate, check))
            if rows:
                by = format_arguments(check.get("expected", {}))
                yield Table(
                    title=f"{check.get('name', '')} by slice, group or feature ({by})",
                    columns=("part", "figure", "interval", "rows", "bound"),
                    numeric=("figure", "rows"),
                    rows=rows,
                )
    files = tuple(
        Row(cells=(file.path, name, format_cell(value, DIGITS)), sources=file.sources)
        for file in evidence.metrics
        for name, value in file.values.items()
    )
    if files:
        yield Table(
            title="Metrics files of the pipeline",
            columns=("file", "metric", "figure"),
            numeric=("figure",),
            rows=files,
        )


def describe_metrics(evidence: Evidence) -> Iterator[Statement]:
    """Yield the sentences of point 4: which metric decides what."""
    for section, purpose in (("promote", "promotion"), ("drift", "the drift check")):
        metric = evidence.policies.get(section, {}).get("metric")
        if metric:
            yield Statement(text=f"The metric that decides {purpose} is {metric}.", sources=(evidence.seal,))
    for gate in evidence.gates:
        if gate.kind == "model":
            names = dict.fromkeys(check.get("name", "") for check in gate.report.get("checks", []))
            if names:
                yield Statement(
                    text=f"The gate {gate.stage} requires bounds of: {', '.join(names)}.",
                    sources=gate.sources,
                )


def _describe_check(gate: StoredGate, check: CheckContent) -> Iterator[Statement]:
    """Yield a sentence for a check that failed, and one for slices that are not measured or are the worst."""
    name, detail = check.get("name", ""), check.get("detail", "")
    if not check.get("passed", False):
        found = f": {detail}" if detail else ""
        yield Statement(
            text=f"The check {name} of gate {gate.stage} failed with severity"
            f" {check.get('severity', 'critical')}{found}.",
            sources=gate.sources,
        )
    elif check.get("parts") and detail:
        yield Statement(text=f"The check {name} of gate {gate.stage} found: {detail}.", sources=gate.sources)


def _measured(gate: StoredGate) -> Iterator[CheckContent]:
    """Yield the checks whose result is a number of the whole table."""
    for check in gate.report.get("checks", []):
        observed = check.get("observed")
        if isinstance(observed, (int, float)) and not isinstance(observed, bool) and not check.get("parts"):
            yield check


def _figure_row(gate: StoredGate, check: CheckContent) -> Row:
    cells = (
        gate.stage,
        check.get("name", ""),
        format_value(check.get("observed")),
        _format_interval(check.get("interval")),
        format_arguments(check.get("expected", {})),
        "met" if check.get("passed") else "not met",
    )
    return Row(cells=cells, sources=gate.sources)


def _part_rows(gate: StoredGate, check: CheckContent) -> Iterator[Row]:
    for part in check.get("parts", []):
        value, rows = part.get("value"), part.get("rows")
        cells = (
            part.get("name", ""),
            "undefined" if value is None else format_cell(value, DIGITS),
            _format_interval(part.get("interval")),
            "" if rows is None else f"{rows:,}",
            "met" if part.get("passed", True) else "not met",
        )
        yield Row(cells=cells, sources=gate.sources)


def _format_interval(interval: list[float] | None) -> str:
    return " to ".join(format_cell(bound, DIGITS) for bound in interval) if interval else ""
