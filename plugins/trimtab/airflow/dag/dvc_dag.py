"""``dvc.yaml`` as a DAG or a task group: a plan, one task for each stage, DVC's edges, a record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Unpack

from airflow.sdk import DAG, BaseOperator, Param, TaskGroup

from trimtab.airflow.dag.arguments import DvcDagArguments, DvcTaskGroupArguments, split_arguments
from trimtab.airflow.dag.rendering import pause_garbage_collection, read_pipeline, render
from trimtab.airflow.operators.plan import PlanOperator
from trimtab.airflow.operators.stage import RecordOperator, StageOperator
from trimtab.airflow.timetable import bound_schedule
from trimtab.errors import TrimtabError

if TYPE_CHECKING:
    from trimtab.airflow.airflow_compat import ParamsDict


class DvcDag(DAG):
    """A DAG that is rendered from a DVC project.

    Its tasks are ``plan`` (decides which stages run), one for each stage, and ``record`` (records code,
    params and ``dvc.lock`` of the run as one commit). Your own tasks go upstream of :attr:`plan` or
    downstream of :attr:`record`.

    Args:
        dag_id: The DAG's id.
        **arguments: Those of a pipeline (``project``, ``targets``, …), see
            :class:`~trimtab.airflow.dag.arguments.PipelineArguments`, and everything ``airflow.sdk.DAG``
            takes. A param named like a key of ``params.yaml`` replaces the field of that key in the trigger
            form. ``start_date`` and ``end_date`` bound what is scheduled and backfilled; a person may trigger
            a run at any date.

    Attributes:
        plan: The task that decides which stages run.
        stages: The task of each stage, by the stage's name.
        record: The task that records the run.

    Raises:
        ProjectError: The folder is no DVC project, DVC refuses it, or a target is no stage. Airflow shows it
            as an import error.
        ConfigError: ``meta.airflow`` of a stage, ``params.yaml`` or ``set_params`` is invalid.
    """

    params: ParamsDict
    plan: PlanOperator
    stages: dict[str, StageOperator]
    record: RecordOperator

    def __init__(self, dag_id: str, **arguments: Unpack[DvcDagArguments]) -> None:
        self._section_fields: Mapping[str, Mapping[str, Param]] = {}
        of_pipeline, of_dag = split_arguments(arguments, of="DvcDag")
        params = dict(arguments.get("params") or {})
        of_dag.pop("params", None)
        with pause_garbage_collection():
            try:
                pipeline = read_pipeline(of_pipeline, taken=params)
            except TrimtabError as err:
                raise err.with_traceback(None) from None  # an import error is read by users
            super().__init__(dag_id, **of_dag)
            bound_schedule(self)  # before there are tasks: each would get the dates
            tasks = render(pipeline, self, self.task_group)
        self.plan, self.stages, self.record = tasks.plan, tasks.stages, tasks.record
        # After the tasks: each would get a copy of the params.
        self.params = {**self.params, **params, **pipeline.fields.shown}
        self._section_fields = pipeline.fields.library

    def add_task(self, task: BaseOperator) -> None:
        """Add a task; the trigger form gets the section of ``params.yaml`` that its operator reads."""
        super().add_task(task)
        fields = self._section_fields.get(getattr(task, "params_section", ""), {})
        if not fields.keys() <= self.params.keys():
            self.params.update({name: field for name, field in fields.items() if name not in self.params})


class DvcTaskGroup(TaskGroup):
    """A DVC project as a task group of a DAG; one DAG may have several.

    Its tasks are those of :class:`DvcDag`, prefixed with the group's id: ``<group>.plan``. The fields of its
    trigger form are params of the DAG, prefixed likewise: ``<group>.train.depth``. The group has edges like
    any other: ``before >> group >> after``. ``start_date`` and ``end_date`` of the DAG bound what is
    scheduled and backfilled; a person may trigger a run at any date.

    Args:
        group_id: The group's id.
        **arguments: Those of a pipeline (``project``, ``targets``, …), see
            :class:`~trimtab.airflow.dag.arguments.PipelineArguments`, and everything
            ``airflow.sdk.TaskGroup`` takes.

    Attributes:
        plan: The task that decides which stages run.
        stages: The task of each stage, by the stage's name.
        record: The task that records the run.

    Raises:
        ProjectError: The folder is no DVC project, DVC refuses it, or a target is no stage.
        ConfigError: ``meta.airflow`` of a stage, ``params.yaml`` or ``set_params`` is invalid.
    """

    plan: PlanOperator
    stages: dict[str, StageOperator]
    record: RecordOperator

    def __init__(self, group_id: str, **arguments: Unpack[DvcTaskGroupArguments]) -> None:
        of_pipeline, of_group = split_arguments(arguments, of="DvcTaskGroup")
        super().__init__(group_id=group_id, **of_group)
        with pause_garbage_collection():
            try:
                pipeline = read_pipeline(of_pipeline, prefix=f"{self.group_id}.", taken=self.dag.params)
            except TrimtabError as err:
                raise err.with_traceback(None) from None
            bound_schedule(self.dag)  # a run outside of the DAG's dates would have no tasks, and be green
            tasks = render(pipeline, self.dag, self)
        self.plan, self.stages, self.record = tasks.plan, tasks.stages, tasks.record
        self.dag.params.update(pipeline.fields.shown)
