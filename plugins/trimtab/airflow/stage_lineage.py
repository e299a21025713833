"""The lineage of a stage as Airflow's OpenLineage provider takes it; the provider sends the events.

It is off until ``[openlineage] transport`` or a variable of OpenLineage names a backend, and then works in a
process of its own with a time-out.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from trimtab.airflow.assets import project_name
from trimtab.errors import TrimtabError

if TYPE_CHECKING:
    from airflow.providers.openlineage.extractors import OperatorLineage

    from trimtab.gate_report import ReportContent
    from trimtab.pipeline.graph import Graph, Stage
    from trimtab.pipeline.lock import LockEntry, LockItem

log = logging.getLogger(__name__)


def operator_lineage(
    project: Path, graph: Graph, stage: str, entry: LockEntry | None, *, report: Sequence[LockItem] = ()
) -> OperatorLineage:
    """Return the lineage of a stage whose task has ended.

    Args:
        project: The project's root.
        graph: The stages of the project.
        stage: The stage.
        entry: Its lock entry; None if the task was skipped or failed.
        report: Where the report of a gate that failed is: path and content, as a lock entry has outputs.
    """
    from airflow.providers.openlineage.extractors import OperatorLineage

    from trimtab.lineage_events import describe_stage

    if entry is None and not report:
        return OperatorLineage()
    known = graph.stage(stage)
    lineage = describe_stage(
        graph,
        known,
        entry,
        namespace=f"dvc://{project_name(project)}",
        report=_report(project, known, report or (entry or {}).get("outs", [])),
    )
    return OperatorLineage(
        inputs=list(lineage.inputs),
        outputs=list(lineage.outputs),
        run_facets=dict(lineage.run_facets),
        job_facets=dict(lineage.job_facets),
    )


def _report(project: Path, stage: Stage, outs: Sequence[LockItem]) -> ReportContent | None:
    """Return the report of a gate from DVC's cache; None if it cannot be read."""
    from trimtab.gate_report import REPORT, parse_report
    from trimtab.pipeline.execution import read_report

    if not stage.gate:
        return None
    try:
        text = read_report(project, outs, REPORT)
        return parse_report(text) if text else None
    except (TrimtabError, OSError) as err:
        log.warning("The report of '%s' is not in its lineage: %s", stage.name, err)
        return None
