"""An alert: its kind, title, facts and links, as plain text and as the body of an e-mail.

The texts of all alerts are in ``alert_texts``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from trimtab.incidents import runbook_address

Kind = Literal[
    "gate failed",
    "gate warned",
    "gate error",
    "task failed",
    "drift to look at",
    "approval wanted",
    "model promoted",
    "model not promoted",
    "model rolled back",
    "verification failed",
    "recovery drill failed",
    "recovery in doubt",
    "error budget spent",
    "error budget burns",
]
Urgency = Literal["act", "watch", "ok"]
URGENCIES: Mapping[Kind, Urgency] = {
    "gate failed": "act",
    "gate warned": "watch",
    "gate error": "act",
    "task failed": "act",
    "drift to look at": "act",
    "approval wanted": "watch",
    "model promoted": "ok",
    "model not promoted": "watch",
    "model rolled back": "watch",
    "verification failed": "act",
    "recovery drill failed": "watch",
    "recovery in doubt": "watch",
    "error budget spent": "watch",
    "error budget burns": "watch",
}
# A mail has each as a sign and a colour, those of the control room.
SIGNS: Mapping[Urgency, str] = {"act": "✖", "watch": "▲", "ok": "✓"}
COLOURS: Mapping[Urgency, str] = {"act": "#b3261e", "watch": "#a86400", "ok": "#1f7a4d"}


@dataclass(frozen=True)
class Alert:
    """A message to the on-call engineer.

    Attributes:
        kind: What has happened; ``docs/alerts.md`` has a section of that name.
        title: One line.
        facts: Label to text, in reading order; an empty text is left out.
        links: Label to address.
        subject: The stage, the gate, the task or the model that it is about; empty for the task that alerts.
        checks: The checks that failed, as the report of the gate names them.
    """

    kind: Kind
    title: str
    facts: Mapping[str, str]
    links: Mapping[str, str] = field(default_factory=dict)
    subject: str = ""
    checks: tuple[str, ...] = ()

    @property
    def runbook(self) -> str:
        """The address of the section of the docs that says what to do; its path where no address is set."""
        return runbook_address(self.kind)

    @property
    def urgency(self) -> Urgency:
        """Whether somebody has to act."""
        return URGENCIES[self.kind]

    @property
    def sign(self) -> str:
        """The urgency as a sign."""
        return SIGNS[self.urgency]

    @property
    def colour(self) -> str:
        """The urgency as a colour."""
        return COLOURS[self.urgency]

    def text(self) -> str:
        """Return the alert as plain text."""
        facts = [f"{label}: {text}" for label, text in self.facts.items() if text]
        links = [f"{label}: {url}" for label, url in self.links.items()]
        return "\n".join([self.title, *facts, *links, f"runbook: {self.runbook}"])

    def html(self) -> str:
        """Return the alert as the body of an e-mail."""
        from trimtab.html_report import render

        return render("airflow/notifications/alert.html.j2", alert=self)
