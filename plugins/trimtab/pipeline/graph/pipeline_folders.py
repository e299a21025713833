"""The folders of a repository's pipelines: found by what they hold, without a list of them."""

from __future__ import annotations

from pathlib import Path

from trimtab.pipeline.graph.stage import PIPELINE_FILE

PIPELINES = "pipelines"  # the folder of the pipelines that are projects of their own
DAGS = "dags"  # the folder of the DAG files of all pipelines
ROOT_PIPELINE = "."  # the name of the pipeline in the root of the repository


def find_repository(folder: Path) -> Path | None:
    """Return the root of the git repository that contains a folder; None if there is none."""
    folder = folder.resolve()
    return next((root for root in (folder, *folder.parents) if (root / ".git").exists()), None)


def find_pipeline_folders(repository: Path) -> dict[str, Path]:
    """Return the folder of each pipeline by its name, in the order of the names.

    A pipeline is a DVC project: the root of the repository if it holds ``.dvc`` and ``dvc.yaml``, and each
    folder of ``pipelines/`` that holds ``.dvc``. Nothing is read, so a broken pipeline is found too.

    Args:
        repository: The root of the repository.
    """
    found = {}
    if (repository / ".dvc").is_dir() and (repository / PIPELINE_FILE).is_file():
        found[ROOT_PIPELINE] = repository
    below = repository / PIPELINES
    for folder in sorted(below.iterdir()) if below.is_dir() else ():
        if (folder / ".dvc").is_dir() and not folder.is_symlink():
            found[folder.name] = folder
    return found


def describe_pipelines(folder: Path) -> str:
    """Return what to do in a folder that is no pipeline but has some below it; empty if it has none."""
    below = (root for root in find_pipeline_folders(folder).values() if root != folder)
    names = [str(root.relative_to(folder)) for root in below]
    return f"go to the folder of a pipeline: {', '.join(names)}" if names else ""


def pipeline_path(root: Path) -> str | None:
    """Return the path of a pipeline in its repository, as a POSIX path; None outside of a repository.

    Args:
        root: The pipeline's root.
    """
    repository = find_repository(root)
    return root.resolve().relative_to(repository).as_posix() if repository else None
