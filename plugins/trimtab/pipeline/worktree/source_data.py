"""Contents that no stage made: the data of ``.dvc`` files, and external dependencies."""

from __future__ import annotations

import contextlib
import posixpath
import socket
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from trimtab.errors import StageError
from trimtab.params_file import load_yaml
from trimtab.pipeline.dvc_compat import external_lock_item
from trimtab.pipeline.dvc_errors import refusals
from trimtab.pipeline.graph import Stage
from trimtab.pipeline.lock import Content, validate_content, without_path

if TYPE_CHECKING:
    from dvc.repo import Repo


class NoHashError(StageError):
    """A ``.dvc`` file has no hash of its data."""


def read_source_contents(root: Path, source: Stage) -> dict[str, Content]:
    """Map the data of a ``.dvc`` file, by its path in the graph, to its content.

    Raises:
        NoHashError: The file has no hash, since the data was never downloaded.
    """
    values = load_yaml(root / source.name)
    folder = posixpath.normpath(posixpath.join(posixpath.dirname(source.name), values.get("wdir", ".")))
    contents = {}
    for out in values.get("outs", []):
        if not out.get("md5"):
            raise NoHashError(
                f"'{source.name}' has no hash of its data",
                where=str(root / source.name),
                fix=f"`dvc update {source.name}` or `dvc pull {source.name}`, then commit it",
            )
        known = {key: out[key] for key in ("hash", "md5", "size", "nfiles", "isexec") if key in out}
        contents[posixpath.normpath(posixpath.join(folder, out["path"]))] = validate_content(
            known, where=str(root / source.name)
        )
    return contents


class SourceData:
    """The data of the ``.dvc`` files of one checkout. Each file is read once.

    Args:
        root: The checkout's root.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._contents: dict[str, dict[str, Content]] = {}
        self._imports: dict[str, Stage] = {}

    def contents(self, source: Stage) -> dict[str, Content]:
        """Map the data of a ``.dvc`` file, by its path in the graph, to its content.

        Raises:
            NoHashError: The file has no hash, since the data was never downloaded.
        """
        if source.name not in self._contents:
            self._contents[source.name] = read_source_contents(self._root, source)
            if source.deps:
                self._imports |= dict.fromkeys(self._contents[source.name], source)
        return self._contents[source.name]

    def forget(self, source: Stage) -> None:
        """Read a ``.dvc`` file again at the next use, since it has changed."""
        self._contents.pop(source.name, None)

    def import_of(self, path: str) -> Stage | None:
        """Return the ``.dvc`` file that imports the data at a path, if one that was read does."""
        return self._imports.get(path)


def refuse_metadata_servers(stage: Stage) -> None:
    """Refuse link-local addresses, where a cloud's metadata server gives out credentials.

    Args:
        stage: A stage or a ``.dvc`` file.

    Raises:
        StageError: The host of a dependency or an output resolves to a link-local address.
    """
    for path in (*stage.deps, *(out.path for out in stage.outs)):
        host = urlsplit(path).hostname if path.startswith(("http://", "https://")) else None
        if host and any(ip_address(found).is_link_local for found in _addresses(host)):
            raise StageError(
                f"The address is link-local, where a cloud gives out credentials: {host}",
                where=f"'{stage.name}': {path}",
                fix="use data from another host",
            )


def _addresses(host: str) -> Iterator[str]:
    with contextlib.suppress(OSError, UnicodeError):  # a name that does not resolve
        for *_, address in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM):
            yield str(address[0]).partition("%")[0].removeprefix("::ffff:")


def external_content(repo: Repo, stage: Stage, path: str, kind: Literal["deps", "outs_no_cache"]) -> Content:
    """Return the content of an external dependency or output, from DVC.

    Args:
        repo: An open repository.
        stage: The stage that reads or writes it.
        path: A URL, or an absolute path.
        kind: Which of the two it is, in DVC's words.

    Raises:
        StageError: It cannot be reached, or does not exist.
    """
    refuse_metadata_servers(stage)
    with refusals(StageError, where=f"stage '{stage.name}'", fix="check that it can be reached from here"):
        item = external_lock_item(
            repo, command=stage.cmd[0], wdir=Path(repo.root_dir, stage.wdir), path=path, kind=kind
        )
    return without_path(item)
