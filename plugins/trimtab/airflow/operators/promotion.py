"""The operator that promotes the best of the registered versions."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowSkipException

from trimtab.airflow.candidate_results import find_registered, from_payload
from trimtab.airflow.notifications.alert import Alert
from trimtab.airflow.notifications.alert_texts import promotion_alert, task_failed_alert
from trimtab.airflow.operators.comparison import ComparingOperator
from trimtab.airflow.operators.upstream_tasks import Upstream, pull_result, upstream_reference
from trimtab.airflow.xcom_payloads import ApprovalAnswer, Comparison, PromotionDecision, RegisteredVersion
from trimtab.params_file import PARAMS_FILE

RETRAIN_PREFIX = "drift__"  # of the id of a run that a drift check triggered; the window's name follows


class PromoteOperator(ComparingOperator):
    """Makes the best of the registered versions champion if comparison, policy and approval allow it.

    | outcome | state |
    |---|---|
    | promoted or not | success |
    | who triggered the run approved it, and `promote.second_person` is true | success: not promoted |
    | the best version comes from data that `trimtab isolate` has isolated | success: not promoted |
    | an error budget is spent, and no person approved | success: not promoted, with the reason |
    | another version became champion meanwhile | success: compared anew, and no approval counts for that |
    | a signature is required, and no trusted key has signed the version | failed, nothing has changed |
    | nothing was registered in this run | skipped |
    | MLflow does not answer | up for retry, then failed; the retry completes a switch that was begun |

    The policy is that of the run, but never looser than that of the commit. Its trigger rule is
    ``none_failed``: :class:`~trimtab.airflow.ApproveOperator` is skipped where the policy asks nobody.

    Args:
        compared_by: The comparison: its task, its output or its task id. Airflow adds the upstream edge.
        approved_by: The approval, likewise, if there is one.
        **kwargs: Everything :class:`ComparingOperator` takes.
    """

    template_fields = ("compared_by", "approved_by", *ComparingOperator.template_fields)

    def __init__(self, *, compared_by: Upstream, approved_by: Upstream | None = None, **kwargs: Any) -> None:
        super().__init__(**{"trigger_rule": "none_failed", **kwargs})
        self.compared_by = upstream_reference(compared_by, argument="compared_by")
        self.approved_by = upstream_reference(approved_by, argument="approved_by")

    def execute(self, context: Context) -> PromotionDecision:
        """Decide and switch; return the decision and both models' figures."""
        from trimtab.config import load_params
        from trimtab.registry import (
            Approval,
            PromotePolicy,
            promote_best,
            read_model_trust,
            record_retrain_outcome,
        )

        compared: Comparison | None = pull_result(self, context, self.compared_by)
        answer: ApprovalAnswer | None = pull_result(self, context, self.approved_by)
        if not compared or not pull_result(self, context, self.registered_by):
            raise AirflowSkipException("No version was registered and compared in this run")
        policy = PromotePolicy(
            policy=compared["policy"],
            deadline_hours=compared["deadline_hours"],
            second_person=compared.get("second_person", False),
        )
        # An XCom loosens nothing: the stricter of its policy and the commit's counts.
        committed = load_params(PromotePolicy, "promote", Path(self.project) / PARAMS_FILE)
        policy = policy.tighten(committed)
        trusted = read_model_trust(self.project)
        triggered_by = context["dag_run"].triggering_user_name or ""
        approval = Approval(**answer, triggered_by=triggered_by) if answer else None
        with self.hook.tracking_server():
            ranked = from_payload(compared, self.registered(context))
            decide = partial(
                promote_best,
                by=f"{self.dag_id}/{context['run_id']}",
                trusted=trusted,
                root=Path(self.project),
            )
            # Likewise: promotions are frozen if they were when a person was asked, or are by now.
            frozen = compared.get("frozen", "") or self.find_freeze(ranked[0].version.name)
            while (decision := decide(ranked, policy, approval=approval, frozen=frozen)) is None:
                self.log.warning("The ledger has a new entry meanwhile; comparing anew")
                (ranked, policy, frozen), approval = self.examine(context), None
                policy = policy.tighten(committed)
            version, examined = ranked[0].version, ranked[0].summary
            self.log.info("%s", decision.sentence)
            if context["run_id"].startswith(RETRAIN_PREFIX):  # the drift verdict gets the outcome
                window = context["run_id"].removeprefix(RETRAIN_PREFIX)
                record_retrain_outcome(version.name, window, "promoted" if decision.promoted else "refused")
        return {
            "promoted": decision.promoted,
            "sentence": decision.sentence,
            "model": version.name,
            "version": version.version,
            "was": examined.champion,
            "challenger_figures": dict(examined.challenger_figures),
            "champion_figures": dict(examined.champion_figures),
        }

    def alert(self, context: Context, *, failed: bool) -> Alert | None:
        """Describe the decision; None if the version was champion already."""
        if failed:
            return task_failed_alert(context)
        decision: PromotionDecision = context["ti"].xcom_pull(task_ids=self.task_id)
        registered: RegisteredVersion = pull_result(self, context, self.registered_by)
        if not decision["promoted"] and decision["was"] == decision["version"]:
            return None
        return promotion_alert(context, decision, find_registered(registered, decision["version"]))
