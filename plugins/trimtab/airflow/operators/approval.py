"""The operator that asks a person for an approval: Airflow's human in the loop."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TypedDict

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import BaseNotifier, Context, Param
from airflow.sdk.exceptions import AirflowSkipException

from trimtab.airflow.candidate_results import find_registered
from trimtab.airflow.links.urls import report_url
from trimtab.airflow.notifications.alert import Alert
from trimtab.airflow.notifications.alert_texts import approval_alert, task_failed_alert
from trimtab.airflow.notifications.notifier import AlertNotifier
from trimtab.airflow.operators.approval_question import QuestionFacts, approval_question, utc
from trimtab.airflow.operators.comparison import CompareOperator
from trimtab.airflow.operators.gate import GateOperator
from trimtab.airflow.operators.mlflow_operator import MLFLOW_PAGE
from trimtab.airflow.operators.upstream_tasks import (
    Upstream,
    pull_result,
    upstream_levels,
    upstream_reference,
)
from trimtab.airflow.xcom_payloads import ApprovalAnswer, Comparison, RegisteredVersion
from trimtab.telemetry import instruments, is_on, record

DEADLINE = "deadline"  # XCom key: until when an answer counts


class Reports(TypedDict):
    """The pages that the question links."""

    comparison: str
    gates: dict[str, str]


class ApproveOperator(HITLOperator):
    """Asks a person whether to promote, if the policy is ``approval`` and the comparison allows a promotion.

    It also asks if the policy is ``automatic``, and a spent error budget freezes automatic promotion.

    | outcome | state |
    |---|---|
    | approved or rejected by a person | success |
    | no answer by the deadline, which is a rejection | success |
    | nobody is asked: another policy, not better, or champion already | skipped, with the reason |

    :class:`~trimtab.airflow.PromoteOperator` acts on the answer, and runs where nobody was asked. Until the
    answer the task is in state *awaiting input* and takes no worker; its *Rendered Templates* show what it
    waits for. The DAG's :func:`alerting` sends the question as an alert.

    Who rejects without a comment is asked again, until the same deadline: the ledger keeps the comment.

    Args:
        compared_by: The comparison: its task, its output or its task id. Airflow adds the upstream edge.
        registered_by: The registration, likewise.
        **kwargs: Everything ``HITLOperator`` takes, such as ``assigned_users`` and ``notifiers``.
    """

    APPROVE, REJECT = "Approve", "Reject"
    template_fields = (*HITLOperator.template_fields, "compared_by", "registered_by")
    overwrite_rtif_after_execution = True  # the subject and the body are known once the task has begun
    ui_color = "#e6dff1"

    def __init__(self, *, compared_by: Upstream, registered_by: Upstream, **kwargs: object) -> None:
        # Instead of the DAG's params, which Airflow passes here: the form has this field only.
        comment = Param(
            None,
            type=["null", "string"],
            title="Comment",
            description="Kept in the ledger. A rejection needs one.",
            source="task",
        )
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
        self.deadline: datetime | None = None
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
        run, deadline = context["dag_run"], datetime.now(UTC) + timedelta(hours=compared["deadline_hours"])
        self.set_question(
            compared,
            registered,
            deadline=deadline,
            triggered_by=run.triggering_user_name or "",
            **self._reports(context),
        )
        context["ti"].xcom_push(key=DEADLINE, value=deadline.isoformat())
        self._record_waiting(context, 1)
        return super().execute(context)

    def set_question(
        self,
        compared: Comparison,
        registered: RegisteredVersion,
        *,
        deadline: datetime,
        triggered_by: str = "",
        comparison: str = "",
        gates: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Set what the person is shown, and the deadline of the answer."""
        registered = find_registered(registered, compared.get("version", registered["version"]))
        self.subject = _subject(registered)
        self.sentence, self.deadline = compared["sentence"], deadline
        answered_by = [user["name"] or user["id"] for user in self.assigned_users or ()]
        facts = QuestionFacts(deadline, answered_by, triggered_by, comparison, gates)
        self.body = approval_question(compared, registered, facts)
        self.response_timeout = timedelta(hours=compared["deadline_hours"])

    def execute_complete(self, context: Context, event: dict[str, object]) -> ApprovalAnswer:
        """Return the answer, or ask again; without an answer by the deadline there is no user."""
        answer = super().execute_complete(context, event)
        user, comment = answer["responded_by_user"] or {}, answer["params_input"].get("comment") or ""
        approved = answer["chosen_options"] == [self.APPROVE] and bool(user)
        if user and not approved and not comment.strip():
            self._ask_again(context)
        self._record_waiting(context, 0)
        compared: Comparison = pull_result(self, context, self.compared_by)
        registered: RegisteredVersion = pull_result(self, context, self.registered_by)
        # Another process asked: the rendered templates keep what the task was about.
        self.subject = _subject(find_registered(registered, compared.get("version", registered["version"])))
        return {"approved": approved, "by": user.get("name") or user.get("id") or "", "comment": comment}

    def _ask_again(self, context: Context) -> None:
        """Wait for another answer until the same deadline; after it, the rejection counts as it is."""
        pushed = context["ti"].xcom_pull(task_ids=self.task_id, key=DEADLINE)
        self.deadline = datetime.fromisoformat(pushed) if pushed else datetime.now(UTC)
        left = self.deadline - datetime.now(UTC)
        if left <= timedelta():
            return
        compared: Comparison = pull_result(self, context, self.compared_by)
        self.set_question(
            compared,
            pull_result(self, context, self.registered_by),
            deadline=self.deadline,
            **self._reports(context),
        )
        self.response_timeout = min(left, timedelta(hours=compared["deadline_hours"]))
        self.sentence = f"The rejection had no comment: answer again. {self.sentence}"
        self.log.info("%s", self.sentence)
        super().execute(context)

    def _reports(self, context: Context) -> Reports:
        """Return the page of the comparison, and those of the gates upstream, the nearest first."""
        above = [each for level in upstream_levels(self) for each in level]
        compared = [each.task_id for each in above if isinstance(each, CompareOperator)]
        page = context["ti"].xcom_pull(task_ids=compared[0], key=MLFLOW_PAGE) if compared else None
        gates = {
            each.stage: report_url(self.dag_id, context["run_id"], each.task_id)
            for each in above
            if isinstance(each, GateOperator)
        }
        return {"comparison": str(page or ""), "gates": gates}

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
        if not self.body or self.deadline is None:
            return None
        return approval_alert(context, subject=self.subject, sentence=self.sentence, until=utc(self.deadline))


def _subject(registered: RegisteredVersion) -> str:
    """Return the question in a line."""
    return f"Promote {registered['name']} version {registered['version']}?"


def _is_frozen(compared: Comparison) -> bool:
    """Whether a person decides on what would be promoted automatically."""
    return compared["policy"] == "automatic" and bool(compared.get("frozen"))
