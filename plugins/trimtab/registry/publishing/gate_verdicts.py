"""Read what the gates said; only a report that says the gate was passed vouches for a model."""

from __future__ import annotations

from pathlib import Path

from trimtab.errors import GateError
from trimtab.gate_report import PASSING, REPORT, SCHEMA, ReportContent, parse_report
from trimtab.pipeline.graph import Stage


def read_verdict(root: Path, gate: Stage) -> tuple[str, str]:
    """Return a gate's verdict and the folder its report lies in, relative to ``root``.

    Raises:
        GateError: There is no report, it cannot be read, it checked nothing, it is that of a gate of
            another kind, or it says anything but passed.
    """
    folders = [out.path for out in gate.outs if (root / out.path / REPORT).is_file()]
    if len(folders) != 1:
        raise GateError(
            f"Gate '{gate.name}' has {len(folders) or 'no'} reports, where there must be one",
            where=", ".join(str(root / out.path / REPORT) for out in gate.outs),
            fix=f"run `dvc repro {gate.name}`; nothing has been registered",
        )
    path = root / folders[0] / REPORT
    report = _read(path, gate)
    verdict, evaluated = report.get("verdict"), report.get("evaluated")
    if report.get("schema") != SCHEMA or not evaluated or evaluated < 1:
        raise GateError(
            f"Gate '{gate.name}' has a report of no check",
            where=str(path),
            fix=f"see what `dvc repro -f {gate.name}` says; nothing has been registered",
        )
    if report.get("gate", gate.gate) != gate.gate:
        raise GateError(
            f"Gate '{gate.name}' is a {gate.gate} gate, its report is that of another: {report['gate']!r}",
            where=str(path),
            fix="correct `meta.trimtab.gate` of the stage; nothing has been registered",
        )
    if verdict not in PASSING:
        raise GateError(
            f"Gate '{gate.name}' was not passed: its verdict is {verdict!r}",
            where=str(path),
            fix="read the report; nothing has been registered",
        )
    return str(verdict), folders[0]


def _read(path: Path, gate: Stage) -> ReportContent:
    try:
        return parse_report(path.read_bytes())
    except GateError as err:
        raise GateError(
            f"Gate '{gate.name}' has a report that cannot be read: {err.what}",
            where=str(path),
            fix=f"run `dvc repro -f {gate.name}`; nothing has been registered",
        ) from err
