"""The arguments of ``DvcDag`` and ``DvcTaskGroup``, stated once.

Both take ``**arguments: Unpack[…]`` of a class below: an IDE completes the names, a type checker checks the
values. The arguments that are Airflow's own are listed here for that reason; a test compares them with the
installed Airflow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Required, TypedDict


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
    default_args: dict[str, Any] | None
    start_date: Any
    end_date: Any
    schedule: Any
    template_searchpath: Any
    template_undefined: Any
    user_defined_macros: dict[str, Any] | None
    user_defined_filters: dict[str, Any] | None
    max_active_tasks: int
    max_active_runs: int
    max_consecutive_failed_dag_runs: int
    dagrun_timeout: Any
    deadline: Any
    sla_miss_callback: None
    catchup: bool
    on_success_callback: Any
    on_failure_callback: Any
    doc_md: str | None
    params: Mapping[str, Any] | None
    access_control: Any
    is_paused_upon_creation: bool | None
    jinja_environment_kwargs: dict[str, Any] | None
    render_template_as_native_obj: bool
    tags: Any
    owner_links: dict[str, str]
    auto_register: bool
    fail_fast: bool
    allowed_run_types: Any
    dag_display_name: str
    task_group: Any
    disable_bundle_versioning: bool
    rerun_with_latest_version: bool | None


class DvcTaskGroupArguments(PipelineArguments, total=False):
    """The arguments of ``DvcTaskGroup``: those of a pipeline, and everything ``TaskGroup`` takes."""

    group_display_name: str
    prefix_group_id: bool
    parent_group: Any
    dag: Any
    default_args: dict[str, Any] | None
    tooltip: str
    doc_md: str | None
    ui_color: str
    ui_fgcolor: str
    add_suffix_on_collision: bool


def split_arguments(arguments: Mapping[str, Any], *, of: str) -> tuple[PipelineArguments, dict[str, Any]]:
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
