"""A checkout in which stages run: its lock files, contents of dependencies and outputs, and its DVC cache."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from trimtab.pipeline.cache import DvcCache, MissingObjectError, RunCache
from trimtab.pipeline.graph import Stage
from trimtab.pipeline.lock import (
    Content,
    LockEntry,
    LockFile,
    LockItem,
    complete_entry,
    is_external,
    is_legacy,
    lock_command,
    lock_path,
    output_contents,
    path_in_entry,
    short_name,
    without_path,
)
from trimtab.pipeline.params import ParamsFiles
from trimtab.pipeline.worktree.dependencies import Dependencies
from trimtab.pipeline.worktree.source_data import SourceData, refuse_metadata_servers
from trimtab.pipeline.worktree.symlink_escapes import refuse_symlink_escape
from trimtab.user_cache import cache_folder

if TYPE_CHECKING:
    from dvc.repo import Repo
    from dvc_data.hashfile.state import StateBase


class WorkTree:
    """A checkout that is open with DVC.

    Args:
        repo: An open repository.
        home: The root of the user's project, whose cache of parsed files is used; the checkout's own root, if
            not given.
        intact: See :class:`DvcCache`.
        disposable: Whether it is a sandbox, which is thrown away afterwards.
        folder: The user's working directory, below the root.

    Attributes:
        cache: DVC's cache.
        run_cache: DVC's run cache.
        locks: The folder of parsed lock files.
    """

    def __init__(
        self,
        repo: Repo,
        *,
        home: Path | None = None,
        intact: StateBase | None = None,
        disposable: bool = False,
        folder: str = ".",
    ) -> None:
        self.repo, self.folder = repo, folder
        self.root = Path(repo.root_dir)
        self.home = home or self.root
        self.locks = cache_folder(self.home, "locks")
        self._disposable = disposable
        self.cache = DvcCache(repo, intact=intact, disposable=disposable)
        # In the user's own checkout a run does as `dvc repro`, which uses no remote.
        self.run_cache = RunCache(repo, remote=self.cache.remotes.get(None) if disposable else None)
        self._dependencies = Dependencies(repo, self.cache, disposable=disposable)
        self._params = ParamsFiles(self.root)
        self._lock_files: dict[str, LockFile] = {}
        self._sources = SourceData(self.root)

    @property
    def is_sandbox(self) -> bool:
        """Whether it is a sandbox, and not the user's own checkout."""
        return self._disposable

    # Lock entries and contents

    def lock_file(self, path: str) -> LockFile:
        """Return a ``dvc.lock`` of the checkout by its path below the root."""
        if path not in self._lock_files:
            self._lock_files[path] = LockFile.read(self.root / path, cache=self.locks)
        return self._lock_files[path]

    def locked(self, stage: Stage) -> LockEntry:
        """Return the lock entry of a stage; an empty one, if ``dvc.lock`` has none."""
        return self.lock_file(lock_path(stage.name)).stages.get(short_name(stage.name)) or LockEntry()

    def source_contents(self, source: Stage) -> dict[str, Content]:
        """Map the data of a ``.dvc`` file, by its path in the graph, to its content.

        Raises:
            NoHashError: The file has no hash, since the data was never downloaded.
        """
        data = self._sources.contents(source)
        self._note_remotes(source, data)
        return data

    def forget_source(self, source: Stage) -> None:
        """Read a ``.dvc`` file again at the next use, since it has changed."""
        self._sources.forget(source)

    def output_contents(self, stage: Stage, entry: LockEntry) -> dict[str, Content]:
        """Map the outputs of a lock entry, by their paths in the graph, to their contents.

        Outputs with a ``remote`` of their own are fetched from that one from now on.
        """
        outputs = output_contents(stage, entry)
        self._note_remotes(stage, outputs)
        return outputs

    def current_inputs(self, stage: Stage, known: Mapping[str, Content]) -> LockEntry:
        """Return command, dependencies and params of a stage, as a lock entry has them.

        It only reads, since other stages may read the same files at the same time.

        Args:
            stage: The stage.
            known: Contents of outputs of stages and of source data, by path in the graph. Only the files of
                :meth:`dependencies_to_hash` are read; they must exist.

        Raises:
            StageError: A dependency or a param does not exist.
        """
        found = self._dependencies.contents(stage, known, self._locked_dependencies(stage))
        deps: list[LockItem] = [{"path": name, **content} for name, content in found.items()]
        entry: LockEntry = {"cmd": lock_command(stage)}
        if deps:
            entry["deps"] = sorted(deps, key=lambda dep: str(dep["path"]))
        if params := self._params.params_of(stage):
            entry["params"] = params
        return entry

    def dependencies_to_hash(self, stage: Stage, known: Mapping[str, Content]) -> list[str]:
        """Return the dependencies of a stage whose files must be hashed, so must exist.

        Args:
            stage: The stage.
            known: Contents of outputs of stages and of source data, by path in the graph.
        """
        return self._dependencies.to_hash(stage, known, self._locked_dependencies(stage))

    def with_params(self, stage: Stage, entry: LockEntry) -> LockEntry:
        """Return a lock entry from an XCom with the stage's params, in the order of ``dvc.lock``.

        An XCom has no params: they are in the revision, and JSON has fewer types than YAML.

        Raises:
            StageError: A param does not exist.
        """
        return complete_entry(stage, entry, self._params.params_of(stage))

    # Files

    def is_in_place(self, path: str, content: Content) -> bool:
        """Whether the file or folder at a path has the hash of a content."""
        return self._dependencies.content_in_place(path, content) is not None

    def has_outputs(self, stage: Stage, entry: LockEntry) -> bool:
        """Whether the outputs of a lock entry can be checked out.

        An output that git keeps is stored in the cache, if the checkout has it.
        """
        outputs = self.output_contents(stage, entry)
        for out in stage.outs:
            content = outputs[out.path]
            if is_external(out.path) or self.cache.has(content):
                continue
            if out.cache or not self.is_in_place(out.path, content):
                return False
            self.cache.put(self.root / out.path, legacy=is_legacy(content))
        return True

    def check_out(
        self,
        contents: Mapping[str, Content],
        *,
        needed: Iterable[str] | None = None,
        where: str,
        copy: bool = False,
    ) -> None:
        """Put contents at their paths, from the cache or the remote.

        Args:
            contents: By path in the graph.
            needed: Paths. Only contents that overlap with one of them are checked out; all, if not given.
            where: Place in the error message.
            copy: Make copies, as git needs them, whatever link type ``cache.type`` asks for.

        Raises:
            MissingObjectError: A content is neither in the cache nor in the remote.
            StageError: A link on the way leads out of the repository.
        """
        wanted = None if needed is None else list(needed)
        for path, content in contents.items():
            if wanted is not None and not any(overlap(path, other) for other in wanted):
                continue
            if self._is_in_commit(path, content):
                continue
            refuse_symlink_escape(self.root, path)
            target, what = self.root / path, f"'{path}'"
            try:
                self.cache.check_out(content, target, what=what, where=where, copy=copy)
            except MissingObjectError:
                source = self._sources.import_of(path)
                if source is None:
                    raise
                refuse_metadata_servers(source)
                self.repo.fetch([source.name])  # from the import's origin, as `dvc pull`
                self.cache.check_out(content, target, what=what, where=where, copy=copy)

    def push(self, stage: Stage, entry: LockEntry) -> None:
        """Push the outputs of a lock entry and its run cache entry, if there is a remote.

        Raises:
            RemoteError: The remote cannot be reached, or refuses an object.
        """
        outputs = {out["path"]: without_path(out) for out in entry.get("outs", [])}
        for remote in dict.fromkeys(out.remote for out in stage.outs):
            self.cache.push(
                [
                    outputs[path_in_entry(stage, out.path)]
                    for out in stage.outs
                    if out.remote == remote and out.push and not is_external(out.path)
                ],
                remote=remote,
            )
        self.run_cache.push(stage, entry)  # last, so that the remote has the objects it names

    def _is_in_commit(self, path: str, content: Content) -> bool:
        """Whether a sandbox has a content already, since it is in the commit; no cache need have it."""
        return self._disposable and (self.root / path).exists() and self.is_in_place(path, content)

    def _note_remotes(self, stage: Stage, outputs: Mapping[str, Content]) -> None:
        for out in stage.outs:
            if out.remote and "md5" in outputs.get(out.path, {}):
                self.cache.remotes.remote_by_hash[outputs[out.path]["md5"]] = out.remote

    def _locked_dependencies(self, stage: Stage) -> dict[str, Content]:
        return {dep["path"]: without_path(dep) for dep in self.locked(stage).get("deps", [])}


def overlap(one: str, other: str) -> bool:
    """Whether two paths are equal, or one lies below the other."""
    return f"{one}/".startswith(f"{other}/") or f"{other}/".startswith(f"{one}/") or "." in (one, other)
