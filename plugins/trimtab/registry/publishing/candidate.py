"""Everything a model version is made of, gathered from a project whose pipeline has run."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Self

from trimtab.config import load_yaml
from trimtab.errors import GateError, ProjectError
from trimtab.pipeline.graph import Artifact, Graph, Project, Stage, check_gates
from trimtab.pipeline.lock import NAME as LOCK
from trimtab.registry.provenance import (
    Lock,
    artifact_file,
    find_artifact,
    flatten,
    learnt_of,
    locks_hash,
    require_artifact,
)
from trimtab.registry.publishing.gate_verdicts import read_verdict
from trimtab.registry.publishing.training_history import Curve, read_curves

MODEL = "my-model: {path: models/my-model.skops, type: model, meta: {trusted_types: []}}"
FROM_META = ("data_window", "data_until")  # what the model's artifact may say of its data
RESERVED = "/:.%\"'"  # in names of MLflow's models
OPTIONAL = ("drift-reference", "training-history")  # types of artifacts that are kept if there are any
INPUT_EXAMPLE = "my-input-example: {path: models/input_example.parquet, type: input-example}"


@dataclass(frozen=True)
class Candidate:
    """A model whose gates were passed, and what belongs to it.

    Attributes:
        root: The project's root folder.
        name: Name of the artifact of type ``model``, and of the registered model.
        desc: Its description in ``dvc.yaml``.
        model: The skops file.
        trusted_types: What the artifact lists in ``meta.trusted_types``; nothing else may execute on loading.
        input_example: A few rows of features, Parquet.
        reference: What drift is measured against, JSON, if there is one.
        params: What the stages ran with, flattened.
        metrics: The numbers in DVC's metrics and in the gates' ``metrics.json``, flattened.
        curves: Metrics with a history: how the model learnt, if a stage has written it down.
        verdicts: Gate to ``pass`` or ``warn``.
        files: What is kept beside the model, by its path in the project: plots, gate reports, the reference,
            each ``dvc.lock``, ``params.yaml``.
        lineage: Where it comes from, such as ``git_revision``; ``data_window`` for people and ``data_until``,
            an ISO date, may come from the model artifact's ``meta`` in ``dvc.yaml``; ``learnt_until`` and
            ``seen_until`` where windows of time lie upstream of the model.
        training_data: What the model's stage read of other stages: path to content hash, as DVC writes it.
        test_data: The test window, likewise, if a stage makes it.
        key: SHA-256 of the lock entries all this comes from; two runs with the same result share it.
    """

    root: Path
    name: str
    desc: str
    model: Path
    trusted_types: tuple[str, ...]
    input_example: Path
    reference: Path | None
    params: Mapping[str, Any]
    metrics: Mapping[str, float]
    curves: Mapping[str, Curve]
    verdicts: Mapping[str, str]
    files: Mapping[str, Path]
    lineage: Mapping[str, str]
    training_data: Mapping[str, str]
    test_data: Mapping[str, str]
    key: str

    @staticmethod
    def paths(graph: Graph) -> list[str]:
        """Return the outputs that :meth:`gather` reads, relative to the project's root."""
        declared = {artifact.path for artifact in _artifacts(graph).values()}
        reports = {out.path for stage in graph.stages if stage.gate for out in stage.outs}
        return sorted(
            {*declared, *reports, *_outputs(graph.stages, "metric"), *_outputs(graph.stages, "plot")}
        )

    @classmethod
    def gather(cls, root: Path, graph: Graph, *, lineage: Mapping[str, str]) -> Self:
        """Gather the candidate in ``root``.

        Args:
            root: The project's root folder, in which the outputs lie.
            graph: Its pipeline.
            lineage: What the caller knows: ``git_revision``, ``data_window``, ``dag_run``, ``reason``, …

        Raises:
            GateError: No gate on the model is in the pipeline, or a gate was not passed or has no report.
            ProjectError: A gate does not say that it is one, an artifact is not declared or not there, or the
                files are not one result.
        """
        check_gates(graph)
        artifacts = _artifacts(graph)
        files = {type_: artifact_file(root, artifact) for type_, artifact in artifacts.items()}
        model, reports = artifacts["model"], _pass_gates(root, graph, artifacts["model"])
        test = find_artifact(graph, "test-window")
        stages = behind(graph).stages
        kept = {
            *_outputs(stages, "metric"),
            *_outputs(stages, "plot"),
            *(folder for _, folder in reports.values()),
            *(artifacts[type_].path for type_ in OPTIONAL if type_ in artifacts),
        }
        lock = Lock.read(root, stages)
        lock.check({*kept, *(artifact.path for artifact in artifacts.values())})
        learnt = learnt_of(root, graph, lock, model)
        return cls(
            root=root,
            name=_checked_name(model.name),
            desc=model.desc,
            model=files["model"],
            trusted_types=_trusted(model),
            input_example=files["input-example"],
            reference=files.get("drift-reference"),
            params=lock.params(),
            metrics=_metrics(root, stages, reports),
            curves=read_curves(files["training-history"]) if "training-history" in files else {},
            verdicts={gate: verdict for gate, (verdict, _) in reports.items()},
            files=_files(root, {*kept, *lock.files, *lock.params_files}),
            lineage={
                **{name: str(model.meta[name]) for name in FROM_META if name in model.meta},
                **lineage,
                **(learnt.tags() if learnt else {}),
                "lock_hash": locks_hash(root, lock.files),
                **({"lock_files": json.dumps(lock.files)} if lock.files != [LOCK] else {}),
            },
            training_data=lock.inputs(model.path),
            test_data=lock.made(test.path) if test else {},
            key=lock.key(model.name),
        )


def own_model(root: Path) -> str:
    """Return the name of the model that a project makes, which is that of the registered model.

    Raises:
        ProjectError: The folder is no DVC project, or declares no artifact of type ``model``, or several.
    """
    return require_artifact(Project(root).graph(), "model", MODEL).name


def trusted_types(root: Path) -> tuple[str, ...]:
    """Return the types that a registered model may hold, as the checkout that runs lists them.

    Nothing in MLflow is asked: whoever may write there could list any type. See docs/decisions/0022.

    Raises:
        ProjectError: The folder is no DVC project, declares several models, or lists no names.
    """
    model = find_artifact(Project(root).graph(), "model")
    return _trusted(model) if model else ()


def behind(graph: Graph) -> Graph:
    """Return the stages that made anything of the candidate, and all they depend on.

    Raises:
        ProjectError: An artifact it is made of is not declared.
    """
    declared = [artifact.path for artifact in _artifacts(graph).values()]

    def contributes(stage: Stage) -> bool:
        makes_declared = any(
            PurePosixPath(path).is_relative_to(out.path) for out in stage.outs for path in declared
        )
        return bool(stage.gate) or makes_declared or any(out.kind != "out" for out in stage.outs)

    return graph.only(tuple(stage.name for stage in graph.stages if contributes(stage)))


def _trusted(model: Artifact) -> tuple[str, ...]:
    listed = model.meta.get("trusted_types") or []
    if not isinstance(listed, list) or not all(isinstance(name, str) for name in listed):
        raise ProjectError(
            f"trusted_types is no list of names: {listed!r}",
            where=f"dvc.yaml: artifacts.{model.name}.meta",
            fix=f"declare it like `{MODEL}`",
        )
    return tuple(listed)


def _artifacts(graph: Graph) -> dict[str, Artifact]:
    """Return the artifacts a candidate is made of, by type."""
    found = {
        "model": require_artifact(graph, "model", MODEL),
        "input-example": require_artifact(graph, "input-example", INPUT_EXAMPLE),
    }
    optional = {type_: find_artifact(graph, type_) for type_ in OPTIONAL}
    return found | {type_: artifact for type_, artifact in optional.items() if artifact}


def _pass_gates(root: Path, graph: Graph, model: Artifact) -> dict[str, tuple[str, str]]:
    """Return each gate's verdict and report folder; all were passed, one is on the model, or it raises."""
    gates = [stage for stage in graph.stages if stage.gate]
    if not any(gate.gate == "model" and _vouches(graph, gate, model) for gate in gates):
        others = ", ".join(f"'{gate.name}' ({gate.gate})" for gate in gates)
        raise GateError(
            f"No gate on the model vouches for '{model.name}'; its gates are: {others or '(none)'}",
            where="dvc.yaml: stages",
            fix="add a stage with `meta: {trimtab: {gate: model}}` that depends on the model, or that the"
            " model depends on, and writes a gate report; nothing has been registered",
        )
    return {gate.name: read_verdict(root, gate) for gate in gates}


def _vouches(graph: Graph, gate: Stage, model: Artifact) -> bool:
    """Whether a gate is upstream or downstream of the stage that makes the model, or reads the model."""
    makers = {
        s.name for s in graph.stages if any(PurePosixPath(model.path).is_relative_to(o.path) for o in s.outs)
    }
    before_gate = {stage.name for stage in graph.only((gate.name,)).stages}
    before_model = {stage.name for stage in graph.only(tuple(makers)).stages}
    return bool(makers & before_gate) or gate.name in before_model or model.path in gate.deps


def _outputs(stages: tuple[Stage, ...], kind: str) -> list[str]:
    return [out.path for stage in stages for out in stage.outs if out.kind == kind]


def _files(root: Path, paths: Collection[str]) -> dict[str, Path]:
    """Return what is kept of the paths that are there, without what lies in a folder that is kept too."""
    outermost = [p for p in paths if not any(str(above) in paths for above in PurePosixPath(p).parents)]
    return {path: root / path for path in sorted(outermost) if (root / path).exists()}


def _metrics(
    root: Path, stages: tuple[Stage, ...], reports: Mapping[str, tuple[str, str]]
) -> dict[str, float]:
    """Flatten every metrics file; names start with the file's path only where there are several files."""
    paths = _outputs(stages, "metric")
    prefixes = {path: str(PurePosixPath(path).with_suffix("")) if len(paths) > 1 else "" for path in paths}
    prefixes |= {f"{folder}/metrics.json": gate for gate, (_, folder) in reports.items()}
    return {
        name: float(value)
        for path, prefix in prefixes.items()
        if (root / path).is_file()
        for name, value in flatten(load_yaml(root / path), prefix)
        if isinstance(value, (int, float)) and not isinstance(value, bool)
    }


def _checked_name(name: str) -> str:
    if set(name) & set(RESERVED):
        raise ProjectError(
            f"MLflow cannot name a model '{name}'",
            where="dvc.yaml: artifacts",
            fix=f"rename the artifact without any of {' '.join(RESERVED)}",
        )
    return name
