"""Build the dossier of a version from what the system keeps, without a clock or a random order."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from trimtab.dossier.content import Dossier, Section, Source, Statement, Table
from trimtab.dossier.evidence import Evidence, read_evidence
from trimtab.dossier.frameworks import ANNEX_IV, SERVED, map_functions
from trimtab.dossier.model_sections import describe_data, describe_model, development_tables
from trimtab.dossier.operation_sections import (
    describe_approvals,
    describe_monitoring,
    describe_safeguards,
    lifecycle_tables,
    monitoring_tables,
    policy_tables,
)
from trimtab.dossier.performance_sections import describe_limits, describe_metrics, performance_tables


def build_dossier(root: Path, name: str, number: int) -> Dossier:
    """Build the dossier of a version; nothing is written.

    Args:
        root: The root of the pipeline, in a repository that has the commit of the version.
        name: The registered model.
        number: The version.

    Raises:
        ConfigError: The texts of ``dossier.yaml`` in the commit are not valid.
        GateError: The report of a gate cannot be read.
        RegistryError: There is no such version, it has no seal, something of it or of the ledger was altered,
            the repository does not have its commit, or MLflow does not answer.
    """
    return assemble_dossier(read_evidence(root, name, number))


def assemble_dossier(evidence: Evidence) -> Dossier:
    """Write the sections from the evidence; the same evidence gives the same dossier."""
    sections = (
        _section(1, evidence, describe_model(evidence)),
        _section(
            2,
            evidence,
            describe_data(evidence),
            [*development_tables(evidence), *policy_tables(evidence)],
        ),
        _section(
            3,
            evidence,
            [*describe_limits(evidence), *describe_approvals(evidence)],
            performance_tables(evidence),
        ),
        _section(4, evidence, describe_metrics(evidence)),
        _section(5, evidence, describe_safeguards(evidence)),
        _section(6, evidence, (), lifecycle_tables(evidence)),
        _section(7, evidence),
        _section(8, evidence),
        _section(9, evidence, describe_monitoring(evidence), monitoring_tables(evidence)),
    )
    return Dossier(
        model=evidence.version.name,
        version=evidence.version.version,
        summary=tuple(_summarize(evidence)),
        sections=sections,
        mapping=tuple(map_functions(sections)),
    )


def _section(
    point: int, evidence: Evidence, statements: Iterable[Statement] = (), tables: Iterable[Table] = ()
) -> Section:
    return Section(
        point=point,
        title=ANNEX_IV[point],
        functions=SERVED[point],
        statements=(*evidence.texts.statements(point), *statements),
        tables=tuple(tables),
        missing=evidence.texts.missing(point),
    )


def _summarize(evidence: Evidence) -> Iterable[Statement]:
    """Yield what a reader has to know first: whether it is live, what the gates said, how it does now."""
    version, ledger = evidence.version, evidence.ledger
    if ledger.last:
        live = ledger.champion == version.version
        head = Source(kind="ledger entry", name=ledger.last.key, hash=ledger.head)
        other = f"version {ledger.champion}" if ledger.champion else "no version"
        text = f"{version} is the champion, since {ledger.last.at}." if live else f"The champion is {other}."
        yield Statement(text=text, sources=(head,))
    verdicts = ", ".join(f"{gate.stage} {gate.report.get('verdict')}" for gate in evidence.gates)
    yield Statement(
        text=f"Gates: {verdicts}.",
        sources=tuple(source for gate in evidence.gates for source in gate.sources),
    )
    if evidence.windows:
        newest = evidence.windows[-1]
        past = newest.verdict.past
        yield Statement(
            text=f"The newest window that it was checked on, {past.window}, has the verdict {past.decision}.",
            sources=(newest.source,),
        )
