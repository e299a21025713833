"""What ``dvc.yaml`` declares of a model: its artifacts, its trusted types, and the stages behind them."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from trimtab.errors import ProjectError
from trimtab.learning import ProblemType
from trimtab.pipeline.graph import Artifact, Graph, Project, Stage, declared_problem_type
from trimtab.registry.loading import ModelTrust
from trimtab.registry.provenance import find_artifact, require_artifact
from trimtab.registry.signing import required_keys
from trimtab.registry.tracking import RESERVED_IN_MODEL_NAMES

# Lines of dvc.yaml for error messages.
MODEL_DECLARATION = "my-model: {path: models/my-model.skops, type: model, meta: {trusted_types: []}}"
INPUT_EXAMPLE_DECLARATION = "my-input-example: {path: models/input_example.parquet, type: input-example}"

OPTIONAL_TYPES = ("drift-reference", "training-history")  # artifacts that are published if they are declared


def read_model_name(root: Path) -> str:
    """Return the name of the model that a project makes, which is the name of the registered model.

    Raises:
        ProjectError: The folder is no DVC project, or declares no artifact of type ``model``, or several.
    """
    return require_artifact(Project(root).graph(), "model", MODEL_DECLARATION).name


def read_model_trust(root: Path) -> ModelTrust:
    """Return what the checkout that runs trusts in a registered model: types, and keys that sign it.

    Args:
        root: The project's root, in the checkout that runs. Never that of a record, which an XCom names.

    Raises:
        ConfigError: The section ``signing`` of ``params.yaml`` cannot be used, or a key is missing.
        MissingExtraError: A signature is required, and the extra ``signing`` is not installed.
        ProjectError: As for :func:`trusted_types`.
    """
    return ModelTrust(trusted_types(root), required_keys(root))


def trusted_types(root: Path) -> tuple[str, ...]:
    """Return the types that a registered model may hold, as the checkout that runs lists them.

    The list in MLflow is never used: anyone with write access there could add any type. See
    docs/decisions/0022.

    Raises:
        ProjectError: The folder is no DVC project, declares several models, or lists no names.
    """
    model = find_artifact(Project(root).graph(), "model")
    return read_trusted_types(model) if model else ()


def project_problem_type(root: Path) -> ProblemType:
    """Return how predictions of a registered model are read, as the checkout that runs declares it.

    The tag in MLflow is only compared with it.

    Raises:
        ProjectError: The folder is no DVC project, or declares a problem type that does not exist.
    """
    return declared_problem_type(Project(root).graph())


def read_trusted_types(model: Artifact) -> tuple[str, ...]:
    """Return ``meta.trusted_types`` of the model's artifact.

    Raises:
        ProjectError: It is no list of names.
    """
    types = model.meta.get("trusted_types") or []
    names = tuple(name for name in types if isinstance(name, str)) if isinstance(types, list) else ()
    if not isinstance(types, list) or len(names) < len(types):
        raise ProjectError(
            f"trusted_types is no list of names: {types!r}",
            where=f"dvc.yaml: artifacts.{model.name}.meta",
            fix=f"declare it like `{MODEL_DECLARATION}`",
        )
    return names


def require_valid_name(model: Artifact) -> str:
    """Return the name of the model's artifact.

    Raises:
        ProjectError: MLflow does not accept it as the name of a model.
    """
    if set(model.name) & set(RESERVED_IN_MODEL_NAMES):
        raise ProjectError(
            f"MLflow does not accept '{model.name}' as the name of a model",
            where="dvc.yaml: artifacts",
            fix=f"rename the artifact without any of {' '.join(RESERVED_IN_MODEL_NAMES)}",
        )
    return model.name


def candidate_artifacts(graph: Graph) -> dict[str, Artifact]:
    """Return the artifacts of a candidate by type.

    Raises:
        ProjectError: The model or the input example is not declared, or a type is declared twice.
    """
    required = {
        "model": require_artifact(graph, "model", MODEL_DECLARATION),
        "input-example": require_artifact(graph, "input-example", INPUT_EXAMPLE_DECLARATION),
    }
    optional = {type_: find_artifact(graph, type_) for type_ in OPTIONAL_TYPES}
    return required | {type_: artifact for type_, artifact in optional.items() if artifact}


def published_artifacts(graph: Graph) -> tuple[Artifact, ...]:
    """Return the artifacts that a function of the project publishes with the model: ``meta.publish``."""
    return tuple(artifact for artifact in graph.artifacts if "publish" in artifact.meta)


def candidate_stages(graph: Graph) -> Graph:
    """Return the stages that make an artifact, a metric, a plot or a gate report, and all upstream stages.

    Raises:
        ProjectError: A required artifact is not declared.
    """
    artifacts = [*candidate_artifacts(graph).values(), *published_artifacts(graph)]
    declared = [artifact.path for artifact in artifacts]

    def contributes(stage: Stage) -> bool:
        makes_artifact = any(
            PurePosixPath(path).is_relative_to(out.path) for out in stage.outs for path in declared
        )
        return bool(stage.gate) or makes_artifact or any(out.kind != "out" for out in stage.outs)

    return graph.with_upstream(tuple(stage.name for stage in graph.stages if contributes(stage)))
