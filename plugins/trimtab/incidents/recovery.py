"""The recovery of an incident: which check that failed has passed since, and where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from trimtab.incidents.incident import Incident
from trimtab.pipeline.record import list_runs, read_run_notes

OF_STAGES = ("gate failed", "gate error", "task failed")


@dataclass(frozen=True)
class Recovery:
    """What has passed since the last alert.

    Attributes:
        at: When: ISO 8601, UTC.
        run: The run in which it passed.
        sentence: What passed.
    """

    at: str
    run: str
    sentence: str


def find_recovery(incident: Incident, root: Path | None = None) -> Recovery | None:
    """Return the first proof that what failed works again; None if there is none.

    A gate has to pass each check that failed, in any later runs. A check that was removed from the suite has
    not passed. Any other task has to succeed. For a task without checks, a recorded run of the DAG proves it
    too: all its stages and gates passed, or have passed before on the same data.

    Args:
        incident: The incident.
        root: The project's root, to look for recorded runs; None to look in MLflow only.
    """
    missing = set(incident.failed_checks)
    for event in incident.passes:
        missing -= set(event.checks)
        if not missing:
            return Recovery(event.at, event.by, event.text)
    return _recorded_run(incident, root) if root and incident.cause.kind in OF_STAGES else None


def missing_checks(incident: Incident) -> tuple[str, ...]:
    """Return the failed checks that have not passed since the last alert."""
    passed = {check for event in incident.passes for check in event.checks}
    return tuple(check for check in incident.failed_checks if check not in passed)


def _recorded_run(incident: Incident, root: Path) -> Recovery | None:
    """Return the first run of the DAG that was recorded since: only a run without a failure is."""
    if incident.failed_checks:
        return None  # a suite without the check that failed passes too
    last = datetime.fromisoformat(incident.alerts[-1].at if incident.alerts else incident.opened)
    recorded = set(list_runs(root))
    later = [
        (note.recorded, name)
        for name, note in read_run_notes(root).items()
        if name in recorded
        and note.pipeline.partition("/")[0] == incident.cause.dag_id
        and incident.cause.subject in note.stages
        and note.recorded > last
    ]
    if not later:
        return None
    at, name = min(later)
    return Recovery(at.isoformat(timespec="seconds"), name, "All stages and gates of the run succeeded")
