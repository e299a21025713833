"""Read what the gates said; only a report that says the gate was passed vouches for a model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from trimtab.errors import GateError
from trimtab.pipeline.execution import SCHEMA
from trimtab.pipeline.graph import Stage

PASSED = ("pass", "warn")


def read_verdict(root: Path, gate: Stage) -> tuple[str, str]:
    """Return a gate's verdict and the folder its report lies in, relative to ``root``.

    Raises:
        GateError: There is no report, it cannot be read, it checked nothing, it is that of a gate of
            another kind, or it says anything but passed.
    """
    folders = [out.path for out in gate.outs if (root / out.path / "report.json").is_file()]
    if len(folders) != 1:
        raise GateError(
            f"Gate '{gate.name}' has {len(folders) or 'no'} reports, where there must be one",
            where=", ".join(str(root / out.path / "report.json") for out in gate.outs),
            fix=f"run `dvc repro {gate.name}`; nothing has been registered",
        )
    path = root / folders[0] / "report.json"
    report = _read(path, gate)
    verdict, evaluated = report.get("verdict"), report.get("evaluated")
    if report.get("schema") != SCHEMA or not isinstance(evaluated, int) or evaluated < 1:
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
    if verdict not in PASSED:
        raise GateError(
            f"Gate '{gate.name}' was not passed: its verdict is {verdict!r}",
            where=str(path),
            fix="read the report; nothing has been registered",
        )
    return str(verdict), folders[0]


def _read(path: Path, gate: Stage) -> dict[str, Any]:
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as err:
        raise GateError(
            f"Gate '{gate.name}' has a report that is not JSON: {err}",
            where=str(path),
            fix=f"run `dvc repro -f {gate.name}`; nothing has been registered",
        ) from err
    return report if isinstance(report, dict) else {}
