"""An alert: its kind, title, facts and links, as plain text and as the body of an e-mail.

The texts of all alerts are in ``alert_texts``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

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
    "error budget spent",
    "error budget burns",
]


@dataclass(frozen=True)
class Alert:
    """A message to the on-call engineer.

    Attributes:
        kind: What has happened; ``docs/alerts.md`` has a section of that name.
        title: One line.
        facts: Label to text, in reading order; an empty text is left out.
        links: Label to address.
    """

    kind: Kind
    title: str
    facts: Mapping[str, str]
    links: Mapping[str, str] = field(default_factory=dict)

    @property
    def runbook(self) -> str:
        """The section of the docs that says what to do."""
        return f"docs/alerts.md#{self.kind.replace(' ', '-')}"

    def text(self) -> str:
        """Return the alert as plain text."""
        facts = [f"{label}: {text}" for label, text in self.facts.items() if text]
        links = [f"{label}: {url}" for label, url in self.links.items()]
        return "\n".join([self.title, *facts, *links, f"runbook: {self.runbook}"])

    def html(self) -> str:
        """Return the alert as the body of an e-mail."""
        from trimtab.html_report import render

        return render("airflow/notifications/alert.html.j2", alert=self)
