"""A checkup: all checks in order, none of which ends the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from trimtab.doctor.finding import EXIT_CODES, Finding, Status
from trimtab.doctor.redaction import without_secrets
from trimtab.errors import TrimtabError

Check: TypeAlias = Callable[[], Iterable[Finding]]
"""One check area; what it raises becomes a finding."""

STYLES: dict[Status, str] = {"ok": "green", "warning": "yellow", "error": "red"}


def machine_checks(project: Path) -> dict[str, Check]:
    """Return the checks that a worker and a laptop share, by the name of their area.

    Args:
        project: The project's root.
    """
    from trimtab.doctor.clock import check_clock
    from trimtab.doctor.disk import check_disk
    from trimtab.doctor.dvc_cache import check_cache
    from trimtab.doctor.dvc_remotes import check_remotes
    from trimtab.doctor.folders import check_folders
    from trimtab.doctor.git_repository import check_git
    from trimtab.doctor.mlflow_server import check_mlflow
    from trimtab.doctor.variables import check_variables
    from trimtab.doctor.versions import check_versions

    return {
        "versions": check_versions,
        "variables": check_variables,
        "git": lambda: check_git(project),
        "folders": lambda: check_folders(project),
        "disk": lambda: check_disk(project),
        "DVC cache": lambda: check_cache(project),
        "DVC remote": lambda: check_remotes(project),
        "MLflow": check_mlflow,
        "clock": lambda: check_clock(project),
    }


def examine(checks: dict[str, Check]) -> Iterator[Finding]:
    """Yield the findings of checks. An error that a check raises is its finding."""
    for area, check in checks.items():
        yield from (
            replace(finding, seen=without_secrets(finding.seen), fix=without_secrets(finding.fix))
            for finding in _findings(area, check)
        )


def _findings(area: str, check: Check) -> Iterator[Finding]:
    try:
        yield from check()
    except TrimtabError as err:
        where = f" ({err.where})" if err.where else ""
        yield Finding(area, "error", f"{err.what}{where}", err.fix)
    except Exception as err:  # noqa: BLE001  a check that crashes must not hide the others
        seen = f"the check has crashed: {type(err).__name__}: {err}"
        yield Finding(area, "error", seen, "report it, with the versions above")


def exit_code(findings: Iterable[Finding]) -> int:
    """Return the exit code of the worst finding."""
    return max((EXIT_CODES[finding.status] for finding in findings), default=EXIT_CODES["ok"])


def findings_to_dict(findings: Iterable[Finding], *, host: str) -> dict[str, object]:
    """Serialize findings for a monitor.

    Args:
        findings: The findings.
        host: The host that was examined.
    """
    rows = list(findings)
    worst = max((finding.status for finding in rows), key=lambda status: EXIT_CODES[status], default="ok")
    return {"host": host, "status": worst, "findings": [finding.to_dict() for finding in rows]}


def show_findings(findings: Iterable[Finding]) -> int:
    """Print a line for each finding as it comes, and what to do below it; return the exit code."""
    from trimtab.terminal import Console, Text

    console, shown = Console(), []
    for finding in findings:
        shown.append(finding)
        text = Text(f"{finding.status:8}", STYLES[finding.status])
        text.append(f"{finding.check}: {' '.join(finding.seen.split())}", "")
        console.print(text, soft_wrap=True)
        if finding.fix:
            console.print(Text(f"        to do: {' '.join(finding.fix.split())}"), soft_wrap=True)
    return exit_code(shown)
