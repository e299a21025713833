"""A DVC project as Airflow tasks: the one place that turns the graph into operators."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from airflow.sdk import DAG, BaseOperator, Param, TaskGroup

from trimtab.airflow.assets import project_name, stage_assets
from trimtab.airflow.dag.task_prototype import Mould
from trimtab.airflow.dag.task_settings import task_settings
from trimtab.airflow.operators.gate import GateOperator
from trimtab.airflow.operators.plan import PlanOperator
from trimtab.airflow.operators.stage import RecordOperator, StageOperator
from trimtab.airflow.task_ids import PLAN, RECORD, task_id
from trimtab.airflow.trigger_form.trigger_form import Fields, Form, make_form
from trimtab.escaping import code, code_block
from trimtab.pipeline.graph import Graph, Project, Stage, check_gates, refuse_unsupported, select


@dataclass(frozen=True)
class Tasks:
    """What was rendered.

    Attributes:
        plan: Decides what must run; what comes before the pipeline is upstream of it.
        stages: The task of each stage, by the stage's name.
        record: Keeps the run; what follows the pipeline is downstream of it.
    """

    plan: PlanOperator
    stages: dict[str, StageOperator]
    record: RecordOperator


@dataclass(frozen=True)
class Pipeline:
    """A project, and how it is to be shown.

    Attributes:
        root: The project's root.
        graph: The stages.
        form: What the trigger form sets.
        fields: The fields of that form.
        assets: What the names of its assets begin with.
        set_params: Dotted params key to template.
        push_to: A git remote that gets each record.
        settings: What ``meta.airflow`` says, by stage.
    """

    root: Path
    graph: Graph
    form: Form
    fields: Fields
    assets: str
    set_params: Mapping[str, str]
    push_to: str | None
    settings: Mapping[str, Mapping[str, Any]]

    @classmethod
    def of(
        cls,
        project: Path | str,
        *,
        targets: Sequence[str] = (),
        downstream: bool = False,
        set_params: Mapping[str, str] | None = None,
        asset_prefix: str | None = None,
        push_to: str | None = None,
        prefix: str = "",
        taken: Collection[str] = (),
    ) -> Pipeline:
        """Read a project.

        Raises:
            ProjectError: The folder is no DVC project, DVC refuses it, a target is no stage, or a gate does
                not say that it is one.
            ConfigError: ``meta.airflow`` of a stage, ``params.yaml`` or ``set_params`` cannot be used.
        """
        source = Project(Path(project))
        graph = select(source.graph(), targets, downstream=downstream)
        check_gates(graph)
        refuse_unsupported(graph, source.root)
        form, fields = make_form(source.root, graph, prefix=prefix, taken=taken, set_params=set_params)
        return cls(
            root=source.root,
            graph=graph,
            form=form,
            fields=_without(fields, taken),
            assets=asset_prefix or project_name(source.root),
            set_params=set_params or {},
            push_to=push_to,
            settings={stage.name: task_settings(stage) for stage in graph.stages if "airflow" in stage.meta},
        )

    def render(self, dag: DAG, group: TaskGroup) -> Tasks:
        """Make the tasks: ``plan``, one per stage, ``record``, and DVC's edges between them."""
        prefix = group.child_id("")
        ids = {stage.name: task_id(stage.name, prefix=prefix) for stage in self.graph.stages}
        tasks = {name: prefix + own for name, own in ids.items()}
        common: dict[str, Any] = {"dag": dag, "task_group": group, "project": self.root, "graph": self.graph}
        plan = PlanOperator(
            task_id=PLAN, tasks=tasks, form=self.form, set_params=dict(self.set_params), **common
        )
        common |= {
            "plan": plan.task_id,
            "trigger_rule": "none_failed",
        }  # what the plan skips is as good as run
        stages: dict[str, StageOperator] = {}
        moulds: dict[str | None, Mould] = {}
        for stage in self.graph.stages:
            own = self._of_stage(stage, ids, tasks)
            settings = self.settings.get(stage.name, {})
            if stage.gate in moulds and not settings:
                stages[stage.name] = moulds[stage.gate].cast(**own)
                continue
            arguments = {**common, "task_display_name": stage.name, **own, **settings}
            stages[stage.name] = (
                GateOperator(gate=stage.gate, **arguments) if stage.gate else StageOperator(**arguments)
            )
            if not settings:
                moulds[stage.gate] = Mould(stages[stage.name])
        record = RecordOperator(task_id=RECORD, tasks=tasks, push_to=self.push_to, **common)
        self._connect(plan, stages, record)
        return Tasks(plan, stages, record)

    def _of_stage(self, stage: Stage, ids: Mapping[str, str], tasks: Mapping[str, str]) -> dict[str, Any]:
        return {
            "task_id": ids[stage.name],
            "stage": stage.name,
            "upstream": {up: tasks[up] for up in self.graph.upstream(stage.name)},
            "assets": stage_assets(stage, self.assets),
            "doc_md": _about(stage),
        }

    def _connect(self, plan: BaseOperator, stages: Mapping[str, BaseOperator], record: BaseOperator) -> None:
        for name, task in stages.items():
            for up in self.graph.upstream(name):
                _edge(stages[up], task)
            if not self.graph.upstream(name):
                _edge(plan, task)
            if not self.graph.downstream(name):
                _edge(task, record)
        if not stages:
            _edge(plan, record)


def _without(fields: Fields, taken: Collection[str]) -> Fields:
    """The fields whose names are not the user's own params."""

    def rest(some: Mapping[str, Param]) -> dict[str, Param]:
        return {name: field for name, field in some.items() if name not in taken}

    return Fields(rest(fields.shown), {section: rest(some) for section, some in fields.library.items()})


def _edge(up: BaseOperator, down: BaseOperator) -> None:
    """What ``up >> down`` does in the end, at a hundredth of its cost: pipelines have thousands of edges."""
    up.downstream_task_ids.add(down.task_id)
    down.upstream_task_ids.add(up.task_id)


def _about(stage: Stage) -> str:
    commands = code_block("\n".join(stage.cmd), "sh")
    return f"{stage.desc}\n\nOn a laptop: {code(f'dvc repro {stage.name}')}\n\n{commands}"


@contextlib.contextmanager
def without_collecting() -> Iterator[None]:
    """Keep the garbage collector out: nothing made here is garbage, and it would look at all of it."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
