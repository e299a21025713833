"""The verdicts of the gates: a model is published only if each gate has a report that says it passed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from trimtab.errors import GateError
from trimtab.gate_report import PASSING, REPORT, SCHEMA, ReportContent, parse_report
from trimtab.pipeline.graph import Artifact, Graph, Stage

FAIRNESS = "fairness "  # with which the name of a fairness check begins; the rate or metric follows
_NOT_IN_NAMES = re.compile(r"[^\w./: -]")  # of MLflow's tags and metrics


@dataclass(frozen=True)
class GateVerdict:
    """A gate that passed.

    Attributes:
        verdict: ``pass`` or ``warn``.
        folder: The folder of its report, as a path in the project.
        fair: Whether all its fairness checks passed; None if it has none.
    """

    verdict: str
    folder: str
    fair: bool | None = None


def require_passed_gates(root: Path, graph: Graph, model: Artifact) -> dict[str, GateVerdict]:
    """Return the verdict of each gate, by its name as MLflow accepts it: ``validate.a`` for ``validate@a``.

    Raises:
        GateError: No gate checks the model, or a gate did not pass or has no report.
    """
    gates = [stage for stage in graph.stages if stage.gate]
    if not any(gate.gate == "model" and _checks_model(graph, gate, model) for gate in gates):
        others = ", ".join(f"'{gate.name}' ({gate.gate})" for gate in gates)
        raise GateError(
            f"No model gate checks '{model.name}'; the gates are: {others or '(none)'}",
            where="dvc.yaml: stages",
            fix="add a stage with `meta: {trimtab: {gate: model}}` that depends on the model, or that the"
            " model depends on, and writes a gate report; nothing has been registered",
        )
    return {_NOT_IN_NAMES.sub(".", gate.name): read_gate_verdict(root, gate) for gate in gates}


def read_gate_verdict(root: Path, gate: Stage) -> GateVerdict:
    """Read the verdict of a gate from its report.

    Raises:
        GateError: The report is missing, cannot be read, has no check, is that of another kind of gate, or
            does not say that the gate passed.
    """
    folders = [out.path for out in gate.outs if (root / out.path / REPORT).is_file()]
    if len(folders) != 1:
        raise GateError(
            f"Gate '{gate.name}' has {len(folders) or 'no'} reports; it must have one",
            where=", ".join(str(root / out.path / REPORT) for out in gate.outs),
            fix=f"run `dvc repro {gate.name}`; nothing has been registered",
        )
    path = root / folders[0] / REPORT
    report = _read_report(path, gate)
    _require_checks(report, gate, path)
    verdict = report.get("verdict")
    if verdict not in PASSING:
        raise GateError(
            f"Gate '{gate.name}' did not pass: its verdict is {verdict!r}",
            where=str(path),
            fix="read the report; nothing has been registered",
        )
    return GateVerdict(str(verdict), folders[0], _is_fair(report))


def _is_fair(report: ReportContent) -> bool | None:
    """Return whether the fairness checks passed; one that only warns lets an unfair model pass."""
    checks = [check for check in report.get("checks", []) if check.get("name", "").startswith(FAIRNESS)]
    return all(check.get("passed") for check in checks) if checks else None


def _require_checks(report: ReportContent, gate: Stage, path: Path) -> None:
    """Refuse a report without checks, or of another kind of gate."""
    evaluated = report.get("evaluated")
    if report.get("schema") != SCHEMA or not evaluated or evaluated < 1:
        raise GateError(
            f"The report of gate '{gate.name}' has no check",
            where=str(path),
            fix=f"run `dvc repro -f {gate.name}` and read its output; nothing has been registered",
        )
    if report.get("gate", gate.gate) != gate.gate:
        raise GateError(
            f"Gate '{gate.name}' is a {gate.gate} gate, but has the report of another: {report['gate']!r}",
            where=str(path),
            fix="correct `meta.trimtab.gate` of the stage; nothing has been registered",
        )


def _read_report(path: Path, gate: Stage) -> ReportContent:
    try:
        return parse_report(path.read_bytes())
    except GateError as err:
        raise GateError(
            f"The report of gate '{gate.name}' cannot be read: {err.what}",
            where=str(path),
            fix=f"run `dvc repro -f {gate.name}`; nothing has been registered",
        ) from err


def _checks_model(graph: Graph, gate: Stage, model: Artifact) -> bool:
    """Whether a gate is upstream or downstream of the stage that makes the model, or depends on the model."""
    makers = {
        s.name for s in graph.stages if any(PurePosixPath(model.path).is_relative_to(o.path) for o in s.outs)
    }
    upstream_of_gate = {stage.name for stage in graph.with_upstream((gate.name,)).stages}
    upstream_of_model = {stage.name for stage in graph.with_upstream(tuple(makers)).stages}
    return bool(makers & upstream_of_gate) or gate.name in upstream_of_model or model.path in gate.deps
