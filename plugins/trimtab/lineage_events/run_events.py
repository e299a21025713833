"""The run events of `trimtab run`: kept while it runs, and delivered once at its end.

Address and transport are those of OpenLineage's own variables. A backend that is gone costs a bounded time,
and one warning. In Airflow its OpenLineage provider sends the events.
"""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from trimtab.errors import TrimtabError
from trimtab.gate_report import ReportContent, parse_report
from trimtab.lineage_events.stage_lineage import PRODUCER, StageLineage, describe_stage
from trimtab.pipeline.execution import RunListener, StageOutcome, read_workspace_report
from trimtab.pipeline.graph import Graph, Stage

DELIVERY_SECONDS = 5.0  # that a run waits for the backend at its end, at most
UNCHANGED = "unchanged"

log = logging.getLogger(__name__)


class RunEvents:
    """Receives the events of a run, and makes run events of them.

    Args:
        root: The project's root.
        graph: The stages.
        name: The project's name: the job of the whole run, and in the namespace of its files.
        listener: Who else receives the events of the run.

    Attributes:
        run_id: The run's id, which the events of its stages name as their parent.
        events: The run events so far.
    """

    def __init__(self, root: Path, graph: Graph, name: str, listener: RunListener) -> None:
        self._root, self._graph, self._name, self._listener = root, graph, name, listener
        self._stages = {stage.name: stage for stage in graph.stages}
        self._began: dict[str, str] = {}
        self.run_id = str(uuid4())
        self.events: list[Any] = []
        self._add("START", self.run_id, name, StageLineage())

    def started(self, stage: str, reason: str) -> None:
        """Receive that the commands of a stage start."""
        self._began[stage] = _now()
        self._listener.started(stage, reason)

    def line(self, stage: str, text: str) -> None:
        """Receive one or several lines that the commands printed."""
        self._listener.line(stage, text)

    def ended(self, stage: str, outcome: StageOutcome | None) -> None:
        """Receive the outcome of a stage; an unchanged one has no run event."""
        if outcome is None or outcome.state != UNCHANGED:
            known = self._stages[stage]
            report = self._report(known)
            lineage = describe_stage(
                self._graph,
                known,
                outcome.entry if outcome else None,
                namespace=f"dvc://{self._name}",
                report=report,
            )
            run_id, job = str(uuid4()), f"{self._name}.{stage}"
            self._add("START", run_id, job, lineage, at=self._began.get(stage))
            self._add("COMPLETE" if outcome else "FAIL", run_id, job, lineage)
        self._listener.ended(stage, outcome)

    def end(self, *, failed: bool) -> None:
        """End the whole run."""
        self._add("FAIL" if failed else "COMPLETE", self.run_id, self._name, StageLineage())

    def deliver(self) -> None:
        """Send the run events, and wait no longer than allowed. What is lost is said in one warning."""
        problems: list[str] = []

        def send() -> None:
            try:
                from openlineage.client import OpenLineageClient

                # Its own facet has the address of git's remote, with the credentials that are in it.
                own = {"facets": {"source_code_location": {"disabled": True}}}
                client = OpenLineageClient(config=own)
                for event in self.events:
                    client.emit(event)
                client.close(DELIVERY_SECONDS)
            except Exception as err:  # noqa: BLE001  any transport may raise anything, and the run goes on
                problems.append(f"{type(err).__name__}: {err}"[:200])

        sender = threading.Thread(target=send, daemon=True)
        sender.start()
        sender.join(DELIVERY_SECONDS)
        if sender.is_alive():
            problems.append(f"no answer within {DELIVERY_SECONDS:g} s")
        if problems:
            log.warning(
                "OpenLineage's backend did not take all %d run events, and the run goes on: %s",
                len(self.events),
                problems[0],
            )

    def _add(
        self, type_: str, run_id: str, job: str, lineage: StageLineage, *, at: str | None = None
    ) -> None:
        from openlineage.client.event_v2 import Job, Run, RunEvent, RunState
        from openlineage.client.facet_v2 import parent_run

        namespace = f"dvc://{self._name}"
        facets = dict(lineage.run_facets)
        if run_id != self.run_id:
            facets["parent"] = parent_run.ParentRunFacet(
                parent_run.Run(self.run_id), parent_run.Job(namespace, self._name), producer=PRODUCER
            )
        event = RunEvent(
            eventTime=at or _now(),
            eventType=RunState[type_],
            run=Run(run_id, facets),
            job=Job(namespace, job, dict(lineage.job_facets)),
            inputs=list(lineage.inputs),
            outputs=list(lineage.outputs),
            producer=PRODUCER,
        )
        self.events.append(event)

    def _report(self, stage: Stage) -> ReportContent | None:
        """Return the report that a gate has written; None if it is none, or its report cannot be read."""
        if not stage.gate:
            return None
        try:
            text = read_workspace_report(self._root, stage)
            return parse_report(text) if text else None
        except (TrimtabError, OSError):  # whoever runs the gate reports that
            return None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
