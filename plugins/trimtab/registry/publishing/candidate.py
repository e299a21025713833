"""A candidate: a model that passed its gates, with all that is published with it."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Self, cast

from trimtab.flattening import flatten
from trimtab.learning import BINARY, ProblemType
from trimtab.params_file import load_yaml
from trimtab.pipeline.graph import (
    Artifact,
    Graph,
    Stage,
    candidate_graphs,
    check_environments,
    check_gates,
    declared_problem_type,
    pipeline_path,
    require_code_dependencies,
)
from trimtab.pipeline.lock import LOCK_FILE as LOCK
from trimtab.registry.provenance import (
    RecordedLock,
    artifact_file,
    find_artifact,
    find_data_extent,
    hash_lock_files,
)
from trimtab.registry.publishing.gate_verdicts import GateVerdict, require_passed_gates
from trimtab.registry.publishing.model_artifacts import (
    OPTIONAL_TYPES,
    candidate_artifacts,
    candidate_stages,
    published_artifacts,
    read_trusted_types,
    require_valid_name,
)
from trimtab.registry.publishing.training_history import LearningCurve, read_training_history
from trimtab.registry.tracking import Lineage, hash_text

META_LINEAGE = ("data_window", "data_until")  # lineage that the model's artifact may give in its meta


@dataclass(frozen=True)
class Candidate:
    """A model that passed its gates, with all that is published with it.

    Attributes:
        root: The project's root.
        name: Name of the artifact of type ``model``, and of the registered model.
        desc: Its description in ``dvc.yaml``.
        model: The model file, or the folder.
        trusted_types: ``meta.trusted_types`` of the artifact: no other type is executed when it is loaded.
        input_example: Parquet file with a few rows of features.
        reference: JSON file with the reference profile for drift; ``None`` if none is declared.
        params: What the stages ran with, flattened.
        metrics: The numbers in DVC's metrics and in the gates' ``metrics.json``, flattened.
        curves: The training history: metric to its learning curve; empty if none is declared.
        verdicts: Gate to ``pass`` or ``warn``.
        files: The files published with the model, by their path in the project: plots, gate reports, the
            reference profile, each ``dvc.lock`` and params file.
        lineage: Where the model comes from.
        training_data: What the model's stage read of other stages: path to content hash, as DVC writes it.
        test_data: The test window, likewise, if a stage makes it.
        key: The content key: SHA-256 of the lock entries; two runs with the same result share it.
        tags: Tags that functions of the project publish, without the library's prefix.
        problem: ``meta.problem_type`` of the artifact: how predictions of the model are read.
        stages: The stages that it comes from, in the graph's order.
        train_seconds: Run time of the stage that made the model; ``None`` if it is not known, as if the stage
            was restored from the run cache.
    """

    root: Path
    name: str
    desc: str
    model: Path
    trusted_types: tuple[str, ...]
    input_example: Path
    reference: Path | None
    params: Mapping[str, object]
    metrics: Mapping[str, float]
    curves: Mapping[str, LearningCurve]
    verdicts: Mapping[str, str]
    files: Mapping[str, Path]
    lineage: Lineage
    training_data: Mapping[str, str]
    test_data: Mapping[str, str]
    key: str
    tags: Mapping[str, str] = field(default_factory=dict)
    problem: ProblemType = BINARY
    stages: tuple[str, ...] = ()
    train_seconds: float | None = None

    @staticmethod
    def paths(graph: Graph) -> list[str]:
        """Return the outputs that are read to publish all candidates of a project, as paths in it."""
        return sorted({path for own in candidate_graphs(graph).values() for path in _read_paths(own)})

    @classmethod
    def gather(cls, root: Path, graph: Graph, *, lineage: Mapping[str, str]) -> Self:
        """Gather the candidate in ``root``.

        Args:
            root: The project's root, in which the outputs are.
            graph: The project's pipeline, or the part of it that a candidate comes from.
            lineage: The lineage that the caller knows: see :class:`~trimtab.registry.tracking.Lineage`.

        Raises:
            GateError: No gate checks the model, or a gate did not pass or has no report.
            ProjectError: A stage that writes a gate report is not declared as a gate, an artifact is not
                declared or does not exist, or the files do not come from one run.
        """
        check_gates(graph)
        check_environments(graph)
        require_code_dependencies(root, graph)
        artifacts = candidate_artifacts(graph)
        files = {type_: artifact_file(root, artifact) for type_, artifact in artifacts.items()}
        model, gates = artifacts["model"], require_passed_gates(root, graph, artifacts["model"])
        test = find_artifact(graph, "test-window")
        stages = candidate_stages(graph).stages
        published = _published_paths(stages, artifacts, gates)
        lock = RecordedLock.read(root, stages)
        read = [*artifacts.values(), *published_artifacts(graph)]
        lock.check({*published, *(artifact.path for artifact in read)})
        history, problem = files.get("training-history"), declared_problem_type(graph)
        return cls(
            root=root,
            name=require_valid_name(model),
            desc=model.desc,
            model=files["model"],
            trusted_types=read_trusted_types(model),
            input_example=files["input-example"],
            reference=files.get("drift-reference"),
            params=lock.params(),
            metrics=_read_metrics(root, stages, gates),
            curves=read_training_history(history) if history else {},
            verdicts={name: gate.verdict for name, gate in gates.items()},
            files=_existing_files(root, {*published, *lock.files, *lock.params_files}),
            lineage={**_lineage(root, graph, lock, model, cast(Lineage, lineage)), **_fairness(gates)},
            training_data=lock.upstream_hashes(model.path),
            test_data=lock.output_hash(test.path) if test else {},
            key=_typed_key(lock.key(model.name), problem),
            problem=problem,
            stages=tuple(stage.name for stage, _ in lock.entries),
        )


def _read_paths(graph: Graph) -> set[str]:
    artifacts = [*candidate_artifacts(graph).values(), *published_artifacts(graph)]
    declared = {artifact.path for artifact in artifacts}
    reports = {out.path for stage in graph.stages if stage.gate for out in stage.outs}
    return {*declared, *reports, *_outputs(graph.stages, "metric"), *_outputs(graph.stages, "plot")}


def _typed_key(key: str, problem: ProblemType) -> str:
    """Return the content key of a model whose predictions are read as a problem type says."""
    return hash_text(json.dumps([key, problem.key_part])) if problem.key_part else key


def _lineage(root: Path, graph: Graph, lock: RecordedLock, model: Artifact, given: Lineage) -> Lineage:
    """Complete what the caller knows with what the artifact's meta, the windows and the lock files say."""
    extent = find_data_extent(root, graph, lock, model)
    declared = {name: str(model.meta[name]) for name in META_LINEAGE if name in model.meta}
    lineage: Lineage = {
        **cast(Lineage, declared),
        **given,
        **(extent.to_lineage() if extent else {}),
        "lock_hash": hash_lock_files(root, lock.files),
    }
    if pipeline := pipeline_path(root):
        lineage["pipeline"] = pipeline
    if lock.files != [LOCK]:
        lineage["lock_files"] = json.dumps(lock.files)
    return lineage


def _fairness(gates: Mapping[str, GateVerdict]) -> Lineage:
    """Return whether the fairness checks of the gates passed; nothing if there are none."""
    known = [gate.fair for gate in gates.values() if gate.fair is not None]
    return {"fairness": "passed" if all(known) else "failed"} if known else {}


def _published_paths(
    stages: tuple[Stage, ...], artifacts: Mapping[str, Artifact], gates: Mapping[str, GateVerdict]
) -> set[str]:
    return {
        *_outputs(stages, "metric"),
        *_outputs(stages, "plot"),
        *(gate.folder for gate in gates.values()),
        *(artifacts[type_].path for type_ in OPTIONAL_TYPES if type_ in artifacts),
    }


def _outputs(stages: tuple[Stage, ...], kind: str) -> list[str]:
    return [out.path for stage in stages for out in stage.outs if out.kind == kind]


def _existing_files(root: Path, paths: Collection[str]) -> dict[str, Path]:
    """Return the paths that exist, without those inside of a folder that is published as a whole."""
    outermost = [p for p in paths if not any(str(above) in paths for above in PurePosixPath(p).parents)]
    return {path: root / path for path in sorted(outermost) if (root / path).exists()}


def _read_metrics(
    root: Path, stages: tuple[Stage, ...], gates: Mapping[str, GateVerdict]
) -> dict[str, float]:
    """Flatten all metrics files; a name starts with the path of its file only if there are several files."""
    paths = _outputs(stages, "metric")
    prefixes = {path: str(PurePosixPath(path).with_suffix("")) if len(paths) > 1 else "" for path in paths}
    prefixes |= {f"{gate.folder}/metrics.json": name for name, gate in gates.items()}
    return {
        name: float(value)
        for path, prefix in prefixes.items()
        if (root / path).is_file()
        for name, value in flatten(load_yaml(root / path), prefix)
        if isinstance(value, (int, float)) and not isinstance(value, bool)
    }
