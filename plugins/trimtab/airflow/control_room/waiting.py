"""What waits for a person in Airflow: approvals, failed verifications, DAGs whose last run failed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote

from trimtab.airflow.airflow_compat import latest_runs, task_states, waiting_questions
from trimtab.airflow.control_room.dag_entries import VERIFY, DagEntry
from trimtab.control_room import TodoItem

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

NAMED = 3  # failed tasks in a sentence


def waiting_items(session: Session, entries: Mapping[str, DagEntry], airflow: str) -> Iterator[TodoItem]:
    """Yield what waits for a person.

    Args:
        session: Of Airflow's database.
        entries: The DAGs.
        airflow: The address of Airflow.
    """
    yield from _questions(session, entries, airflow)
    for entry in entries.values():
        yield from _failed_run(session, entry, airflow)


def run_page(airflow: str, dag_id: str, run_id: str, task: str = "") -> str:
    """Return the page of a run, or of a task in it."""
    page = f"{airflow}/dags/{quote(dag_id, safe='')}/runs/{quote(run_id, safe='')}"
    return f"{page}/tasks/{quote(task, safe='')}" if task else page


def _questions(session: Session, entries: Mapping[str, DagEntry], airflow: str) -> Iterator[TodoItem]:
    for task, question in waiting_questions(session, entries):
        deadline = task.trigger_timeout
        yield TodoItem(
            kind="approval",
            subject=question.subject,
            sentence=f"`{task.dag_id}` waits for an answer. {_who(question.assignees)}",
            advice="Read the comparison, then approve or reject. Without an answer the champion stays.",
            since=question.created_at.isoformat(timespec="seconds"),
            due=deadline.isoformat(timespec="seconds") if deadline else "",
            href=f"{run_page(airflow, task.dag_id, task.run_id, task.task_id)}/required_actions",
        )


def _who(assignees: object) -> str:
    """Return who may answer, in a sentence."""
    if not isinstance(assignees, list) or not assignees:
        return "Anybody may answer who may edit the run."
    names = [str(user.get("name") or user.get("id")) for user in assignees if isinstance(user, dict)]
    return f"Asked are {', '.join(names)}."


def _failed_run(session: Session, entry: DagEntry, airflow: str) -> Iterator[TodoItem]:
    newest = next(iter(latest_runs(session, entry.dag_id, 1)), None)
    if newest is None or newest.state != "failed":
        return
    states = task_states(session, entry.dag_id, newest.run_id)
    failed = [task.task for task in entry.tasks if states.get(task.task) == "failed"]
    verifying = any(task.type == VERIFY for task in entry.tasks if task.task in failed)
    named = ", ".join(f"`{task}`" for task in failed[:NAMED])
    more = f" and {len(failed) - NAMED} more" if len(failed) > NAMED else ""
    yield TodoItem(
        kind="verification" if verifying else "run",
        subject=f"{entry.dag_id}: {'the verification failed' if verifying else 'the last run failed'}",
        sentence=f"Run {newest.run_id} failed at {named}{more}."
        if failed
        else f"Run {newest.run_id} failed.",
        advice="Read the task's log: it ends with what to do. Then clear the task.",
        since=(newest.end_date or newest.run_after).isoformat(timespec="seconds"),
        href=run_page(airflow, entry.dag_id, newest.run_id, failed[0] if failed else ""),
    )
