"""A person's say in a promotion: Airflow's own human in the loop."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import BaseNotifier, Context, Param

from trimtab.airflow.notifications.alert import Alert, failure, links
from trimtab.airflow.notifications.notifier import Alerts
from trimtab.airflow.operators.upstream_tasks import pull
from trimtab.escaping import markdown


class ApproveOperator(HITLOperator):
    """Asks a person whether to promote, if the policy is ``approval`` and there is something to approve.

    | outcome | state |
    |---|---|
    | nothing to ask: another policy, not better, or champion already | success |
    | approved or rejected by a person; nobody answered by the deadline, which is a rejection | success |

    What was said is in the XCom; ``promote`` acts on it. Until then the task is in state *awaiting input* and
    takes no worker. Whom the DAG's :func:`alerting` names is told that a person is wanted.

    Args:
        compared_by: Task id of the comparison.
        registered_by: Task id of the registration.
        **kwargs: Everything ``HITLOperator`` takes, such as ``assigned_users`` and ``notifiers``.
    """

    APPROVE, REJECT = "Approve", "Reject"
    ui_color = "#e6dff1"

    def __init__(self, *, compared_by: str, registered_by: str, **kwargs: Any) -> None:
        # Instead of the DAG's, which Airflow hands in here: the form has this field only.
        comment = Param("", type="string", title="Comment", description="Kept in the ledger", source="task")
        kwargs["params"] = {"comment": comment}
        super().__init__(
            subject="Promote the challenger?",
            options=[self.APPROVE, self.REJECT],
            defaults=self.REJECT,
            response_timeout=timedelta(days=3),  # until the policy says otherwise, in execute
            **kwargs,
        )
        self.compared_by, self.registered_by = compared_by, registered_by
        self.sentence = ""
        told = [callback for callback in self.on_success_callback or () if isinstance(callback, Alerts)]
        self.notifiers: list[BaseNotifier] = [*self.notifiers, *told]

    def execute(self, context: Context) -> dict[str, Any] | None:
        """Ask, or say that there is nothing to ask."""
        compared = pull(self, context, self.compared_by)
        registered = pull(self, context, self.registered_by)
        if compared["policy"] != "approval" or compared["verdict"] not in ("better", "a person decides"):
            self.log.info("Nobody is asked: %s", compared["sentence"])
            return None
        self.ask(compared, registered)
        asked: dict[str, Any] = super().execute(context)
        return asked

    def ask(self, compared: Mapping[str, Any], registered: Mapping[str, Any]) -> None:
        """Put the question: what is shown, and how long there is to answer."""
        self.subject = f"Promote {registered['name']} version {registered['version']}?"
        self.sentence = compared["sentence"]
        self.body = _question(compared, registered)
        self.response_timeout = timedelta(hours=compared["deadline_hours"])

    def execute_complete(self, context: Context, event: dict[str, Any]) -> dict[str, Any]:
        """Take the answer; who gave none by the deadline has no name."""
        answer = super().execute_complete(context, event)
        user = answer["responded_by_user"] or {}
        return {
            "approved": answer["chosen_options"] == [self.APPROVE] and bool(user),
            "by": user.get("name") or user.get("id") or "",
            "comment": answer["params_input"].get("comment", ""),
        }

    def alert(self, context: Context, *, failed: bool) -> Alert | None:
        """Describe what a person is asked; once they have answered there is nothing to tell."""
        if failed:
            return failure(context)
        if not self.body:
            return None
        hours = self.response_timeout.total_seconds() / 3600
        log = links(context)["log"]
        return Alert(
            kind="approval wanted",
            title=self.subject,
            facts={
                "why": self.sentence,
                "until": f"{hours:g} hours from now; without an answer it is rejected",
            },
            links={"answer": f"{log}/required_actions", "log": log},
        )


def _question(compared: Mapping[str, Any], registered: Mapping[str, Any]) -> str:
    """What a person is shown, in Markdown: the verdict, both models' figures, why it was made, the report."""
    old, champion = compared["champion_figures"], compared["champion"]
    beside = f"version {champion}, champion" if champion else "no champion"
    figures = "\n".join(
        f"| {markdown(metric)} | {value:.4f} | {f'{old[metric]:.4f}' if metric in old else ''} |"
        for metric, value in compared["challenger_figures"].items()
    )
    place = f"[MLflow]({registered['url']})" if registered["url"] else "MLflow"
    return f"""{markdown(compared["sentence"])}

| | version {registered["version"]} | {beside} |
|---|---|---|
{figures}

Trained because: {markdown(registered["reason"])}

Both side by side: {place}, run `{compared["run_id"]}`, artifact `comparison/report.html`; the gates' reports
are in the same run. Without an answer in {compared["deadline_hours"]:g} hours it is not promoted.
"""
