"""Find the artifacts that ``dvc.yaml`` declares, by type."""

from __future__ import annotations

from pathlib import Path

from trimtab.errors import ProjectError
from trimtab.pipeline.graph import Artifact, Graph, is_of_candidate


def find_artifact(graph: Graph, type_: str) -> Artifact | None:
    """Return the artifact of a type, or ``None`` if none is declared.

    The artifacts of candidates count in the graph of their candidate only, as those of its model.

    Raises:
        ProjectError: Several are declared.
    """
    found = [each for each in graph.artifacts if each.type == type_ and not is_of_candidate(each)]
    if len(found) > 1:
        raise ProjectError(
            f"Several artifacts have the type '{type_}': {', '.join(artifact.name for artifact in found)}",
            where="dvc.yaml: artifacts",
            fix="keep the type for one of them, and give each of the others another type; or declare them as"
            " those of candidates, with `meta: {candidate: …}`",
        )
    return found[0] if found else None


def require_artifact(graph: Graph, type_: str, example: str) -> Artifact:
    """Return the artifact of a type.

    Args:
        graph: The pipeline.
        type_: The type.
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
    """Return the path of an artifact's file.

    Raises:
        ProjectError: The file does not exist.
    """
    path = root / artifact.path
    if not path.exists():
        raise ProjectError(
            f"The file of the artifact '{artifact.name}' does not exist",
            where=str(path),
            fix="run `dvc repro`, or `dvc pull` if the pipeline has run elsewhere",
        )
    return path
