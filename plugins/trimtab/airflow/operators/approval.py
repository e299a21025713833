"""The operator that asks a person for an approval: Airflow's human in the loop."""

from __future__ import annotations

from datetime import timedelta

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import BaseNotifier, Context, Param
from airflow.sdk.exceptions import AirflowSkipException

from trimtab.airflow.candidate_results import find_registered
from trimtab.airflow.notifications.alert import Alert
from trimtab.airflow.notifications.alert_texts import approval_alert, task_failed_alert
from trimtab.airflow.notifications.notifier import AlertNotifier
from trimtab.airflow.operators.upstream_tasks import Upstream, pull_result, upstream_reference
from trimtab.airflow.xcom_payloads import ApprovalAnswer, Comparison, RegisteredVersion
from trimtab.escaping import markdown
from trimtab.telemetry import instruments, is_on, record


class ApproveOperator(HITLOperator):
    """Asks a person whether to promote, if the policy is ``approval`` and the comparison allows a promotion.

    It also asks if the policy is ``automatic``, and a spent error budget freezes automatic promotion.

    | outcome | state |
    |---|---|
    | approved or rejected by a person | success |
    | no answer by the deadline, which is a rejection | success |
    | nobody is asked: another policy, not better, or champion already | skipped, with the reason |

    :class:`~trimtab.airflow.PromoteOperator` acts on the answer, and runs where nobody was asked. Until the
    answer the task is in state *awaiting input* and takes no worker. The DAG's :func:`alerting` sends the
    question as an alert.

    Args:
        compared_by: The comparison: its task, its output or its task id. Airflow adds the upstream edge.
        registered_by: The registration, likewise.
        **kwargs: Everything ``HITLOperator`` takes, such as ``assigned_users`` and ``notifiers``.
    """

    APPROVE, REJECT = "Approve", "Reject"
    template_fields = (*HITLOperator.template_fields, "compared_by", "registered_by")
    ui_color = "#e6dff1"

    def __init__(self, *, compared_by: Upstream, registered_by: Upstream, **kwargs: object) -> None:
        # Instead of the DAG's params, which Airflow passes here: the form has this field only.
        comment = Param("", type="string", title="Comment", description="Kept in the ledger", source="task")
        kwargs["params"] = {"comment": comment}
        super().__init__(
            subject="Promote the challenger?",
            options=[self.APPROVE, self.REJECT],
            defaults=self.REJECT,
            response_timeout=timedelta(days=3),  # until `execute` sets the policy's
            **kwargs,
        )
        self.compared_by = upstream_reference(compared_by, argument="compared_by")
        self.registered_by = upstream_reference(registered_by, argument="registered_by")
        self.sentence = ""
        own = [callback for callback in self.on_success_callback or () if isinstance(callback, AlertNotifier)]
        self.notifiers: list[BaseNotifier] = [*self.notifiers, *own]

    def execute(self, context: Context) -> object:
        """Ask, or skip with the reason."""
        compared: Comparison = pull_result(self, context, self.compared_by)
        registered: RegisteredVersion = pull_result(self, context, self.registered_by)
        if compared["policy"] != "approval" and not _is_frozen(compared):
            raise AirflowSkipException(
                f"Nobody is asked: promote.policy is '{compared['policy']}'. {compared['sentence']}"
            )
        if compared["verdict"] not in ("better", "a person decides"):
            raise AirflowSkipException(f"Nobody is asked: {compared['sentence']}")
        run = context["dag_run"]
        self.set_question(compared, registered, triggered_by=run.triggering_user_name or "")
        self._record_waiting(context, 1)
        return super().execute(context)

    def set_question(
        self, compared: Comparison, registered: RegisteredVersion, *, triggered_by: str = ""
    ) -> None:
        """Set what the person is shown, and the deadline of the answer."""
        registered = find_registered(registered, compared.get("version", registered["version"]))
        self.subject = f"Promote {registered['name']} version {registered['version']}?"
        self.sentence = compared["sentence"]
        self.body = _question(compared, registered, triggered_by)
        self.response_timeout = timedelta(hours=compared["deadline_hours"])

    def execute_complete(self, context: Context, event: dict[str, object]) -> ApprovalAnswer:
        """Return the answer; without an answer by the deadline there is no user."""
        self._record_waiting(context, 0)
        answer = super().execute_complete(context, event)
        user = answer["responded_by_user"] or {}
        return {
            "approved": answer["chosen_options"] == [self.APPROVE] and bool(user),
            "by": user.get("name") or user.get("id") or "",
            "comment": answer["params_input"].get("comment", ""),
        }

    def _record_waiting(self, context: Context, number: int) -> None:
        """Record for telemetry whether a person is asked."""
        if is_on():
            registered: RegisteredVersion = pull_result(self, context, self.registered_by)
            about = {instruments.MODEL: registered["name"], instruments.PIPELINE: self.dag_id}
            record(instruments.APPROVALS_WAITING, number, about)

    def alert(self, context: Context, *, failed: bool) -> Alert | None:
        """Describe the question; None once it is answered."""
        if failed:
            return task_failed_alert(context)
        if not self.body:
            return None
        hours = self.response_timeout.total_seconds() / 3600
        return approval_alert(context, subject=self.subject, sentence=self.sentence, hours=hours)


def _question(compared: Comparison, registered: RegisteredVersion, triggered_by: str) -> str:
    """The question in Markdown: the verdict, both models' metrics, the reason, the report."""
    old, champion = compared["champion_figures"], compared["champion"]
    column = f"version {champion}, champion" if champion else "no champion"
    rows = "\n".join(
        f"| {markdown(metric)} | {value:.4f} | {f'{old[metric]:.4f}' if metric in old else ''} |"
        for metric, value in compared["challenger_figures"].items()
    )
    place = f"[MLflow]({registered['url']})" if registered["url"] else "MLflow"
    frozen = compared.get("frozen", "")
    why = f"{markdown(frozen[0].upper() + frozen[1:])}.\n\n" if frozen else ""
    return f"""{why}{markdown(compared["sentence"])}

| | version {registered["version"]} | {column} |
|---|---|---|
{rows}

Trained because: {markdown(registered["reason"])}

Comparison of both: {place}, run `{compared["run_id"]}`, artifact `comparison/report.html`. The gates' reports
are in the same run. Without an answer in {compared["deadline_hours"]:g} hours the version is not promoted.
{_second_person(compared, triggered_by)}{_others(compared)}"""


def _is_frozen(compared: Comparison) -> bool:
    """Whether a person decides on what would be promoted automatically."""
    return compared["policy"] == "automatic" and bool(compared.get("frozen"))


def _second_person(compared: Comparison, triggered_by: str) -> str:
    """Return who may not approve, in Markdown; nothing if everybody may."""
    if not compared.get("second_person") or not triggered_by:
        return ""
    return f"\n{markdown(triggered_by)} triggered this run, so another person has to approve it.\n"


def _others(compared: Comparison) -> str:
    """Return what is known of the other candidates, in Markdown; nothing if there are none."""
    others = compared.get("others", [])
    if not others:
        return ""
    lines = "\n".join(f"- {markdown(str(each['summary']['sentence']))}" for each in others)
    return f"\nThe other candidates; artifact `comparison/candidates.html` has all:\n\n{lines}\n"
