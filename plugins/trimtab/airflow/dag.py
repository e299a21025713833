"""``dvc.yaml`` as a DAG: one task per stage, the edges DVC sees, a plan before and a record after."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from airflow.sdk import DAG, Param

from trimtab.airflow.stages import PLAN, RECORD, PlanOperator, RecordOperator, StageOperator
from trimtab.config import load_yaml
from trimtab.errors import ProjectError
from trimtab.pipeline.graph import Graph, Stage
from trimtab.pipeline.parameters import PARAMS_FILE, leaves
from trimtab.pipeline.project import Project

JSON_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array"}


class DvcDag(DAG):
    """A DAG rendered from a DVC project.

    The tasks are ``plan`` (decides what must run), one per stage, and ``record`` (keeps code, params and
    ``dvc.lock`` of the run as one commit). Tasks that follow hang on :attr:`record`.

    Args:
        dag_id: The DAG's id.
        project: The folder that holds ``.dvc``.
        targets: Stages to run, with all they need; every stage, if none is named.
        set_params: Dotted key of ``params.yaml`` to a template, such as ``{"ingest.until": "{{ ds }}"}``; one
        that
            renders to nothing leaves the value alone, and one given in the trigger form comes first.
        **kwargs: Everything ``airflow.sdk.DAG`` takes.

    Raises:
        ProjectError: The folder is no DVC project, DVC refuses it, or a target is no stage. Airflow shows it
        as an
            import error.
    """

    plan: PlanOperator
    stages: dict[str, StageOperator]
    record: RecordOperator

    def __init__(
        self,
        dag_id: str,
        *,
        project: Path,
        targets: Sequence[str] = (),
        set_params: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        root = Project(project).root
        graph = _selected(Project(project).graph(), targets)
        fields = form(root)
        super().__init__(dag_id, params={**fields, **kwargs.pop("params", {})}, **kwargs)
        with self:
            self.plan = PlanOperator(
                task_id=PLAN,
                project=root,
                graph=graph,
                set_params=dict(set_params or {}),
                form_keys=tuple(fields),
            )
            self.stages = {stage.name: _task(stage, root, graph) for stage in graph.stages}
            self.record = RecordOperator(task_id=RECORD, project=root, graph=graph)
            for up, down in graph.edges:
                self.stages[up] >> self.stages[down]
            for stage in graph.stages:
                if not graph.upstream(stage.name):
                    self.plan >> self.stages[stage.name]
                if not graph.downstream(stage.name):
                    self.stages[stage.name] >> self.record


def form(root: Path) -> dict[str, Param]:
    """Return one typed form field per value of ``params.yaml``; empty means: as it stands there."""
    if not (root / PARAMS_FILE).exists():
        return {}
    return {
        key: Param(
            None,
            type=["null", JSON_TYPES[type(value)]],
            title=key.rpartition(".")[2],
            description=f"params.yaml says {value!r}; empty keeps that",
            section=key.partition(".")[0],
        )
        for key, value in leaves(load_yaml(root / PARAMS_FILE))
        if type(value) in JSON_TYPES
    }


def task_id(stage: str) -> str:
    """Return a stage's task id: its name, with what Airflow does not take replaced."""
    return re.sub(r"[^\w.-]+", "__", stage)


def _selected(graph: Graph, targets: Sequence[str]) -> Graph:
    unknown = [name for name in targets if name not in {stage.name for stage in graph.stages}]
    if unknown:
        raise ProjectError(
            f"There is no stage {', '.join(map(repr, unknown))}",
            where="targets",
            fix=f"name some of {', '.join(stage.name for stage in graph.stages)}",
        )
    return graph.only(tuple(targets)) if targets else graph


def _task(stage: Stage, root: Path, graph: Graph) -> StageOperator:
    return StageOperator(
        task_id=task_id(stage.name),
        project=root,
        stage=stage.name,
        upstream_stages=list(graph.upstream(stage.name)),
        gate=stage.gate,
        task_display_name=stage.name,
        doc_md=f"{stage.desc}\n\nOn a laptop: `dvc repro {stage.name}`\n\n```sh\n"
        + "\n".join(stage.cmd)
        + "\n```",
    )
