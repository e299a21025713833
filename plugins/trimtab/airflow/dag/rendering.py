"""A DVC project as Airflow tasks: the one module that turns the graph into operators."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

from airflow.sdk import DAG, Asset, BaseOperator, Param, TaskGroup

from trimtab.airflow.assets import project_name, stage_assets
from trimtab.airflow.dag.arguments import PipelineArguments
from trimtab.airflow.dag.stage_groups import stage_groups
from trimtab.airflow.dag.task_prototype import TaskPrototype
from trimtab.airflow.dag.task_settings import task_settings
from trimtab.airflow.operators.gate import GateOperator
from trimtab.airflow.operators.plan import PlanOperator
from trimtab.airflow.operators.stage import RecordOperator, StageOperator
from trimtab.airflow.task_ids import PLAN, RECORD, task_id
from trimtab.airflow.trigger_form.trigger_form import FormFields, TriggerForm, make_form
from trimtab.escaping import code, code_block
from trimtab.pipeline.graph import (
    Graph,
    Project,
    Stage,
    check_candidates,
    check_environments,
    check_gates,
    refuse_unsupported,
    select,
)


@dataclass(frozen=True)
class Tasks:
    """The tasks of a pipeline.

    Attributes:
        plan: Decides which stages run; upstream of every stage.
        stages: The task of each stage, by the stage's name.
        record: Records the run; downstream of every stage.
    """

    plan: PlanOperator
    stages: dict[str, StageOperator]
    record: RecordOperator


class StageArguments(TypedDict):
    """The arguments of a stage's task that differ from stage to stage."""

    task_id: str
    stage: str
    upstream: Mapping[str, str]
    assets: Mapping[str, Asset]
    doc_md: str


@dataclass(frozen=True)
class Pipeline:
    """A project that has been read, ready to render.

    Attributes:
        root: The project's root.
        graph: The stages.
        form: Maps the trigger form to params.
        fields: The fields of the trigger form.
        asset_prefix: The first part of the names of its assets.
        arguments: The arguments it was read with.
        settings: ``meta.airflow`` of each stage that has one.
    """

    root: Path
    graph: Graph
    form: TriggerForm
    fields: FormFields
    asset_prefix: str
    arguments: PipelineArguments
    settings: Mapping[str, Mapping[str, object]]


def read_pipeline(arguments: PipelineArguments, *, prefix: str = "", taken: Collection[str] = ()) -> Pipeline:
    """Read a project.

    Args:
        arguments: Those of ``DvcDag`` and ``DvcTaskGroup``.
        prefix: Prefix of the fields of the trigger form.
        taken: Names of the user's own params.

    Raises:
        ProjectError: The folder is no DVC project, DVC refuses it, a target is no stage, a gate does not
            declare that it is one, or candidates cannot be compared.
        ConfigError: ``meta.airflow`` of a stage, ``params.yaml`` or ``set_params`` is invalid.
    """
    source = Project(Path(arguments["project"]))
    downstream = arguments.get("downstream", False)
    graph = select(source.graph(), arguments.get("targets", ()), downstream=downstream)
    check_gates(graph)
    check_environments(graph)
    check_candidates(graph)
    refuse_unsupported(graph, source.root)
    set_params = arguments.get("set_params")
    form, fields = make_form(source.root, graph, prefix=prefix, taken=taken, set_params=set_params)
    return Pipeline(
        root=source.root,
        graph=graph,
        form=form,
        fields=_without(fields, taken),
        asset_prefix=arguments.get("asset_prefix") or project_name(source.root),
        arguments=arguments,
        settings={stage.name: task_settings(stage) for stage in graph.stages if "airflow" in stage.meta},
    )


def render(pipeline: Pipeline, dag: DAG, group: TaskGroup) -> Tasks:
    """Make the tasks of a pipeline, with DVC's edges between them.

    The default trigger rule is ``none_failed``: a stage that the plan skips is up to date.
    """
    prefix, graph = group.child_id(""), pipeline.graph
    tasks = {stage.name: prefix + task_id(stage.name, prefix=prefix) for stage in graph.stages}
    common: dict[str, Any] = {"dag": dag, "task_group": group, "project": pipeline.root, "graph": graph}
    set_params = dict(pipeline.arguments.get("set_params") or {})
    plan = PlanOperator(task_id=PLAN, tasks=tasks, form=pipeline.form, set_params=set_params, **common)
    common |= {"plan": plan.task_id, "trigger_rule": "none_failed"}
    stages: dict[str, StageOperator] = {}
    prototypes: dict[tuple[str | None, str], TaskPrototype] = {}
    groups = stage_groups(tasks, dag, group)
    for stage in graph.stages:
        inner = groups.get(stage.name, group)
        kind = (stage.gate, str(inner.group_id))
        # The groups of stages add no prefix of their own, and none of the group that they are in.
        own_id = tasks[stage.name] if stage.name in groups else tasks[stage.name].removeprefix(prefix)
        own = _stage_arguments(pipeline, stage, own_id, tasks)
        settings = pipeline.settings.get(stage.name, {})
        if kind in prototypes and not settings:
            stages[stage.name] = prototypes[kind].clone(**own)
            continue
        stages[stage.name] = _make_task(stage, {**common, "task_group": inner, **own, **settings})
        if not settings:
            prototypes[kind] = TaskPrototype(stages[stage.name])
    push_to = pipeline.arguments.get("push_to")
    record = RecordOperator(task_id=RECORD, tasks=tasks, push_to=push_to, **common)
    _connect(graph, plan, stages, record)
    return Tasks(plan, stages, record)


@contextlib.contextmanager
def pause_garbage_collection() -> Iterator[None]:
    """Pause the garbage collector: none of the objects made here is garbage, and it would visit them all."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _make_task(stage: Stage, arguments: Mapping[str, Any]) -> StageOperator:
    named = {"task_display_name": stage.name, **arguments}
    return GateOperator(gate=stage.gate, **named) if stage.gate else StageOperator(**named)


def _stage_arguments(
    pipeline: Pipeline, stage: Stage, own_id: str, tasks: Mapping[str, str]
) -> StageArguments:
    return {
        "task_id": own_id,
        "stage": stage.name,
        "upstream": {up: tasks[up] for up in pipeline.graph.upstream(stage.name)},
        "assets": stage_assets(stage, pipeline.asset_prefix),
        "doc_md": _task_doc(stage),
    }


def _connect(
    graph: Graph, plan: BaseOperator, stages: Mapping[str, BaseOperator], record: BaseOperator
) -> None:
    for name, task in stages.items():
        for up in graph.upstream(name):
            _add_edge(stages[up], task)
        if not graph.upstream(name):
            _add_edge(plan, task)
        if not graph.downstream(name):
            _add_edge(task, record)
    if not stages:
        _add_edge(plan, record)


def _add_edge(up: BaseOperator, down: BaseOperator) -> None:
    """Do what ``up >> down`` does, at a hundredth of its cost: a pipeline may have thousands of edges."""
    up.downstream_task_ids.add(down.task_id)
    down.upstream_task_ids.add(up.task_id)


def _without(fields: FormFields, taken: Collection[str]) -> FormFields:
    """The fields whose names are not those of the user's own params."""

    def rest(some: Mapping[str, Param]) -> dict[str, Param]:
        return {name: field for name, field in some.items() if name not in taken}

    return FormFields(rest(fields.shown), {section: rest(some) for section, some in fields.library.items()})


def _task_doc(stage: Stage) -> str:
    """The doc of a stage's task in the UI."""
    commands = code_block("\n".join(stage.cmd), "sh")
    return f"{stage.desc}\n\nOn a laptop: {code(f'dvc repro {stage.name}')}\n\n{commands}"
