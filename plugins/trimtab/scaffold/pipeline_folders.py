"""The folders of a new pipeline: refused if one exists, and removed if the pipeline cannot be finished."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from trimtab.errors import ConfigError


def pipeline_paths(repository: Path, name: str) -> dict[str, Path]:
    """Return the folders of a pipeline: its own, that of its DAGs, and that of its tests."""
    return {
        "pipeline": repository / "pipelines" / name,
        "dags": repository / "dags" / name,
        "tests": repository / "tests" / "pipelines" / name,
    }


def require_free(repository: Path, name: str) -> None:
    """Refuse a name whose folders exist.

    Raises:
        ConfigError: One of them exists.
    """
    for folder in pipeline_paths(repository, name).values():
        if folder.exists():
            raise ConfigError(
                f"The folder exists: {folder.relative_to(repository)}",
                where=str(repository),
                fix="choose another name, or remove the folder",
            )


@contextmanager
def whole_or_nothing(repository: Path, name: str) -> Iterator[dict[str, Path]]:
    """Give the folders of a pipeline to write; if that fails or is interrupted, nothing of it stays.

    Args:
        repository: The root of the git repository.
        name: The name of the pipeline.

    Yields:
        The folders, as :func:`pipeline_paths` returns them.

    Raises:
        ConfigError: One of them exists.
    """
    require_free(repository, name)
    paths = pipeline_paths(repository, name)
    package = paths["tests"].parent / "__init__.py"
    missing = [_topmost_missing(path) for path in (*paths.values(), package) if not path.exists()]
    try:
        yield paths
    except BaseException:  # Ctrl-C and SIGTERM too
        for path in missing:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        raise


def _topmost_missing(path: Path) -> Path:
    """Return the first folder on the way to a path that does not exist."""
    return path if path.parent.exists() else _topmost_missing(path.parent)
