"""The cause by which alerts join one incident: the DAG, the kind of alert, and what it is about."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Literal, get_args

IncidentKind = Literal["gate failed", "gate error", "task failed", "drift to look at", "verification failed"]
KINDS: tuple[IncidentKind, ...] = get_args(IncidentKind)  # of the alerts that open an incident


@dataclass(frozen=True)
class Cause:
    """What an incident is about. Alerts of one cause join the open incident of that cause.

    The run, the window, the try and the message are no part of it: they differ each time.

    Attributes:
        dag_id: The DAG.
        kind: The kind of its alerts.
        task_id: The task that alerts.
        subject: The stage, the gate, the task or the model that the alerts are about.
    """

    dag_id: str
    kind: IncidentKind
    task_id: str
    subject: str

    @property
    def key(self) -> str:
        """The subject, and a hash that tells causes of one subject apart, such as ``validate_raw-3f9a2c``."""
        named = "\n".join((self.dag_id, self.kind, self.task_id, self.subject))
        readable = re.sub(r"[^A-Za-z0-9_.]+", "-", self.subject).strip("-")[:24] or "incident"
        return f"{readable}-{hashlib.sha256(named.encode()).hexdigest()[:6]}"

    @property
    def title(self) -> str:
        """The cause in a few words."""
        return f"{self.dag_id}: {self.kind}: {self.subject}"
