"""A DAG run over the stages of a pipeline, and the reports of its gates, from what Airflow keeps."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from pydantic import BaseModel, ValidationError

from trimtab.airflow.airflow_compat import latest_runs, stored_xcom, stored_xcoms, task_states
from trimtab.airflow.control_room.dag_entries import GATE, STAGE, DagEntry, TaskEntry
from trimtab.airflow.control_room.waiting import run_page
from trimtab.airflow.links.report_pages import report_outputs
from trimtab.airflow.operators.gate import REPORT
from trimtab.airflow.project_folders import find_project_folder
from trimtab.airflow.task_ids import PLAN, task_id
from trimtab.control_room import (
    GateState,
    GateSummary,
    StageGroup,
    StageTask,
    build_gate,
    build_groups,
    summaries_cache,
    summarize,
)
from trimtab.errors import RemoteError, TrimtabError
from trimtab.json_cache import content_key

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from trimtab.pipeline.execution import GateReports

HISTORY = 10  # runs whose gates are read


class _Step(BaseModel):
    stage: str
    reason: str = ""


class _Plan(BaseModel):
    """The parts of a plan's XCom that are shown; anybody may have written it who may write XComs."""

    steps: tuple[_Step, ...] = ()


def read_groups(session: Session, entry: DagEntry, run_id: str, airflow: str) -> tuple[StageGroup, ...]:
    """Return the stages of a DAG with a run over them.

    Args:
        session: Of Airflow's database.
        entry: The DAG.
        run_id: The run.
        airflow: The address of Airflow.
    """
    names, reasons = _planned(session, entry, run_id)
    stages = list(_stages(entry, names))
    results = stored_xcoms(session, entry.dag_id, [run_id], "return_value")
    restored = frozenset(
        task
        for (_, task), result in results.items()
        if isinstance(result, dict) and result.get("ran") is False
    )
    pages = {stage.task: run_page(airflow, entry.dag_id, run_id, stage.task) for stage in stages}
    return build_groups(stages, reasons, task_states(session, entry.dag_id, run_id), restored, pages)


def read_gates(session: Session, entry: DagEntry, run_id: str, trimtab: str) -> list[GateState]:
    """Return the gates of a DAG, as of a run, with their history.

    Args:
        session: Of Airflow's database.
        entry: The DAG.
        run_id: The run.
        trimtab: The address of the plugin's pages.

    Raises:
        ConfigError: This host does not know the cache of a project.
        RemoteError: A remote cannot be reached, and has a report that this host has not.
    """
    runs = [run.run_id for run in latest_runs(session, entry.dag_id, HISTORY)]
    shown = runs[runs.index(run_id) :] if run_id in runs else [run_id]
    reports = stored_xcoms(session, entry.dag_id, shown, REPORT)
    gates = []
    with ExitStack() as opened:

        @cache
        def open_project(project: str) -> GateReports:
            """Open a cache once, and only if a report was not read before."""
            from trimtab.pipeline.execution import open_reports

            return opened.enter_context(open_reports(find_project_folder(session, entry.dag_id, project)))

        for task in (task for task in entry.tasks if task.type == GATE and task.project):
            found = [(run, reports[run, task.task]) for run in shown if (run, task.task) in reports]
            summaries = list(_summaries(task, [value for _, value in found], open_project))
            has_page = bool(found) and found[0][0] == run_id
            href = _report_page(trimtab, entry.dag_id, run_id, task.task) if has_page else ""
            gates.append(build_gate(task.task, summaries, href=href))
    return gates


def _report_page(trimtab: str, dag_id: str, run_id: str, task: str) -> str:
    return f"{trimtab}/reports/{'/'.join(quote(part, safe='') for part in (dag_id, run_id, task))}"


def _summaries(
    task: TaskEntry, locations: Sequence[object], open_project: Callable[[str], GateReports]
) -> Iterator[GateSummary]:
    """Yield the summaries of reports, those that can be read; one that was pruned ends the history."""
    known = summaries_cache(Path.cwd())
    for location in locations:
        outs = report_outputs(location)
        if not outs:
            return
        key = content_key(json.dumps([task.project, outs], sort_keys=True))
        summary = _cached(known.read(key))
        if summary is None:
            summary = _read_summary(open_project(task.project), outs)
            if summary is None:
                return
            known.write(key, summary.model_dump_json())
        yield summary


def _cached(value: object) -> GateSummary | None:
    try:
        return GateSummary.model_validate(value) if value is not None else None
    except ValidationError:
        return None  # of another release: it is read again


def _read_summary(reports: GateReports, outs: Sequence[Mapping[str, object]]) -> GateSummary | None:
    """Read a report from the cache or remote; None if it is no report of a gate, or is gone."""
    from trimtab.gate_report import REPORT as FILE
    from trimtab.gate_report import is_gate_report, parse_report

    try:
        text = reports.read(outs, FILE)
    except RemoteError:  # it may exist: the page says that the remote is away, not that there is no report
        raise
    except (TrimtabError, OSError):
        return None
    return summarize(parse_report(text)) if text and is_gate_report(text) else None


def _planned(session: Session, entry: DagEntry, run_id: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return task to stage, and stage to the reason of the plan."""
    names: dict[str, str] = {}
    reasons: dict[str, str] = {}
    for plan in entry.plans:
        prefix = plan.task.removesuffix(PLAN)
        try:
            steps = _Plan.model_validate(
                stored_xcom(session, entry.dag_id, run_id, plan.task, "return_value")
            ).steps
        except ValidationError:
            continue  # the plan has not run, or somebody has written another XCom
        for step in steps:
            names[prefix + task_id(step.stage, prefix=prefix)] = step.stage
            reasons[step.stage] = step.reason
    return names, reasons


def _stages(entry: DagEntry, names: Mapping[str, str]) -> Iterator[StageTask]:
    tasks = {task.task for task in entry.tasks if task.type in (STAGE, GATE)}
    for task in entry.tasks:
        if task.task in tasks:
            upstream = [names.get(name, name) for name in task.upstream if name in tasks]
            yield StageTask(
                stage=names.get(task.task, task.task),
                task=task.task,
                upstream=tuple(upstream),
                gate=task.type == GATE,
            )
