"""A past run: recorded as a commit, or failed in Airflow, which has its plan and its lock entries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from trimtab.errors import ServiceError
from trimtab.pipeline.execution import HostEnvironment
from trimtab.pipeline.git import Revision
from trimtab.pipeline.lock import LockEntry, LockItem
from trimtab.pipeline.record import NoRunError


@dataclass(frozen=True)
class PastRun:
    """A run that has ended.

    Attributes:
        name: Its name: ``<dag id>/<run id>``, or the name in ``dvc exp show``.
        pipeline: The DAG, and the task group if there is one; empty for a run without Airflow.
        when: When it was recorded, or when it failed.
        revision: The pinned revision.
        record: The commit of its record; empty if it failed.
        entries: Lock entries of its stages by name; None for those of the record's ``dvc.lock``.
        ran: Whether the commands of a stage ran, by stage. A stage that is not known is left out.
        environments: The environment of each stage whose commands ran, if it is known.
        failed: The stages whose tasks failed.
        reports: Files of the reports of failed gates in DVC's cache, by stage.
        reasons: Why the plan of the run let a stage run, by stage.
    """

    name: str
    pipeline: str
    when: datetime
    revision: Revision
    record: str = ""
    entries: Mapping[str, LockEntry] | None = None
    ran: Mapping[str, bool] = field(default_factory=dict)
    environments: Mapping[str, HostEnvironment] = field(default_factory=dict)
    failed: tuple[str, ...] = ()
    reports: Mapping[str, list[LockItem]] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)

    @property
    def results(self) -> Revision:
        """The revision with the results: the record, or the pinned revision of a failed run."""
        if self.record:
            return Revision(self.record, self.record, dirty=False, overrides={})
        return self.revision

    @property
    def order(self) -> tuple[datetime, str]:
        """The key by which runs are sorted: scheduled runs have their date in their name."""
        return self.when.astimezone(UTC), self.name


def find_past_run(root: Path, name: str, *, stage: str = "") -> PastRun:
    """Find a run by its name: a recorded one, or else one of Airflow.

    Args:
        root: The project's root.
        name: ``<dag id>/<run id>``, a name that ``dvc exp show`` lists, or a commit.
        stage: A stage of the run. It matters in a DAG with several pipelines.

    Raises:
        ProjectError: There is no such run.
        ServiceError: The run is not recorded, and Airflow cannot be asked.
    """
    from trimtab.diagnosis.recorded_runs import recorded_run

    dag, _, run_id = name.partition("/")
    try:
        return recorded_run(root, name)
    except NoRunError as err:
        if not run_id:
            raise
        not_recorded = err
    from trimtab.diagnosis.airflow_runs import airflow_run

    try:
        return airflow_run(root, dag, run_id, stage=stage)
    except ServiceError as err:
        raise ServiceError(
            f"The run is not recorded in this repository. {err.what}",
            where=f"run '{name}'; {err.where}",
            fix=f"if it failed, {err.fix}; if it was recorded elsewhere, {not_recorded.fix}",
        ) from err
