"""The text of every alert: one function for each, in the order of ``docs/alerts.md``."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import TYPE_CHECKING

from airflow.sdk import Context

from trimtab.airflow.links.urls import report_url, task_url
from trimtab.airflow.notifications.alert import Alert, Kind
from trimtab.airflow.notifications.gate_findings import check_names, gate_findings
from trimtab.airflow.xcom_payloads import (
    CheckedObjectives,
    DriftVerdict,
    PromotionDecision,
    RegisteredVersion,
    RolledBack,
)

if TYPE_CHECKING:
    from trimtab.gate_report import ReportContent, Verdict

NAMED = 10  # tasks
LONGEST = 1500  # characters of an error's message

_GATE_KINDS: dict[Verdict, Kind] = {"warn": "gate warned", "fail": "gate failed", "error": "gate error"}
_GATE_TITLES: dict[Verdict, str] = {
    "warn": "warns",
    "fail": "has failed",
    "error": "has an error: it could not decide",
}
_REPAIR_GATE = (
    "fix the error, then clear the task with downstream; the error says nothing about the data or the model"
)


def gate_alert(
    context: Context, *, gate: str, stage: str, verdict: Verdict, report: ReportContent, since: str
) -> Alert:
    """Describe a gate that warned, failed or had an error.

    Args:
        context: Airflow's.
        gate: ``data`` or ``model``.
        stage: The gate's stage.
        verdict: Its verdict; not ``pass``.
        report: What ``report.json`` holds; empty if there is none.
        since: Since when it ends like that, and when it last passed.
    """
    task, run_id = context["task"], context["run_id"]
    link = {"report": report_url(task.dag_id, run_id, task.task_id)} if report else {}
    return Alert(
        kind=_GATE_KINDS[verdict],
        title=f"{task.dag_id}: {gate} gate '{stage}' {_GATE_TITLES[verdict]}",
        facts={
            "found": gate_findings(report),
            "error": error_text(context.get("exception")) if verdict == "error" else "",
            "run": run_id,
            "since": since,
            "blocks": "nothing, the pipeline goes on" if verdict == "warn" else blocked_tasks(context),
            "to do": _REPAIR_GATE if verdict == "error" else _repeat_stage(stage),
            "changed": "" if verdict == "warn" else _compare_run(context),
        },
        links={**link, "log": task_url(context)},
        subject=stage,
        checks=check_names(report, passed=False) if verdict == "fail" else (),
    )


def approval_alert(context: Context, *, subject: str, sentence: str, until: str) -> Alert:
    """Ask for an approval."""
    log = task_url(context)
    return Alert(
        kind="approval wanted",
        title=subject,
        facts={
            "why": sentence,
            "until": f"{until}; without an answer the version is not promoted",
        },
        links={"answer": f"{log}/required_actions", "log": log},
    )


def promotion_alert(context: Context, decision: PromotionDecision, registered: RegisteredVersion) -> Alert:
    """Describe a version that was promoted, or was not."""
    promoted, version, was = decision["promoted"], decision["version"], decision["was"]
    return Alert(
        kind="model promoted" if promoted else "model not promoted",
        title=f"{decision['model']} version {version} is {'' if promoted else 'not '}promoted",
        facts={
            "decision": decision["sentence"],
            "champion": f"version {version}" if promoted else _version(was),
            "champion before": _version(was) if promoted else "",
            f"metrics of version {version}": _metrics(decision["challenger_figures"]),
            **(
                {f"metrics of version {was}": _metrics(decision["champion_figures"])}
                if was not in (None, version)
                else {}
            ),
            "trained because": registered["reason"],
            "run": context["run_id"],
            "to do": "" if promoted else f"to promote it: `trimtab promote {version} --reason …`",
        },
        links=_with_model(registered["url"], context),
    )


def rollback_alert(context: Context, entry: RolledBack) -> Alert:
    """Describe a rollback.

    Args:
        context: Airflow's.
        entry: The ledger entry, and ``url``, the address of the version's page.
    """
    return Alert(
        kind="model rolled back",
        title=f"{entry['model']} is rolled back to version {entry['champion']}",
        facts={
            "champion before": f"version {entry['was']}; only a person can promote it again",
            "reason": entry["reason"],
            "by": entry["by"],
        },
        links=_with_model(entry["url"], context),
    )


def drift_alert(context: Context, verdict: DriftVerdict) -> Alert:
    """Describe drift that a person should investigate."""
    model = verdict.get("model", "")  # the XCom of an earlier release has none
    named = ["--model", model] if model else []
    report = ["trimtab", "drift", "report", *named, "--window", verdict["window"]]
    return Alert(
        kind="drift to look at",
        title=f"{context['task'].dag_id}: a person should look at {verdict['window']}",
        facts={
            "found": verdict["sentence"],
            "champion": f"version {verdict['champion']}" + (f" of {model}" if model else ""),
            "its metric": _drift_figures(verdict),
            "run": context["run_id"],
            "blocks": "nothing, but no retrain follows",
            "to do": f"`{shlex.join(report)}` saves its report",
        },
        links={"log": task_url(context)},
        subject=model,
    )


def verification_alert(context: Context, *, model: str) -> Alert:
    """Describe parts of a live model that are lost or altered.

    Args:
        context: Airflow's.
        model: The model, or the project where the task does not name it.
    """
    return Alert(
        kind="verification failed",
        title=f"{context['task'].dag_id}: parts of a live model are lost or altered",
        facts={
            "found": error_text(context.get("exception")),
            "run": context["run_id"],
            "blocks": "nothing yet: a rollback or a rebuild may fail",
            "to do": "`trimtab verify` names each file and what to do; then clear the task",
        },
        links={"log": task_url(context)},
        subject=model,
    )


def drill_alert(context: Context) -> Alert:
    """Describe a recovery drill that failed: the newest backup did not give the champion back."""
    return _recovery_alert(
        context,
        "recovery drill failed",
        "the newest backup did not pass its recovery drill",
        "repair the cause, take a backup, then `trimtab drill` on the backup location",
    )


def readiness_alert(context: Context) -> Alert:
    """Describe why it is no longer known that a recovery works."""
    return _recovery_alert(
        context,
        "recovery in doubt",
        "no recent drill proves that a recovery works",
        "if the change was meant, `trimtab drill` on the backup location; otherwise undo it",
    )


def _recovery_alert(context: Context, kind: Kind, title: str, to_do: str) -> Alert:
    return Alert(
        kind=kind,
        title=f"{context['task'].dag_id}: {title}",
        facts={
            "found": error_text(context.get("exception")),
            "run": context["run_id"],
            "blocks": "nothing yet: after a loss, a recovery may fail",
            "to do": to_do,
        },
        links={"log": task_url(context)},
    )


def slo_alert(context: Context, slo: CheckedObjectives) -> Alert | None:
    """Describe error budgets that are spent, or burn too fast; None if there are none."""
    if not slo["frozen"] and not slo["burning"]:
        return None
    frozen = slo["frozen"]
    return Alert(
        kind="error budget spent" if frozen else "error budget burns",
        title=f"{slo['model']}: an error budget {'is spent' if frozen else 'burns too fast'}",
        facts={
            "found": "\n".join(slo["burning"]) or frozen,
            "newest faults": "\n".join(slo["faults"][-NAMED:]),
            "run": context["run_id"],
            "blocks": "automatic promotion" if frozen else "nothing yet: a spent budget freezes promotions",
            "to do": f"`trimtab slo --model {shlex.quote(slo['model'])}` shows budgets and faults",
        },
        links={"log": task_url(context)},
    )


def task_failed_alert(context: Context) -> Alert:
    """Describe any other task that failed."""
    task = context["task"]
    stage = getattr(task, "stage", None)
    return Alert(
        kind="task failed",
        title=f"{task.dag_id}: '{stage or task.task_id}' failed",
        facts={
            "error": error_text(context.get("exception")),
            "run": context["run_id"],
            "blocks": blocked_tasks(context),
            "to do": _repeat_stage(stage) if stage else "read the log, fix the cause, then clear the task",
            "changed": _compare_run(context) if stage else "",
        },
        links={"log": task_url(context)},
        subject=stage or task.task_id,
    )


def error_text(error: object) -> str:
    """Return the message of an exception; Airflow has none for a task that was killed."""
    text = str(error) if error else "the task was killed, or its worker was lost; no error is known"
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} …"


def blocked_tasks(context: Context) -> str:
    """Name the downstream tasks of a failed task: they do not run."""
    downstream = context["task"].get_flat_relative_ids(upstream=False)
    names = [task for task in context["dag"].task_ids if task in downstream]
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more or "nothing"


def _repeat_stage(stage: str) -> str:
    return f"`dvc repro {stage}` at the revision in the plan's log; then clear the task with downstream"


def _compare_run(context: Context) -> str:
    """Return the command that says what differs from the last good run."""
    run = f"{context['task'].dag_id}/{context['run_id']}"
    return f"`{shlex.join(['trimtab', 'why', run])}` compares it with the last good run"


def _drift_figures(verdict: DriftVerdict) -> str:
    """Return the champion's metric in the window beside that in its own reference."""
    metric, figure = verdict["metric"], verdict["window_figure"]
    window = f"{figure:.4f}" if figure is not None else "not known, the labels are delayed"
    return f"{metric} in {verdict['window']}: {window}; in its reference: {verdict['reference_figure']:.4f}"


def _with_model(url: str, context: Context) -> dict[str, str]:
    return {**({"model": url} if url else {}), "log": task_url(context)}


def _version(version: int | None) -> str:
    return f"version {version}" if version else "none"


def _metrics(figures: Mapping[str, float]) -> str:
    return ", ".join(f"{metric} {value:.4f}" for metric, value in figures.items())
