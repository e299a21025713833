"""DVC's file systems: how a backup location and MLflow's artifacts are read and written."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

from trimtab.errors import RemoteError, TrimtabError

FileSystem: TypeAlias = Any  # a file system of DVC's, which has no types
DvcConfig: TypeAlias = Any  # dvc.config.Config, which has no types


def read_dvc_config(root: Path) -> DvcConfig:
    """Return DVC's configuration of a project."""
    from dvc.config import Config

    return Config(str(root / ".dvc"))


def open_file_system(location: str, config: DvcConfig) -> tuple[FileSystem, str]:
    """Return DVC's file system for a location, and the path of the location in it.

    Args:
        location: The name of a DVC remote, a folder, or an address.
        config: DVC's configuration.

    Raises:
        RemoteError: The package for that kind of location is not installed.
    """
    from dvc.fs import get_cloud_fs
    from dvc_objects.fs.errors import RemoteMissingDepsError

    is_remote = location in config.get("remote", {})
    address = location if is_remote or "://" in location else str(Path(location).absolute())
    try:
        kind, options, path = get_cloud_fs(config, **({"name": location} if is_remote else {"url": address}))
        return kind(**options), path
    except (ImportError, RemoteMissingDepsError) as err:
        raise RemoteError(
            f"The package that DVC needs for this location is not installed: {err}",
            where=location,
            fix="install it: `pip install 'dvc[s3]'`, `dvc[ssh]`, and so on",
        ) from err


@contextlib.contextmanager
def as_remote_errors(location: str) -> Iterator[None]:
    """Raise errors of a file system as one that names the location; each kind of file system has its own.

    Raises:
        RemoteError: The file system raised an error.
    """
    try:
        yield
    except TrimtabError:
        raise
    except Exception as err:
        raise RemoteError(
            f"The location did not answer: {type(err).__name__}: {err}",
            where=location,
            fix="check that it can be reached, and try again; what was written does no harm",
        ) from err
