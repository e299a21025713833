"""The arguments of ``DvcDag`` and ``DvcTaskGroup``, stated once.

Both take ``**arguments: Unpack[…]`` of a class below: an IDE completes the names, a type checker checks the
values. The arguments that are Airflow's own are listed here for that reason; a test compares them with the
installed Airflow.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Required, TypedDict

if TYPE_CHECKING:
    from airflow.sdk import DAG, TaskGroup

    from trimtab.airflow.airflow_compat import DagRunType, DagStateChangeCallback, DeadlineAlert, ScheduleArg


class PipelineArguments(TypedDict, total=False):
    """How a DVC project is rendered.

    Attributes:
        project: The folder that holds ``.dvc``.
        targets: The stages to run, with all their upstream stages, as ``dvc repro`` takes them. Without it,
            every stage.
        downstream: Whether to run the downstream stages of the targets too.
        set_params: Dotted key of ``params.yaml`` to a template, such as ``{"train.until": "{{ ds }}"}``. A
            template that renders to nothing leaves the value alone. A value in the trigger form comes first.
        asset_prefix: The first part of the names of the outputs' assets. Without it, the project's name.
        push_to: A git remote that gets the record of each run too. A template.
    """

    project: Required[Path | str]
    targets: Sequence[str]
    downstream: bool
    set_params: Mapping[str, str] | None
    asset_prefix: str | None
    push_to: str | None


class DvcDagArguments(PipelineArguments, total=False):
    """The arguments of ``DvcDag``: those of a pipeline, and everything ``airflow.sdk.DAG`` takes."""

    description: str | None
    default_args: Mapping[str, object] | None
    start_date: datetime | None
    end_date: datetime | None
    schedule: ScheduleArg
    template_searchpath: str | Iterable[str] | None
    template_undefined: type[object]
    user_defined_macros: Mapping[str, object] | None
    user_defined_filters: Mapping[str, object] | None
    max_active_tasks: int
    max_active_runs: int
    max_consecutive_failed_dag_runs: int
    dagrun_timeout: timedelta | None
    deadline: list[DeadlineAlert] | DeadlineAlert | None
    sla_miss_callback: None
    catchup: bool
    on_success_callback: DagStateChangeCallback | list[DagStateChangeCallback] | None
    on_failure_callback: DagStateChangeCallback | list[DagStateChangeCallback] | None
    doc_md: str | None
    params: Mapping[str, object] | None
    access_control: Mapping[str, Mapping[str, Collection[str]]] | None
    is_paused_upon_creation: bool | None
    jinja_environment_kwargs: Mapping[str, object] | None
    render_template_as_native_obj: bool
    tags: Iterable[str]
    owner_links: dict[str, str]
    auto_register: bool
    fail_fast: bool
    allowed_run_types: DagRunType | Collection[DagRunType] | None
    dag_display_name: str
    task_group: TaskGroup
    disable_bundle_versioning: bool
    rerun_with_latest_version: bool | None


class DvcTaskGroupArguments(PipelineArguments, total=False):
    """The arguments of ``DvcTaskGroup``: those of a pipeline, and everything ``TaskGroup`` takes."""

    group_display_name: str
    prefix_group_id: bool
    parent_group: TaskGroup | None
    dag: DAG | None
    default_args: Mapping[str, object] | None
    tooltip: str
    doc_md: str | None
    ui_color: str
    ui_fgcolor: str
    add_suffix_on_collision: bool


def split_arguments(
    arguments: Mapping[str, object], *, of: str
) -> tuple[PipelineArguments, dict[str, object]]:
    """Return the arguments of the pipeline, and those of Airflow's class.

    Args:
        arguments: All of them.
        of: The class that takes them, for the message.

    Raises:
        TypeError: ``project`` is missing.
    """
    if "project" not in arguments:
        raise TypeError(f"{of} is missing the argument 'project': the folder that holds .dvc")
    names = PipelineArguments.__annotations__
    pipeline = PipelineArguments(**{name: arguments[name] for name in names if name in arguments})  # type: ignore[typeddict-item]
    return pipeline, {name: value for name, value in arguments.items() if name not in names}
