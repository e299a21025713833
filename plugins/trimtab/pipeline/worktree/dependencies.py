"""Contents of a stage's dependencies: from lock entries where those say enough, otherwise from the files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from trimtab.errors import StageError
from trimtab.pipeline.cache import DvcCache
from trimtab.pipeline.graph import Stage
from trimtab.pipeline.lock import Content, is_external, is_legacy, match_hash_format, path_in_entry
from trimtab.pipeline.worktree.source_data import external_content

if TYPE_CHECKING:
    from dvc.repo import Repo

BACKSLASH_HINT = "write it with / in dvc.yaml, which Windows understands too"
MISSING_HINT = "commit it to git, add it to DVC, or correct `deps`"


class Dependencies:
    """Returns contents of the dependencies of stages in one checkout. It only reads files.

    Args:
        repo: An open repository.
        cache: Its cache.
        disposable: Whether the checkout is a sandbox.
    """

    def __init__(self, repo: Repo, cache: DvcCache, *, disposable: bool) -> None:
        self._repo, self._root = repo, Path(repo.root_dir)
        self._cache, self._disposable = cache, disposable

    def contents(
        self, stage: Stage, known: Mapping[str, Content], locked: Mapping[str, Content]
    ) -> dict[str, Content]:
        """Map the dependencies of a stage, by their paths in the lock entry, to their contents.

        Args:
            stage: The stage.
            known: Contents of outputs of stages and of source data, by path in the graph.
            locked: Contents of the dependencies in the stage's lock entry, by path there.

        Raises:
            StageError: A dependency does not exist.
        """
        names = {path_in_entry(stage, path): path for path in stage.deps}
        return {
            name: self._content(stage, path, known.get(path), locked.get(name))
            for name, path in names.items()
        }

    def to_hash(self, stage: Stage, known: Mapping[str, Content], locked: Mapping[str, Content]) -> list[str]:
        """Return the dependencies whose files must be hashed. Arguments are those of :meth:`contents`."""
        return [
            path
            for path in stage.deps
            if self._known_content(known.get(path), locked.get(path_in_entry(stage, path))) is None
        ]

    def content_in_place(self, path: str, content: Content) -> Content | None:
        """Return the content at a path if it has the hash of the given one, computed in the same way."""
        try:
            found = self._cache.hash(self._root / path, legacy=is_legacy(content))
        except FileNotFoundError:
            return None
        return found if found["md5"] == content.get("md5") else None

    def _content(self, stage: Stage, path: str, known: Content | None, locked: Content | None) -> Content:
        if is_external(path):
            return external_content(self._repo, stage, path, "deps")
        if (content := self._known_content(known, locked)) is not None:
            return content
        try:
            return (locked and self.content_in_place(path, locked)) or self._cache.hash(self._root / path)
        except FileNotFoundError as err:
            if (self._root / path).exists():  # a dangling link below it
                raise
            raise StageError(
                f"The dependency '{path}' does not exist",
                where=f"stage '{stage.name}'",
                fix=BACKSLASH_HINT if "\\" in path else MISSING_HINT,
            ) from err

    def _known_content(self, known: Content | None, locked: Content | None) -> Content | None:
        """Return the content of a dependency, as the stage's lock entry has it, if no file must be hashed.

        Args:
            known: The content in the lock entry or ``.dvc`` file of the dependency's owner, if it has one.
            locked: The content in the lock entry of the stage that depends on it, if any.
        """
        if known is None:
            return None
        contents = (known, locked) if locked else (known,)
        mixed = len({is_legacy(content) for content in contents}) > 1
        if locked and locked.get("md5") == known["md5"] and (self._disposable or not mixed):
            return match_hash_format(known, locked)  # the same file, whichever DVC version hashed it
        return None if any(is_legacy(content) for content in contents) else known
