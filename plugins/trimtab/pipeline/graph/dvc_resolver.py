"""A recorder of DVC's resolver: which files it reads, which folders it searches, and which file it refuses.

While it records, DVC also skips two slow steps that do not change the graph. It does not parse a ``dvc.lock``
that is certainly valid. It does not search for the stages of a cycle in a graph that has no cycle.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from trimtab.pipeline.dvc_compat import (
    CHECK_ACYCLIC,
    LOAD_DVC_FILE,
    LOAD_TEMPLATE_FILE,
    LOAD_YAML_FILE,
    PARSE_YAML,
    WALK_FOLDERS,
    DvcAttribute,
    DvcObject,
    hooked,
)
from trimtab.pipeline.graph.graph_inputs import (
    IGNORE_FILE,
    INTERNAL_FOLDERS,
    GraphInputs,
    file_hash,
    find_dvc_files,
    git_exclude_files,
    ignore_patterns,
    list_folders,
    resolver_environment,
)
from trimtab.pipeline.graph.lock_schema import is_certainly_valid
from trimtab.yaml_limits import MAX_LOCK_BYTES, refuse_bomb

if TYPE_CHECKING:
    from dvc.fs import FileSystem
    from dvc.repo import Repo
    from dvc.repo.index import Index
    from networkx import DiGraph
    from ruamel.yaml import YAML

PARAMS = "params.yaml"  # templating reads the one beside a dvc.yaml, if it exists


@dataclass
class ResolverRecord:
    """What DVC did. Paths are relative to the root, the working directory, or absolute outside of it.

    Attributes:
        home: The root of the project itself, if the working directory is a sandbox.
        before: Hash of every file that may affect the graph, taken before DVC was called.
        folders: The folders that existed before DVC was called.
        read: Hash of each file that templating read, taken when it was read.
        reading: The file that DVC is reading.
        searched: Folders that DVC searched for ``dvc.yaml`` and ``.dvc`` files.
        loading: The ``dvc.yaml`` or ``.dvc`` file that DVC is loading.
        loaded: Those that DVC has loaded.
    """

    home: Path
    before: dict[str, str]
    folders: set[str]
    read: dict[str, str] = field(default_factory=dict)
    reading: str = ""
    searched: set[str] = field(default_factory=set)
    loading: str = ""
    loaded: list[str] = field(default_factory=list)

    def lock_hashes(self) -> dict[str, str]:
        """Return the hash of each ``dvc.lock`` that DVC accepted; empty for one that does not exist."""
        return self._lock_hashes(self.loaded)

    def _lock_hashes(self, files: Collection[str]) -> dict[str, str]:
        pipelines = [path for path in map(PurePosixPath, files) if path.name == "dvc.yaml"]
        paths = [str(path.with_name("dvc.lock")) for path in pipelines]
        return {path: self.before.get(path, "") for path in paths}

    def inputs(
        self, root: Path, settings: Collection[str], *, refused: bool = False
    ) -> dict[str, object] | None:
        """Return the fields of the :class:`GraphInputs`; ``None`` if files or folders changed meanwhile.

        Args:
            root: The project's root.
            settings: Config files that DVC read, or would read if they existed.
            refused: DVC refused the project. A ``dvc.lock`` may be the reason, and the reason may name the
                root. Files that DVC had not reached do not matter.
        """
        try:
            skipped = sorted(self._skipped(root))
        except OSError:
            return None
        folders = set(skipped)
        if not folders <= self.folders:  # created meanwhile: DVC may only not have seen them
            return None
        before = {name: known for name, known in self.before.items() if not _is_below(name, folders)}
        found, looked = find_dvc_files(root, skipped)
        ignored = {name for name in found if name.endswith(IGNORE_FILE)}.union(git_exclude_files(root))
        inputs = GraphInputs(
            resolver_environment(),
            str(self.home) if refused or self._is_named(root, found) else None,
            {name: before.get(name, "") for name in sorted(found - ignored)},
            {
                **{name: file_hash(root / name) for name in settings},
                **{name: known for name, known in before.items() if PurePosixPath(name).name == PARAMS},
                **self.read,
                **(self._lock_hashes([*self.loaded, self.loading]) if refused else {}),
            },
            {name: ignore_patterns(root / name) for name in sorted(ignored)},
            skipped,
            looked,
            [] if refused else list(self.lock_hashes()),
        )
        unchanged = before == hash_graph_files(root, skipped) and inputs.has_same_files(
            root, self.home, resolver_environment(), file_hash
        )
        return asdict(inputs) if unchanged else None

    def _skipped(self, root: Path) -> Iterator[str]:
        """Yield folders that DVC saw and did not search.

        Folders of other projects are left out: they may stop being projects.
        """
        for folder in self.searched:
            with os.scandir(root / folder) as entries:
                for entry in entries:
                    path = os.path.normpath(f"{folder}/{entry.name}")
                    if (
                        entry.is_dir(follow_symlinks=False)
                        and entry.name not in INTERNAL_FOLDERS
                        and path not in self.searched
                        and not (root / path / ".dvc").is_dir()
                    ):
                        yield path

    def _is_named(self, root: Path, found: Collection[str]) -> bool:
        """Whether a file contains the root's path: the graph may depend on it."""
        name = os.fsencode(self.home)
        return any(
            name in (root / path).read_bytes() for path in [*found, *self.read] if (root / path).is_file()
        )


def hash_graph_files(root: Path, skipped: Collection[str] = ()) -> dict[str, str]:
    """Hash every file that may affect the graph, as far as these are known before DVC resolves it."""
    names, _ = find_dvc_files(root, skipped)
    pipelines = [path for path in map(PurePosixPath, names) if path.name == "dvc.yaml"]
    names.update(str(path.with_name(name)) for path in pipelines for name in (PARAMS, "dvc.lock"))
    return {name: file_hash(root / name) for name in sorted(names.union(git_exclude_files(root)))}


def _is_below(name: str, folders: Collection[str]) -> bool:
    return any(str(parent) in folders for parent in PurePosixPath(name).parents)


@contextlib.contextmanager
def recorded_resolver(root: Path, home: Path) -> Iterator[ResolverRecord]:
    """Record what DVC does while it resolves the project in the working directory.

    Args:
        root: The project's root.
        home: The root of the project itself, if ``root`` is a sandbox.
    """
    record = ResolverRecord(home, hash_graph_files(root), list_folders(root))
    with contextlib.ExitStack() as stack:
        stack.enter_context(hooked(LOAD_TEMPLATE_FILE, lambda load: _record_template_files(record, load)))
        stack.enter_context(hooked(LOAD_DVC_FILE, lambda load: _record_dvc_files(record, load)))
        stack.enter_context(hooked(WALK_FOLDERS, lambda walk: _record_folders(record, walk)))
        stack.enter_context(hooked(LOAD_YAML_FILE, lambda load: _skip_valid_locks(record, load)))
        stack.enter_context(hooked(CHECK_ACYCLIC, _skip_acyclic_graphs))
        stack.enter_context(hooked(PARSE_YAML, _refuse_large_texts))
        yield record


def _record_template_files(record: ResolverRecord, load: DvcAttribute) -> DvcAttribute:
    def load_from(cls: type, fs: FileSystem, path: str, select_keys: object = None) -> DvcObject:
        record.reading = os.path.relpath(path)
        record.read.setdefault(record.reading, file_hash(Path(path)))
        values = load.__func__(cls, fs, path, select_keys)
        record.reading = ""
        return values

    return classmethod(load_from)


def _record_dvc_files(record: ResolverRecord, load: DvcAttribute) -> DvcAttribute:
    def from_file(cls: type, repo: Repo, path: str) -> Index:
        record.loading = os.path.relpath(path)
        index = load.__func__(cls, repo, path)
        record.loaded.append(record.loading)
        record.loading = ""
        return index

    return classmethod(from_file)


def _record_folders(record: ResolverRecord, walk: DvcAttribute) -> DvcAttribute:
    def walking(self: DvcObject, fs: FileSystem, path: str, **kwargs: object) -> Iterator[tuple[str, ...]]:
        for folder, *rest in walk(self, fs, path, **kwargs):
            if path == self.root_dir:
                record.searched.add(os.path.relpath(folder, path))
            yield folder, *rest

    return walking


def _skip_valid_locks(record: ResolverRecord, load: DvcAttribute) -> DvcAttribute:
    from dvc.dvcfile import Lockfile

    def load_yaml(self: DvcObject, **kwargs: object) -> DvcObject:
        if isinstance(self, Lockfile) and is_certainly_valid(Path(self.path).read_bytes()):
            return {}, ""
        record.reading = os.path.relpath(self.path)
        loaded = load(self, **kwargs)
        record.reading = ""
        return loaded

    return load_yaml


def _refuse_large_texts(load: DvcAttribute) -> DvcAttribute:
    def loading(self: YAML, stream: object) -> DvcObject:
        if isinstance(stream, str | bytes):
            refuse_bomb(stream, where="", largest=MAX_LOCK_BYTES)
        return load(self, stream)

    return loading


def _skip_acyclic_graphs(check: Callable[[DiGraph], None]) -> DvcAttribute:
    def check_acyclic(graph: DiGraph) -> None:
        from networkx import is_directed_acyclic_graph

        if not is_directed_acyclic_graph(graph):
            check(graph)

    return check_acyclic
