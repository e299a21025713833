"""An incident: its cause, and its events in order. All else follows from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from trimtab.incidents.cause import Cause
from trimtab.incidents.event import SEVERITIES, Event, Role, Severity


@dataclass(frozen=True)
class Incident:
    """An incident.

    Attributes:
        id: The key of its cause and a number: the how many-th incident of that cause it is.
        run_id: The MLflow run that keeps it.
        cause: What it is about.
        events: In the order of their times.
        created: When the run was created: ISO 8601, UTC.
        problems: A sentence for each event that cannot be read.
    """

    id: str
    run_id: str
    cause: Cause
    events: tuple[Event, ...]
    created: str
    problems: tuple[str, ...] = field(default=())

    @property
    def alerts(self) -> tuple[Event, ...]:
        """Its alerts, the first one first."""
        return tuple(event for event in self.events if event.kind == "alert")

    @property
    def opened(self) -> str:
        """When the first alert was recorded."""
        return self.alerts[0].at if self.alerts else self.created

    @property
    def resolution(self) -> Event | None:
        """How it was resolved; None while it is open."""
        return next((event for event in self.events if event.kind == "resolved"), None)

    @property
    def state(self) -> str:
        """``open`` or ``resolved``."""
        return "resolved" if self.resolution else "open"

    @property
    def severity(self) -> Severity:
        """The worst severity of its alerts."""
        found = [alert.severity for alert in self.alerts if alert.severity]
        return min(found, key=SEVERITIES.index, default="sev2")

    @property
    def failed_checks(self) -> tuple[str, ...]:
        """The checks that failed in any of its alerts; empty if the task itself is the check."""
        return tuple(dict.fromkeys(check for alert in self.alerts for check in alert.checks))

    @property
    def passes(self) -> tuple[Event, ...]:
        """The passes since the last alert, the first one first."""
        last = self.alerts[-1].at if self.alerts else ""
        return tuple(event for event in self.events if event.kind == "passed" and event.at >= last)

    @property
    def roles(self) -> Mapping[Role, str]:
        """Role to the person who took it last."""
        return {event.role: event.by for event in self.events if event.role}

    def to_dict(self) -> dict[str, object]:
        """Return the JSON of the incident."""
        return {
            "id": self.id,
            "state": self.state,
            "severity": self.severity,
            "cause": asdict(self.cause),
            "opened": self.opened,
            "alerts": len(self.alerts),
            "blocks": self.alerts[-1].blocks if self.alerts else "",
            "failed_checks": list(self.failed_checks),
            "roles": dict(self.roles),
            "mlflow_run": self.run_id,
            "events": [event.model_dump(mode="json") for event in self.events],
            "problems": list(self.problems),
        }
