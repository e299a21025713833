"""``dvc.yaml`` as a DAG or a task group: a plan, one task per stage, the edges DVC sees, a record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from airflow.sdk import DAG, Param, TaskGroup

from trimtab.airflow.dag.rendering import Pipeline, without_collecting
from trimtab.airflow.operators.plan import PlanOperator
from trimtab.airflow.operators.stage import RecordOperator, StageOperator
from trimtab.airflow.timetable import bound
from trimtab.errors import TrimtabError


class DvcDag(DAG):
    """A DAG rendered from a DVC project.

    The tasks are ``plan`` (decides what must run), one per stage, and ``record`` (keeps code, params and
    ``dvc.lock`` of the run as one commit). Tasks that come before are upstream of :attr:`plan`, tasks that
    follow are downstream of :attr:`record`.

    Args:
        dag_id: The DAG's id.
        project: The folder that holds ``.dvc``.
        targets: What to run, with all it needs, as ``dvc repro`` takes it; everything, if nothing is named.
        downstream: Whether to run what follows the targets too.
        set_params: Dotted key of ``params.yaml`` to a template, such as ``{"ingest.until": "{{ ds }}"}``; one
            that renders to nothing leaves the value alone, and one given in the trigger form comes first.
        asset_prefix: What the names of the outputs' assets begin with: the project's name, unless given.
        push_to: A git remote that gets the record of each run too.
        **kwargs: Everything ``airflow.sdk.DAG`` takes. A param named as a key of ``params.yaml`` takes the
            place of its field in the trigger form. ``start_date`` and ``end_date`` bound what is scheduled
            and backfilled; triggered by hand it runs at any date.

    Raises:
        ProjectError: The folder is no DVC project, DVC refuses it, or a target is no stage. Airflow shows it
            as an import error.
        ConfigError: ``meta.airflow`` of a stage, ``params.yaml`` or ``set_params`` cannot be used.
    """

    params: Any
    plan: PlanOperator
    stages: dict[str, StageOperator]
    record: RecordOperator

    def __init__(
        self,
        dag_id: str,
        *,
        project: Path | str,
        targets: Sequence[str] = (),
        downstream: bool = False,
        set_params: Mapping[str, str] | None = None,
        asset_prefix: str | None = None,
        push_to: str | None = None,
        **kwargs: Any,
    ) -> None:
        self._library_fields: Mapping[str, Mapping[str, Param]] = {}
        params = dict(kwargs.pop("params", None) or {})
        with without_collecting():
            try:
                pipeline = Pipeline.of(
                    project,
                    targets=targets,
                    downstream=downstream,
                    set_params=set_params,
                    asset_prefix=asset_prefix,
                    push_to=push_to,
                    taken=params,
                )
            except TrimtabError as err:
                raise err.with_traceback(None) from None  # an import error is read by users
            super().__init__(dag_id, **kwargs)
            bound(self)  # before there are tasks: each would get the dates
            tasks = pipeline.render(self, self.task_group)
        self.plan, self.stages, self.record = tasks.plan, tasks.stages, tasks.record
        # Not before: every task would get a copy of them.
        self.params = {**self.params, **params, **pipeline.fields.shown}
        self._library_fields = pipeline.fields.library

    def add_task(self, task: Any) -> None:
        """Add a task; the form gets the section of ``params.yaml`` that its operator reads."""
        super().add_task(task)
        fields = self._library_fields.get(getattr(task, "params_section", ""), {})
        if not fields.keys() <= self.params.keys():
            self.params.update({name: field for name, field in fields.items() if name not in self.params})


class DvcTaskGroup(TaskGroup):
    """A DVC project as a task group of a DAG written by hand; several projects may be in one DAG.

    The tasks are those of :class:`DvcDag`, their ids prefixed by the group's: ``<group>.plan``. The group is
    connected as any other: ``before >> group >> after``. The fields of the project's trigger form are params
    of the DAG, prefixed likewise: ``<group>.train.depth``. As with :class:`DvcDag`, ``start_date`` and
    ``end_date`` of the DAG bound what is scheduled and backfilled; triggered by hand it runs at any date.

    Args:
        group_id: The group's id.
        project: See :class:`DvcDag`, as for all arguments that follow.
        targets: What to run.
        downstream: Whether to run what follows the targets too.
        set_params: Dotted key of ``params.yaml`` to a template.
        asset_prefix: What the names of the outputs' assets begin with.
        push_to: A git remote that gets the record of each run too.
        **kwargs: Everything ``airflow.sdk.TaskGroup`` takes.

    Raises:
        ProjectError: The folder is no DVC project, DVC refuses it, or a target is no stage.
        ConfigError: ``meta.airflow`` of a stage, ``params.yaml`` or ``set_params`` cannot be used.
    """

    plan: PlanOperator
    stages: dict[str, StageOperator]
    record: RecordOperator

    def __init__(
        self,
        group_id: str,
        *,
        project: Path | str,
        targets: Sequence[str] = (),
        downstream: bool = False,
        set_params: Mapping[str, str] | None = None,
        asset_prefix: str | None = None,
        push_to: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(group_id=group_id, **kwargs)
        with without_collecting():
            try:
                pipeline = Pipeline.of(
                    project,
                    targets=targets,
                    downstream=downstream,
                    set_params=set_params,
                    asset_prefix=asset_prefix,
                    push_to=push_to,
                    prefix=f"{self.group_id}.",
                    taken=self.dag.params,
                )
            except TrimtabError as err:
                raise err.with_traceback(None) from None
            bound(self.dag)  # or a run beyond its dates would have no task, and be green
            tasks = pipeline.render(self.dag, self)
        self.plan, self.stages, self.record = tasks.plan, tasks.stages, tasks.record
        self.dag.params.update(pipeline.fields.shown)
