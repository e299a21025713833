"""Gates as tasks: which outcome is tried again, where the report is, what whoever is on call is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowFailException

from trimtab.airflow.assets import project_name
from trimtab.airflow.notifications.alert import Alert, Kind, blocked, links, report_url, said, tries
from trimtab.airflow.operators.stage import StageOperator
from trimtab.errors import TrimtabError
from trimtab.gate_report import CheckContent, ReportContent, Verdict

REPORT = "report"  # XCom key: where the report is in DVC's cache
HISTORY = "gate"  # key in the state of the gate's asset: when it has passed, when it began to fail
LONGEST = 300  # characters of a note
SHOWN = 10  # checks

_KINDS: dict[Verdict, Kind] = {"warn": "gate warned", "fail": "gate failed", "error": "gate error"}
_TITLES: dict[Verdict, str] = {
    "warn": "warns",
    "fail": "has failed",
    "error": "has an error: it could not decide",
}
# The words that earlier versions stored in the state of an asset.
_EARLIER_WORDS: dict[str, Verdict] = {"passed": "pass", "warned": "warn", "failed": "fail", "broken": "error"}
_MEND = "this says nothing about the data or the model: see to the error, then clear the task with downstream"


class GateOperator(StageOperator):
    """Runs a gate's stage as a task, and keeps its report where the task's page finds it.

    | outcome of the command | state |
    |---|---|
    | 0: it passes, or warns | success; a warning is told to whoever is on call |
    | 1, and its report says "fail" | failed, no retry |
    | 2: called wrongly, or its suite or params cannot be used | failed, no retry |
    | anything else: "error", a crash, out of memory, killed, no report | up for retry, then failed |

    Args:
        gate: The kind of gate, as ``meta: {trimtab: {gate: …}}`` of the stage says.
        **kwargs: See :class:`StageOperator`.
    """

    ui_color = "#f4e3c1"

    def __init__(self, *, gate: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.gate, self.project_name = gate, project_name(self.project)
        self.custom_operator_name = f"{gate.capitalize()} gate"

    @classmethod
    def get_serialized_fields(cls) -> frozenset[str]:
        """Add the project's name: the api-server believes the DAG alone in whose cache the report is."""
        return frozenset({*super().get_serialized_fields(), "project_name"})

    def execute(self, context: Context) -> dict[str, Any]:
        """Run the gate."""
        from trimtab.gate_report import EXIT_FAIL, EXIT_USAGE
        from trimtab.pipeline.execution import CommandError

        try:
            result = super().execute(context)
        except CommandError as err:
            report = self._keep(context, err.report)
            outcome = f"The {self.gate} gate '{self.stage}'"
            if err.exit_code == EXIT_FAIL and report.get("verdict") == "fail":
                raise AirflowFailException(f"{outcome} has failed.\n{err}\n{findings(report)}") from err
            if err.exit_code == EXIT_USAGE:
                raise AirflowFailException(f"{outcome} cannot be used.\n{err}") from err
            raise
        self._keep(context, result["entry"].get("outs", []))
        return result

    def alert(self, context: Context, *, failed: bool) -> Alert | None:
        """Describe a failure or a warning; of a gate that passes, only the time is kept in mind."""
        # Of a lost worker the dag-processor tells: there is no error, and nothing that it could ask.
        lost = failed and not context.get("exception")
        report: ReportContent = {} if lost else self._kept(context)
        state = _verdict(report.get("verdict"), failed=failed)
        since = "" if lost else self._since(context, state)
        if state == "pass":
            return None
        return Alert(
            kind=_KINDS[state],
            title=f"{self.dag_id}: {self.gate} gate '{self.stage}' {_TITLES[state]}",
            facts={
                "found": findings(report),
                "error": said(context.get("exception")) if state == "error" else "",
                "run": context["run_id"],
                "since": since,
                "blocks": blocked(context) if failed else "nothing, the pipeline goes on",
                "to try": _MEND if state == "error" else tries(self.stage),
            },
            links={**self._report_link(context, report), **links(context)},
        )

    def _keep(self, context: Context, outs: Sequence[Mapping[str, Any]]) -> ReportContent:
        """Keep where the report is, for the link on the task's page; return what it says."""
        report = self._read(outs)
        if report:
            context["ti"].xcom_push(key=REPORT, value=place(outs))
        return report

    def _kept(self, context: Context) -> ReportContent:
        kept = context["ti"].xcom_pull(task_ids=self.task_id, key=REPORT)
        return self._read(kept["outs"]) if kept else {}

    def _read(self, outs: Sequence[Mapping[str, Any]]) -> ReportContent:
        """Return what the report says; nothing if there is none, or none that can be read."""
        from trimtab.gate_report import REPORT as FILE
        from trimtab.gate_report import parse_report
        from trimtab.pipeline.execution import read_report

        try:
            text = read_report(self.project, outs, FILE)
            return parse_report(text) if text else {}
        except (TrimtabError, OSError) as err:
            self.log.error("The report of '%s' cannot be read: %s", self.stage, err)
            return {}

    def _report_link(self, context: Context, report: ReportContent) -> dict[str, str]:
        return {"report": report_url(self.dag_id, context["run_id"], self.task_id)} if report else {}

    def _since(self, context: Context, state: Verdict) -> str:
        """Keep in mind how the gate has ended; say since when it ends like that, and when it last passed."""
        if not self.assets:
            return ""
        store = context["asset_state_store"][next(iter(self.assets.values()))]
        known = store.get(HISTORY, None) or {}
        now = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, run {context['run_id']}"
        before = _EARLIER_WORDS.get(str(known.get("state")), known.get("state"))
        since = known.get("since", now) if before == state else now
        passed = now if state == "pass" else known.get("passed")
        store.set(HISTORY, {"state": state, "since": since, "passed": passed})
        return f"{since}; last passed: {passed or 'not yet'}"


def _verdict(reported: str | None, *, failed: bool) -> Verdict:
    if failed:
        return "fail" if reported == "fail" else "error"
    return "warn" if reported == "warn" else "pass"


def place(outs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return where a report is: hashes in DVC's cache, the same on every host.

    Args:
        outs: The stage's outputs, as an entry has them.
    """
    return {"outs": [dict(out) for out in outs]}


def findings(report: ReportContent) -> str:
    """Return what a report says in a few lines, without its examples: rows of data do not leave the house.

    Args:
        report: What ``report.json`` holds; nothing gives nothing.
    """
    if not report:
        return ""
    rank = {"critical": 0, "warning": 1, "info": 2}
    broken = [check for check in report.get("checks", []) if not check.get("passed")]
    broken.sort(key=lambda check: rank.get(check.get("severity", "critical"), 0))
    lines = [f"{report.get('failed')} of {report.get('declared')} checks failed", *_of(report.get("problem"))]
    for check in broken[:SHOWN]:
        lines.append(f"{check.get('severity')}: {_told(check)}")
        lines += [f"  {note}" for note in _of(check.get("notes"))]
    if len(broken) > SHOWN:
        lines.append(f"and {len(broken) - SHOWN} more, in the report")
    return "\n".join(lines)


def _told(check: CheckContent) -> str:
    """A check in one line: what it is about, what was declared, what was found."""
    declared = (check.get("expected") or {}).items()
    bounds = ", ".join(f"{key} {value}" for key, value in declared if not isinstance(value, list))
    name = str(check.get("name")) + (f" of {check['column']}" if check.get("column") else "")
    parts = [f"{name} ({bounds})" if bounds else name]
    if check.get("unexpected") and check.get("rows"):
        parts.append(f"{check['unexpected']:,} of {check['rows']:,} rows")
    if isinstance(check.get("observed"), int | float):
        parts.append(f"observed {check['observed']:.6g}")
    return "; ".join([*parts, *_of(check.get("detail"))])


def _of(text: Any) -> list[str]:
    """A note or a problem as one line, or as none."""
    line = " ".join(str(text or "").split())
    return [line if len(line) <= LONGEST else f"{line[:LONGEST]} …"] if line else []
