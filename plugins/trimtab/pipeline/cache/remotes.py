"""The remotes of one DVC repository. Each is opened when it is first used."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from trimtab.pipeline.cache.remote import Remote
from trimtab.pipeline.lock import Content

if TYPE_CHECKING:
    from dvc.repo import Repo


class Remotes:
    """The remotes of one DVC repository.

    Args:
        repo: An open repository.

    Attributes:
        remote_by_hash: Name of the remote of each content that ``dvc.yaml`` or a ``.dvc`` file keeps in
            another remote than the default one.
    """

    def __init__(self, repo: Repo) -> None:
        self._repo = repo
        self._default = repo.config["core"].get("remote")
        self._opened: dict[str, Remote] = {}
        self._opening = threading.Lock()
        self.remote_by_hash: dict[str, str] = {}

    def get(self, name: str | None) -> Remote | None:
        """Return a remote by name; the default remote, if any, without a name."""
        name = name or self._default
        if not name:
            return None
        with self._opening:
            return self._opened.setdefault(name, Remote(self._repo, name))

    def remote_of(self, content: Content) -> Remote | None:
        """Return the remote that keeps a content, if any."""
        return self.get(self.remote_by_hash.get(content["md5"])) if content.get("md5") else None
