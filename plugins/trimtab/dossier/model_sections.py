"""Points 1 and 2: what the model is, what it was made of, and what checked it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from trimtab.dossier.content import Row, Source, Statement, Table
from trimtab.dossier.evidence import Evidence
from trimtab.dossier.stored_files import StoredGate
from trimtab.gate_report import CheckContent
from trimtab.pipeline.graph import Stage
from trimtab.pipeline.lock import LockEntry, path_in_graph
from trimtab.registry.provenance import DataExtent
from trimtab.value_format import format_arguments, format_value

SHOWN_PACKAGES = (
    "mlflow",
    "numpy",
    "pandas",
    "scikit-learn",
    "lightgbm",
    "xgboost",
    "catboost",
    "onnxruntime",
)


def describe_model(evidence: Evidence) -> Iterator[Statement]:
    """Yield the sentences of point 1: the model, its file, its place among the versions, its software."""
    version, seal = evidence.version, evidence.seal
    about = f": {evidence.model.desc}" if evidence.model.desc else ""
    yield Statement(text=f"The model is {version}{about or '.'}", sources=(seal, *evidence.code))
    yield Statement(text=f"Its problem type is {version.problem_type}.", sources=(seal,))
    reason = version.tag("reason")
    if reason:
        yield Statement(text=f"It was trained because of: {reason}.", sources=(seal,))
    by = version.tag("dag_run") or version.tag("by")
    if by:
        yield Statement(text=f"It was registered by {by}.", sources=(seal,))
    made = evidence.lock.output_hash(evidence.model.path)
    for path, digest in made.items():
        source = Source(kind="DVC hash", name=path, hash=digest)
        size = _size_of(evidence, path)
        yield Statement(text=f"Its file is {path}{f', {size:,} bytes' if size else ''}.", sources=(source,))
    yield from _relation_to_earlier(evidence)
    packages = [line for line in evidence.environment if line.partition("==")[0] in SHOWN_PACKAGES]
    python = next((line for line in evidence.environment if line.startswith("# ")), "# Python").lstrip("# ")
    count = sum("==" in line for line in evidence.environment)
    named = f", among them {', '.join(packages)}" if packages else ""
    yield Statement(text=f"It was registered with {python} and {count} packages{named}.", sources=(seal,))


def describe_data(evidence: Evidence) -> Iterator[Statement]:
    """Yield the sentences of point 2 on lineage and data."""
    version, seal, commit = evidence.version, evidence.seal, evidence.commit
    folder = version.tag("pipeline")
    place = f" in the folder {folder}" if folder and folder != "." else ""
    yield Statement(
        text=f"Code and configuration are those of commit {commit.hash}{place}.", sources=(commit,)
    )
    if version.tag("uncommitted"):
        yield Statement(
            text="The checkout had uncommitted changes; they are a patch among the files of its run.",
            sources=(seal,),
        )
    yield Statement(
        text=f"{len(evidence.lock.entries)} stages made the model and its reports.",
        sources=(evidence.lock_files,),
    )
    extent = DataExtent.of_version(version)
    if extent and extent.tested_from:
        yield Statement(
            text=f"The training data end at {format_moment(extent.learnt_until)}.", sources=(seal,)
        )
        yield Statement(
            text=f"The test data begin at {format_moment(extent.learnt_until)} and end at"
            f" {format_moment(extent.seen_until)}.",
            sources=(seal,),
        )
    elif extent:
        yield Statement(text=f"The data end at {format_moment(extent.seen_until)}.", sources=(seal,))
    if version.tag("data_window"):
        yield Statement(text=f"The data window is: {version.tag('data_window')}.", sources=(seal,))
    for gate in evidence.gates:
        yield _describe_gate(gate)


def format_moment(moment: datetime) -> str:
    """Return a moment as ISO 8601; midnight as its date."""
    return moment.isoformat().removesuffix("T00:00:00")


def development_tables(evidence: Evidence) -> Iterator[Table]:
    """Yield the tables of point 2: stages, data, params, predetermined changes and checks."""
    yield Table(
        title="Stages, in their order",
        columns=("stage", "what it does", "command"),
        rows=tuple(_stage_row(evidence, stage) for stage, _ in evidence.lock.entries),
    )
    yield Table(
        title="Data, models and reports: what each stage read and wrote",
        columns=("stage", "how", "path", "bytes"),
        numeric=("bytes",),
        rows=tuple(row for stage, entry in evidence.lock.entries for row in _content_rows(stage, entry)),
    )
    params = tuple(
        Row(cells=(name, format_value(value)), sources=(evidence.lock_files,))
        for name, value in sorted(evidence.lock.params().items())
    )
    if params:
        yield Table(title="Params that the stages ran with", columns=("param", "value"), rows=params)
    checks = tuple(
        _check_row(gate, check) for gate in evidence.gates for check in gate.report.get("checks", [])
    )
    if checks:
        yield Table(
            title="Checks of the gates",
            columns=("gate", "check", "severity", "required", "result", "verdict"),
            rows=checks,
        )


def _relation_to_earlier(evidence: Evidence) -> Iterator[Statement]:
    version, ledger = evidence.version, evidence.ledger
    own = [entry for entry in ledger.entries if entry.champion == version.version]
    if own:
        first = own[0]
        before = f"version {first.was}" if first.was else "no version"
        source = Source(kind="ledger entry", name=first.key, hash=first.hash)
        yield Statement(text=f"It became champion after {before}, at {first.at}.", sources=(source,))
    elif ledger.last:  # its hash covers all entries before it
        last = Source(kind="ledger entry", name=ledger.last.key, hash=ledger.head)
        yield Statement(text="It has not been champion.", sources=(last,))


def _describe_gate(gate: StoredGate) -> Statement:
    report = gate.report
    checks = report.get("checks", [])
    passed = sum(check.get("passed", False) for check in checks)
    rows = report.get("rows")
    on = f" on {rows:,} rows" if rows is not None else ""
    counted = (
        f"{passed} of {report.get('declared', len(checks))} checks passed{on}"
        if checks
        else "it lists no check"
    )
    return Statement(
        text=f"The {gate.kind} gate {gate.stage} has the verdict {report.get('verdict')}: {counted}.",
        sources=gate.sources,
    )


def _stage_row(evidence: Evidence, stage: Stage) -> Row:
    return Row(
        cells=(stage.name, stage.desc, "; ".join(stage.cmd)), sources=(*evidence.code, evidence.lock_files)
    )


def _content_rows(stage: Stage, entry: LockEntry) -> Iterator[Row]:
    """Yield a row for each dependency that is no code, and for each output."""
    for side, items in (("read", entry.get("deps")), ("wrote", entry.get("outs"))):
        for item in items or []:
            path = path_in_graph(stage, item["path"])
            if "md5" in item and not path.endswith(".py"):
                source = Source(kind="DVC hash", name=path, hash=item["md5"])
                size = item.get("size")
                shown = f"{size:,}" if isinstance(size, int) else ""
                yield Row(cells=(stage.name, side, path, shown), sources=(source,))


def _check_row(gate: StoredGate, check: CheckContent) -> Row:
    name = " ".join(filter(None, [check.get("name", ""), check.get("column", "")]))
    observed, interval = check.get("observed"), check.get("interval")
    result = format_value(observed) if observed is not None else check.get("detail", "")
    if interval:
        result += f" ({' to '.join(map(format_value, interval))})"
    cells = (
        gate.stage,
        name,
        check.get("severity", ""),
        format_arguments(check.get("expected", {})),
        result,
        "passed" if check.get("passed") else "failed",
    )
    return Row(cells=cells, sources=gate.sources)


def _size_of(evidence: Evidence, path: str) -> int | None:
    for stage, entry in evidence.lock.entries:
        for item in entry.get("outs") or []:
            if path_in_graph(stage, item["path"]) == path and isinstance(item.get("size"), int):
                return int(item["size"])
    return None
