"""The operator of a gate's stage: which outcome is retried, and where the report is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowFailException

from trimtab.airflow.assets import project_name
from trimtab.airflow.links.urls import report_url
from trimtab.airflow.notifications.alert import Alert
from trimtab.airflow.notifications.alert_texts import gate_alert
from trimtab.airflow.notifications.gate_findings import check_names, gate_findings
from trimtab.airflow.operators.stage import StageOperator
from trimtab.airflow.xcom_payloads import ReportLocation, StageResult
from trimtab.errors import TrimtabError

if TYPE_CHECKING:
    from airflow.providers.openlineage.extractors import OperatorLineage

    from trimtab.airflow.airflow_compat import RuntimeTaskInstance
    from trimtab.gate_report import ReportContent, Verdict
    from trimtab.pipeline.lock import LockItem

REPORT = "report"  # XCom key: where the report is in DVC's cache
# The words that earlier versions stored in the state of an asset.
_EARLIER_WORDS: dict[str | None, Verdict] = {
    "passed": "pass",
    "warned": "warn",
    "failed": "fail",
    "broken": "error",
}
HISTORY = "gate"  # key in the state store of the gate's asset: when it last passed, since when it fails


class GateOperator(StageOperator):
    """Runs the stage of a gate, and keeps where its report is for the link on the task's page.

    | exit code of the command | state |
    |---|---|
    | 0: the verdict is "pass" or "warn" | success; "warn" sends an alert |
    | 1, and the report's verdict is "fail" | failed, no retry |
    | 2: called wrongly, or its suite or params cannot be used | failed, no retry |
    | any other: "error", a crash, out of memory, killed, no report | up for retry, then failed |

    Args:
        gate: The kind of gate, ``data`` or ``model``: ``meta: {trimtab: {gate: …}}`` of the stage.
        **kwargs: Everything :class:`StageOperator` takes.
    """

    ui_color = "#f4e3c1"

    def __init__(self, *, gate: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.gate, self.project_name = gate, project_name(self.project)
        self.custom_operator_name = f"{gate.capitalize()} gate"

    @classmethod
    def get_serialized_fields(cls) -> frozenset[str]:
        """Add the project's name: the api-server trusts the DAG alone on which cache holds the report."""
        return frozenset({*super().get_serialized_fields(), "project_name"})

    def execute(self, context: Context) -> StageResult:
        """Run the gate."""
        from trimtab.gate_report import EXIT_FAIL, EXIT_USAGE
        from trimtab.pipeline.execution import CommandError

        try:
            result = super().execute(context)
        except CommandError as err:
            report = self._push_report(context, err.report)
            subject = f"The {self.gate} gate '{self.stage}'"
            if err.exit_code == EXIT_FAIL and report.get("verdict") == "fail":
                findings = gate_findings(report)
                self.log.error("%s", findings)
                # The last line of the log, and its only traceback: that of the command says nothing more.
                page = report_url(self.dag_id, context["run_id"], self.task_id)
                raise AirflowFailException(
                    f"{subject} has failed: {findings.splitlines()[0]}. Report: {page}"
                ) from None
            if err.exit_code == EXIT_USAGE:
                raise AirflowFailException(f"{subject} cannot be used.\n{err}") from None
            raise
        self._push_report(context, result["entry"].get("outs", []))
        return result

    def get_openlineage_facets_on_failure(self, task_instance: RuntimeTaskInstance) -> OperatorLineage:
        """Describe a gate that failed: the checks of its report, without datasets."""
        from trimtab.airflow.stage_lineage import operator_lineage

        location: ReportLocation | None = task_instance.xcom_pull(task_ids=self.task_id, key=REPORT)
        outs = location["outs"] if location else []
        return operator_lineage(self.project, self.graph, self.stage, None, report=outs)

    def alert(self, context: Context, *, failed: bool) -> Alert | None:
        """Describe a failure or a warning; None for a gate that passed."""
        # For a lost worker the dag-processor calls: there is no exception, and no task state to ask for.
        lost = failed and not context.get("exception")
        report: ReportContent = {} if lost else self._pull_report(context)
        verdict = _verdict(report.get("verdict"), failed=failed)
        since = "" if lost else self._note_verdict(context, verdict)
        if verdict == "pass":
            return None
        return gate_alert(
            context, gate=self.gate, stage=self.stage, verdict=verdict, report=report, since=since
        )

    def passed_checks(self, context: Context) -> tuple[str, ...]:
        """Return the checks that passed: an incident of the gate waits for those that failed."""
        return check_names(self._pull_report(context), passed=True)

    def _push_report(self, context: Context, outs: Sequence[LockItem]) -> ReportContent:
        """Keep where the report is; return what it holds."""
        report = self._read_report(outs)
        if report:
            context["ti"].xcom_push(key=REPORT, value=report_location(outs))
        return report

    def _pull_report(self, context: Context) -> ReportContent:
        location: ReportLocation | None = context["ti"].xcom_pull(task_ids=self.task_id, key=REPORT)
        return self._read_report(location["outs"]) if location else {}

    def _read_report(self, outs: Sequence[LockItem]) -> ReportContent:
        """Return what the report holds; nothing if there is none, or none that can be read."""
        from trimtab.gate_report import REPORT as FILE
        from trimtab.gate_report import parse_report
        from trimtab.pipeline.execution import read_report

        try:
            text = read_report(self.project, outs, FILE)
            return parse_report(text) if text else {}
        except (TrimtabError, OSError) as err:
            self.log.error("The report of '%s' cannot be read: %s", self.stage, err)
            return {}

    def _note_verdict(self, context: Context, verdict: Verdict) -> str:
        """Store the verdict; return since when the gate has it, and when it last passed."""
        if not self.assets:
            return ""
        store = context["asset_state_store"][next(iter(self.assets.values()))]
        known = store.get(HISTORY, None) or {}
        now = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, run {context['run_id']}"
        before = _EARLIER_WORDS.get(known.get("state"), known.get("state"))
        since = known.get("since", now) if before == verdict else now
        passed = now if verdict == "pass" else known.get("passed")
        store.set(HISTORY, {"state": verdict, "since": since, "passed": passed})
        return f"{since}; last passed: {passed or 'not yet'}"


def report_location(outs: Sequence[LockItem]) -> ReportLocation:
    """Return where a report is: hashes in DVC's cache, the same on every host.

    Args:
        outs: The stage's outputs, as its lock entry has them.
    """
    return {"outs": list(outs)}


def _verdict(reported: str | None, *, failed: bool) -> Verdict:
    if failed:
        return "fail" if reported == "fail" else "error"
    return "warn" if reported == "warn" else "pass"
