"""The files of one checkout in which stages run: what dependencies hold, and what is brought there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from trimtab.errors import StageError
from trimtab.pipeline.cache import MissingContentError, RunCache, Store
from trimtab.pipeline.graph import Stage
from trimtab.pipeline.lock import (
    Content,
    Entry,
    LockFile,
    checked,
    command,
    contents,
    hashed_like,
    in_order,
    is_external,
    is_legacy,
    lock_path,
    path_in_entry,
    short_name,
    without_path,
)
from trimtab.pipeline.params import ParamsFiles
from trimtab.pipeline.worktree.source_data import content_outside, contents_of_source, refuse_metadata_servers
from trimtab.pipeline.worktree.symlink_escapes import refuse_way_out
from trimtab.user_cache import cache_folder

if TYPE_CHECKING:
    from dvc.repo import Repo
    from dvc_data.hashfile.state import StateBase

BACKSLASH = "write it with / in dvc.yaml, which Windows understands too"


class WorkTree:
    """A checkout, opened with DVC.

    Args:
        repo: An open ``dvc.repo.Repo``.
        home: The project's root, where what has been read is remembered; the checkout's own, if not given.
        intact: See :class:`Store`.
        disposable: Whether it is thrown away afterwards.
        folder: Where the user is, below the root.
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
        self.store = Store(repo, intact=intact, disposable=disposable)
        # In the user's own checkout a run does as `dvc repro`, which asks no remote.
        self.run_cache = RunCache(repo, remote=self.store.remotes.named(None) if disposable else None)
        self._params = ParamsFiles(self.root)
        self._lock_files: dict[str, LockFile] = {}
        self._sources: dict[str, dict[str, Content]] = {}
        self._imported: dict[str, Stage] = {}  # path of imported data to its `.dvc` file

    @property
    def is_sandbox(self) -> bool:
        """Whether it is thrown away afterwards, and not the user's own checkout."""
        return self._disposable

    def lock_file(self, path: str) -> LockFile:
        """Return a ``dvc.lock`` of the checkout, given by its path below the root."""
        if path not in self._lock_files:
            self._lock_files[path] = LockFile.read(self.root / path, cache=self.locks)
        return self._lock_files[path]

    def locked(self, stage: Stage) -> Entry:
        """Return what ``dvc.lock`` says of a stage; empty if it says nothing."""
        return self.lock_file(lock_path(stage.name)).stages.get(short_name(stage.name)) or {}

    def source(self, source: Stage) -> dict[str, Content]:
        """Map the data of a ``.dvc`` file, by its path in the graph, to its content.

        Raises:
            StageError: The file names no content: the data was never downloaded.
        """
        if source.name not in self._sources:
            self._sources[source.name] = contents_of_source(self.root, source)
            self._keep_remotes(source, self._sources[source.name])
            if source.deps:
                self._imported |= dict.fromkeys(self._sources[source.name], source)
        return self._sources[source.name]

    def contents(self, stage: Stage, entry: Entry) -> dict[str, Content]:
        """Map the outputs of an entry, by their paths in the graph, to their contents.

        What is kept in another remote than the default one is looked for there from now on.
        """
        made = contents(stage, entry)
        self._keep_remotes(stage, made)
        return made

    def forget(self, source: Stage) -> None:
        """Read a ``.dvc`` file anew the next time: it has changed."""
        self._sources.pop(source.name, None)

    def inputs(self, stage: Stage, known: Mapping[str, Content]) -> Entry:
        """Return command, dependencies and params of a stage as an entry has them.

        It only reads: other stages may be reading the same files now.

        Args:
            stage: The stage.
            known: Outputs of stages and data of sources, by path. Most need no look at a file; those that do
                are those of :meth:`to_hash`, which have to be in place.

        Raises:
            StageError: A dependency or a param is not there.
        """
        locked = self._locked_dependencies(stage)
        deps = []
        for path in stage.deps:
            name = path_in_entry(stage, path)
            deps.append({"path": name, **self._dependency(stage, path, known, locked.get(name))})
        entry: Entry = {"cmd": command(stage)}
        if deps:
            entry["deps"] = sorted(deps, key=lambda dep: str(dep["path"]))
        if params := self._params.of(stage):
            entry["params"] = params
        return entry

    def to_hash(self, stage: Stage, known: Mapping[str, Content]) -> list[str]:
        """Return the dependencies of a stage whose hash only their files tell: these have to be in place.

        Args:
            stage: The stage.
            known: Outputs of stages and data of sources, by path.
        """
        locked = self._locked_dependencies(stage)
        return [
            path
            for path in stage.deps
            if self._known(known.get(path), locked.get(path_in_entry(stage, path))) is None
        ]

    def complete(self, stage: Stage, entry: Entry) -> Entry:
        """Return an entry that has travelled with the params it was made with, in an entry's order.

        Params do not travel: they are in the revision, and JSON knows fewer types than YAML.

        Raises:
            StageError: A param is not there.
        """
        where = f"lock entry of stage '{stage.name}'"
        items = {
            kind: [checked(in_order(item), where=where) for item in entry.get(kind, [])]
            for kind in ("deps", "outs")
        }
        travelled = {**entry, **items, "params": self._params.of(stage)}
        return {key: travelled[key] for key in ("cmd", "deps", "params", "outs") if travelled.get(key)}

    def has(self, stage: Stage, entry: Entry) -> bool:
        """Whether every output of an entry can be brought; one that is left to git, from the checkout."""
        made = self.contents(stage, entry)
        for out in stage.outs:
            content = made[out.path]
            if is_external(out.path) or self.store.has(content):
                continue
            if out.cache or self._in_files(out.path, content) is None:
                return False
            self.store.put(self.root / out.path, legacy=is_legacy(content))
        return True

    def is_in_place(self, path: str, content: Content) -> bool:
        """Whether the file or folder at a path holds just that content."""
        return self._in_files(path, content) is not None

    def bring(
        self,
        contents: Mapping[str, Content],
        *,
        needed: Iterable[str] | None = None,
        where: str,
        copy: bool = False,
    ) -> None:
        """Bring contents to their paths.

        Args:
            contents: By path in the graph.
            needed: Paths; only what overlaps with one is brought. All, if not given.
            where: For messages.
            copy: Make files of their own, as git needs them, whatever link type is configured.

        Raises:
            StageError: A content is neither in the cache nor in the remote; or a link leads out.
        """
        wanted = None if needed is None else list(needed)
        for path, content in contents.items():
            if wanted is None or any(overlap(path, other) for other in wanted):
                if self._is_of_git(path, content):
                    continue
                refuse_way_out(self.root, path)
                try:
                    self.store.bring(content, self.root / path, what=f"'{path}'", where=where, copy=copy)
                except MissingContentError:
                    if path not in self._imported:
                        raise
                    refuse_metadata_servers(self._imported[path])
                    self.repo.fetch([self._imported[path].name])  # from where it was imported, as `dvc pull`
                    self.store.bring(content, self.root / path, what=f"'{path}'", where=where, copy=copy)

    def push(self, stage: Stage, entry: Entry) -> None:
        """Send the outputs of an entry to the remote, if there is one.

        Raises:
            StageError: The remote cannot be reached or refuses.
        """
        made = {out["path"]: without_path(out) for out in entry.get("outs", [])}
        for remote in dict.fromkeys(out.remote for out in stage.outs):
            self.store.push(
                [
                    made[path_in_entry(stage, out.path)]
                    for out in stage.outs
                    if out.remote == remote and out.push and not is_external(out.path)
                ],
                remote=remote,
            )
        self.run_cache.push(stage, entry)  # last: what it names is there

    def _is_of_git(self, path: str, content: Content) -> bool:
        """Whether a sandbox has just that content because it is in the commit: no cache need have it."""
        return self._disposable and (self.root / path).exists() and self.is_in_place(path, content)

    def _keep_remotes(self, stage: Stage, made: Mapping[str, Content]) -> None:
        for out in stage.outs:
            if out.remote and "md5" in made.get(out.path, {}):
                self.store.remotes.elsewhere[made[out.path]["md5"]] = out.remote

    def _dependency(
        self, stage: Stage, path: str, known: Mapping[str, Content], locked: Content | None
    ) -> Content:
        if is_external(path):
            return content_outside(self.repo, stage, path, "deps")
        if (content := self._known(known.get(path), locked)) is not None:
            return content
        try:
            return (locked and self._in_files(path, locked)) or self.store.hash(self.root / path)
        except FileNotFoundError as err:
            if (self.root / path).exists():  # a link below it leads nowhere
                raise
            raise StageError(
                f"The dependency '{path}' does not exist",
                where=f"stage '{stage.name}'",
                fix=BACKSLASH if "\\" in path else "commit it to git, add it to DVC, or correct `deps`",
            ) from err

    def _known(self, content: Content | None, locked: Content | None) -> Content | None:
        """Return what a dependency holds, hashed as its stage has it, if no file needs to be looked at.

        Args:
            content: What the stage or the source that owns it says, if there is one.
            locked: What the entry of the stage that reads it says, if there is one.
        """
        if content is None:
            return None
        both = (content, locked) if locked else (content,)
        mixed = len({is_legacy(one) for one in both}) > 1
        if locked and locked.get("md5") == content["md5"] and (self._disposable or not mixed):
            return hashed_like(content, locked)  # hashed by DVC 2 or not, it is the same
        return None if any(is_legacy(one) for one in both) else content

    def _locked_dependencies(self, stage: Stage) -> dict[str, Content]:
        return {dep["path"]: without_path(dep) for dep in self.locked(stage).get("deps", [])}

    def _in_files(self, path: str, content: Content) -> Content | None:
        """Return the content at a path if it is that one, hashed the same way."""
        try:
            found = self.store.hash(self.root / path, legacy=is_legacy(content))
        except FileNotFoundError:
            return None
        return found if found["md5"] == content.get("md5") else None


def overlap(one: str, other: str) -> bool:
    """Whether one path is the other, or lies below it."""
    return f"{one}/".startswith(f"{other}/") or f"{other}/".startswith(f"{one}/") or "." in (one, other)
