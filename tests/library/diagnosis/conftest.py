"""Two recorded runs of the small pipeline, and a third that failed in an Airflow of canned answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.library.conftest import Checkout
from trimtab.local.airflow_api import AirflowApi
from trimtab.pipeline.execution import HostEnvironment, current_environment
from trimtab.pipeline.execution.plan import make_plan
from trimtab.pipeline.execution.stage_execution import run_stage
from trimtab.pipeline.git.revision import pin_revision
from trimtab.pipeline.lock import LockEntry
from trimtab.pipeline.record.run_note import RunNote, StageNote, write_run_note

OLD = HostEnvironment("old-host", "3.11.1", "Linux x86_64", {"numpy": "2.0.0", "pandas": "3.0.0"})


def day(number: int) -> datetime:
    return datetime(2013, 6, number, tzinfo=UTC)


@pytest.fixture
def record(project) -> Callable[..., Any]:
    """Record a run with its note: `record(checkout, name, day, environment)`."""

    def make(
        checkout: Checkout,
        name: str,
        number: int,
        *,
        environment: HostEnvironment | None = None,
        overrides: dict[str, Any] | None = None,
    ) -> Any:
        run = checkout.run_all(overrides, name=f"training-{name}")
        found = environment or current_environment()
        stages = {
            stage: StageNote(found.host, found.digest, execution.ran)
            for stage, execution in run.executions.items()
        }
        note = RunNote("training", day(number), run.revision, stages, {found.digest: found})
        write_run_note(checkout.root, run.record.experiment, note)
        return run

    return make


class CannedAirflow:
    """An Airflow that answers what its tasks of a run have left."""

    def __init__(self, checkout: Checkout, *, overrides: dict[str, Any] | None = None) -> None:
        graph = checkout.graph()
        self.revision = pin_revision(checkout.root, overrides)
        self.plan = make_plan(checkout.root, self.revision, graph)
        self.entries: dict[str, LockEntry] = dict(self.plan.unchanged)
        self.xcoms: dict[tuple[str, str], Any] = {}
        self.states: dict[str, str | None] = {"plan": "success"}
        page = {
            step.stage: {
                "state": step.state,
                "reason": step.reason,
                "digest": step.digest,
                "entry": step.entry,
                "forced": False,
            }
            for step in self.plan.steps
        }
        self.xcoms["plan", "head"] = {
            "id": "try-1",
            "revision": self.revision.to_dict(),
            "pages": 1,
            "environment": current_environment().digest,
        }
        self.xcoms["plan", "page_0"] = page
        self.xcoms["plan", "environment"] = current_environment().to_dict()
        for step in self.plan.steps:
            if step.entry:
                self.states[step.stage] = "skipped"
                continue
            needed = {up: self.entries[up] for up in graph.upstream(step.stage) if up in self.entries}
            if len(needed) < len(graph.upstream(step.stage)):
                self.states[step.stage] = "upstream_failed"
                continue
            self._run(checkout, graph, step.stage, needed)

    def _run(self, checkout: Checkout, graph: Any, stage: str, needed: dict[str, LockEntry]) -> None:
        from trimtab.pipeline.execution import CommandError

        try:
            done = run_stage(checkout.root, self.revision, graph, stage, needed)
        except CommandError as err:
            self.states[stage] = "failed"
            if err.report:
                self.xcoms[stage, "report"] = {"outs": err.report}
            return
        self.states[stage], self.entries[stage] = "success", done.entry
        environment = current_environment()
        self.xcoms[stage, "return_value"] = {
            "plan": "try-1",
            "ran": done.ran,
            "entry": done.entry,
            "host": "worker-7",
            "environment": environment.digest,
        }

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/api/v2/dags/training/dagRuns/failed")
        if path == "":
            return httpx.Response(200, json={"state": "failed", "start_date": day(20).isoformat()})
        if path == "/taskInstances":
            rows = [
                {"task_id": task, "state": state, "task_display_name": task, "hostname": "worker-7"}
                for task, state in self.states.items()
            ]
            return httpx.Response(200, json={"task_instances": rows, "total_entries": len(rows)})
        parts = path.split("/")
        if len(parts) == 5 and (parts[2], parts[4]) in self.xcoms:
            return httpx.Response(200, json={"value": self.xcoms[parts[2], parts[4]]})
        return httpx.Response(404, json={"detail": "not found"})


@pytest.fixture
def airflow(monkeypatch) -> Callable[..., CannedAirflow]:
    """Run the small pipeline in an Airflow of canned answers: `airflow(checkout)`."""

    def make(checkout: Checkout, **kwargs: Any) -> CannedAirflow:
        canned = CannedAirflow(checkout, **kwargs)

        def connect(root: Path) -> AirflowApi:
            api = AirflowApi("http://airflow")
            api._http = httpx.Client(base_url="http://airflow/api/v2", transport=httpx.MockTransport(canned))
            return api

        monkeypatch.setattr("trimtab.diagnosis.airflow_runs.connect_to_airflow", connect)
        return canned

    return make
