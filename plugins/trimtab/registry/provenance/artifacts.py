"""Find what ``artifacts:`` of ``dvc.yaml`` declares, by type."""

from __future__ import annotations

from pathlib import Path

from trimtab.errors import ProjectError
from trimtab.pipeline.graph import Artifact, Graph


def find_artifact(graph: Graph, type_: str) -> Artifact | None:
    """Return the one artifact of a type, or ``None`` if none is declared.

    Raises:
        ProjectError: Several are declared.
    """
    found = [artifact for artifact in graph.artifacts if artifact.type == type_]
    if len(found) > 1:
        raise ProjectError(
            f"Several artifacts have the type '{type_}': {', '.join(artifact.name for artifact in found)}",
            where="dvc.yaml: artifacts",
            fix="keep the type for one of them and give the others one of their own",
        )
    return found[0] if found else None


def require_artifact(graph: Graph, type_: str, example: str) -> Artifact:
    """Return the one artifact of a type.

    Args:
        graph: The pipeline.
        type_: The type to look for.
        example: The line to add to ``dvc.yaml`` if there is none.

    Raises:
        ProjectError: None or several are declared.
    """
    artifact = find_artifact(graph, type_)
    if artifact is None:
        raise ProjectError(
            f"No artifact has the type '{type_}'",
            where="dvc.yaml: artifacts",
            fix=f"add, with your names and paths, `{example}`",
        )
    return artifact


def artifact_file(root: Path, artifact: Artifact) -> Path:
    """Return where an artifact's file lies.

    Raises:
        ProjectError: It is not there.
    """
    path = root / artifact.path
    if not path.exists():
        raise ProjectError(
            f"The artifact '{artifact.name}' is declared, but there is no such file",
            where=str(path),
            fix="run `dvc repro`, or `dvc pull` if the pipeline has run elsewhere",
        )
    return path
