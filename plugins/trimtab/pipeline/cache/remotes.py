"""The remotes of one DVC repository, each opened when it is first asked."""

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
        repo: An open ``dvc.repo.Repo``.

    Attributes:
        elsewhere: The remote of each content, by hash, that is kept in another than the default one.
    """

    def __init__(self, repo: Repo) -> None:
        self._repo = repo
        self._default = repo.config["core"].get("remote")
        self._opened: dict[str, Remote] = {}
        self._opening = threading.Lock()
        self.elsewhere: dict[str, str] = {}

    def named(self, name: str | None) -> Remote | None:
        """Return the remote of that name; without one, the default remote, if there is one."""
        name = name or self._default
        if not name:
            return None
        with self._opening:
            return self._opened.setdefault(name, Remote(self._repo, name))

    def of(self, content: Content) -> Remote | None:
        """Return the remote that a content is kept in, if there is one."""
        return self.named(self.elsewhere.get(content["md5"])) if content.get("md5") else None
