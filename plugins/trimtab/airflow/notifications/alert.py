"""What is written to whoever is on call: what failed, since when, what it blocks, what to try."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import quote

from airflow.configuration import conf
from airflow.sdk import Context

NAMED = 10  # tasks
LONGEST = 1500  # characters of an error's message

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
]


@dataclass(frozen=True)
class Alert:
    """Something a person should know.

    Attributes:
        kind: What has happened; ``docs/alerts.md`` has a section of that name.
        title: One line.
        facts: Label to text, in reading order; one that is empty is left out.
        links: Label to address.
    """

    kind: Kind
    title: str
    facts: Mapping[str, str]
    links: Mapping[str, str] = field(default_factory=dict)

    @property
    def runbook(self) -> str:
        """Where the docs say what to do."""
        return f"docs/alerts.md#{self.kind.replace(' ', '-')}"

    def text(self) -> str:
        """Return it as plain text."""
        facts = [f"{label}: {text}" for label, text in self.facts.items() if text]
        links = [f"{label}: {url}" for label, url in self.links.items()]
        return "\n".join([self.title, *facts, *links, f"runbook: {self.runbook}"])

    def html(self) -> str:
        """Return it as the body of an e-mail."""
        from trimtab.html_report import render

        return render("airflow/notifications/alert.html.j2", alert=self)


def failure(context: Context) -> Alert:
    """Describe a task that has failed."""
    task, error = context["task"], context.get("exception")
    stage = getattr(task, "stage", None)
    return Alert(
        kind="task failed",
        title=f"{task.dag_id}: '{stage or task.task_id}' failed",
        facts={
            "what failed": said(error),
            "run": context["run_id"],
            "blocks": blocked(context),
            "to try": tries(stage) if stage else "read its log, see to the cause, and clear the task",
        },
        links=links(context),
    )


def said(error: Any) -> str:
    """Return the message of what a task has raised; the scheduler tells none of a task that was killed."""
    text = str(error) if error else "the task was killed, or its worker was lost; no error is known"
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} …"


def tries(stage: str) -> str:
    """Return what a person can do about a stage."""
    return f"`dvc repro {stage}` at the revision in the plan's log; then clear the task with downstream"


def blocked(context: Context) -> str:
    """Name the tasks that do not run because of one that failed."""
    behind = context["task"].get_flat_relative_ids(upstream=False)
    names = [task for task in context["dag"].task_ids if task in behind]
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more or "nothing"


def links(context: Context) -> dict[str, str]:
    """Return the address of the task's page, where its log is."""
    return {"log": f"{run_url(context)}/tasks/{quote(context['ti'].task_id)}"}


def run_url(context: Context) -> str:
    """Return the address of the run's page."""
    run = quote(context["run_id"], safe="")
    return f"{base_url()}/dags/{quote(context['ti'].dag_id)}/runs/{run}"


def report_url(dag_id: str, run_id: str, task_id: str) -> str:
    """Return where a gate's report is served."""
    place = "/".join(quote(part, safe="") for part in (dag_id, run_id, task_id))
    return f"{base_url()}/trimtab/reports/{place}"


def base_url() -> str:
    """Return where Airflow is, without a slash at the end."""
    address: str = conf.get("api", "base_url", fallback="/")
    return address.rstrip("/")
