"""DVC's resolver, watched: which files it reads, which folders it looks into, and where it stumbles.

It is also spared two long ways, with the same outcome: parsing a ``dvc.lock`` that is surely valid, for no
graph depends on what it says, and the search for the stages of a cycle where there is none.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from trimtab.pipeline.graph.graph_inputs import (
    IGNORES,
    NEVER,
    Inputs,
    digest,
    environment,
    git_excludes,
    look,
    patterns,
)
from trimtab.pipeline.graph.lock_schema import surely_valid
from trimtab.yaml_limits import LARGEST_LOCK, refuse_bomb

PARAMS = "params.yaml"  # templating reads the one beside a dvc.yaml, if it is there


@dataclass
class Observed:
    """What DVC did. Paths are relative to the root, the working directory, or absolute outside of it.

    Attributes:
        home: The root of the project itself, if the working directory is a sandbox.
        before: Hash of every file that may decide on the graph, before DVC was asked.
        read: Hash of each file that templating read, when it did.
        reading: The file that is being read.
        searched: Folders that were searched for DVC's files.
        loading: The DVC file that is being loaded.
        loaded: Those that have been.
    """

    home: Path
    before: dict[str, str]
    read: dict[str, str] = field(default_factory=dict)
    reading: str = ""
    searched: set[str] = field(default_factory=set)
    loading: str = ""
    loaded: list[str] = field(default_factory=list)

    def locks(self) -> dict[str, str]:
        """Hashes of the ``dvc.lock`` files that DVC has accepted, or would read if they were there."""
        return self._locks_of(self.loaded)

    def _locks_of(self, files: Collection[str]) -> dict[str, str]:
        pipelines = [path for path in map(PurePosixPath, files) if path.name == "dvc.yaml"]
        paths = [str(path.with_name("dvc.lock")) for path in pipelines]
        return {path: self.before.get(path, "") for path in paths}

    def inputs(
        self, root: Path, settings: Collection[str], *, refused: bool = False
    ) -> dict[str, Any] | None:
        """Return what the graph depends on as plain values; nothing if it has changed meanwhile.

        Args:
            root: The project's root.
            settings: Files of settings that were read, or would have been.
            refused: There is no graph: a ``dvc.lock`` may be why, and the reason may name the root. What DVC
                had not come to yet does not matter.
        """
        try:
            skipped = sorted(self._skipped(root))
        except OSError:
            return None
        folders = set(skipped)
        before = {name: known for name, known in self.before.items() if not _below(name, folders)}
        found, looked = look(root, skipped)
        ignored = {name for name in found if name.endswith(IGNORES)}.union(git_excludes(root))
        inputs = Inputs(
            environment(),
            str(self.home) if refused or self._named(root, found) else None,
            {name: before.get(name, "") for name in sorted(found - ignored)},
            {
                **{name: digest(root / name) for name in settings},
                **{name: known for name, known in before.items() if PurePosixPath(name).name == PARAMS},
                **self.read,
                **(self._locks_of([*self.loaded, self.loading]) if refused else {}),
            },
            {name: patterns(root / name) for name in sorted(ignored)},
            skipped,
            looked,
            [] if refused else list(self.locks()),
        )
        unchanged = before == fingerprint(root, skipped) and inputs.same_files(root, self.home, digest)
        return asdict(inputs) if unchanged else None

    def _skipped(self, root: Path) -> Iterator[str]:
        """Folders that DVC saw and did not look into; not those of other projects, which may cease to be."""
        for folder in self.searched:
            with os.scandir(root / folder) as entries:
                for entry in entries:
                    path = os.path.normpath(f"{folder}/{entry.name}")
                    if (
                        entry.is_dir(follow_symlinks=False)
                        and entry.name not in NEVER
                        and path not in self.searched
                        and not (root / path / ".dvc").is_dir()
                    ):
                        yield path

    def _named(self, root: Path, found: Collection[str]) -> bool:
        """Whether a file names the project: a path of the graph may be inside of it only because of that."""
        name = os.fsencode(self.home)
        return any(
            name in (root / path).read_bytes() for path in [*found, *self.read] if (root / path).is_file()
        )


def fingerprint(root: Path, skipped: Collection[str] = ()) -> dict[str, str]:
    """Hash every file that decides on a graph, as far as they can be known before it is resolved."""
    names, _ = look(root, skipped)
    pipelines = [path for path in map(PurePosixPath, names) if path.name == "dvc.yaml"]
    names.update(str(path.with_name(name)) for path in pipelines for name in (PARAMS, "dvc.lock"))
    return {name: digest(root / name) for name in sorted(names.union(git_excludes(root)))}


def _below(name: str, folders: Collection[str]) -> bool:
    return any(str(parent) in folders for parent in PurePosixPath(name).parents)


@contextlib.contextmanager
def observing(root: Path, home: Path) -> Iterator[Observed]:
    """Watch DVC while it resolves the project in the working directory.

    Args:
        root: The project's root.
        home: That of the project itself, if this is a sandbox.
    """
    from dvc.dvcfile import FileMixin
    from dvc.ignore import DvcIgnoreFilter
    from dvc.parsing.context import Context
    from dvc.repo import graph as graphs
    from dvc.repo.index import Index
    from ruamel.yaml import YAML

    seen = Observed(home, fingerprint(root))
    with contextlib.ExitStack() as stack:
        stack.enter_context(replaced(Context, "load_from", lambda load: _noting_files(seen, load)))
        stack.enter_context(replaced(Index, "from_file", lambda load: _noting_dvc_files(seen, load)))
        stack.enter_context(replaced(DvcIgnoreFilter, "walk", lambda walk: _noting_folders(seen, walk)))
        stack.enter_context(replaced(FileMixin, "_load_yaml", lambda load: _if_in_doubt(seen, load)))
        stack.enter_context(replaced(graphs, "check_acyclic", _if_cyclic))
        stack.enter_context(replaced(YAML, "load", _if_small))
        yield seen


@contextlib.contextmanager
def replaced(owner: Any, name: str, made: Callable[[Any], Any]) -> Iterator[None]:
    """Put what ``made`` makes of an attribute in its place for a while."""
    original = owner.__dict__[name]
    setattr(owner, name, made(original))
    try:
        yield
    finally:
        setattr(owner, name, original)


def _noting_files(seen: Observed, load: Any) -> Any:
    def load_from(cls: Any, fs: Any, path: str, select_keys: Any = None) -> Any:
        seen.reading = os.path.relpath(path)
        seen.read.setdefault(seen.reading, digest(Path(path)))
        values = load.__func__(cls, fs, path, select_keys)
        seen.reading = ""
        return values

    return classmethod(load_from)


def _noting_dvc_files(seen: Observed, load: Any) -> Any:
    def from_file(cls: Any, repo: Any, path: str) -> Any:
        seen.loading = os.path.relpath(path)
        index = load.__func__(cls, repo, path)
        seen.loaded.append(seen.loading)
        seen.loading = ""
        return index

    return classmethod(from_file)


def _noting_folders(seen: Observed, walk: Any) -> Any:
    def walking(self: Any, fs: Any, path: str, **kwargs: Any) -> Iterator[Any]:
        for folder, *rest in walk(self, fs, path, **kwargs):
            if path == self.root_dir:
                seen.searched.add(os.path.relpath(folder, path))
            yield folder, *rest

    return walking


def _if_in_doubt(seen: Observed, load: Any) -> Any:
    from dvc.dvcfile import Lockfile

    def load_yaml(self: Any, **kwargs: Any) -> Any:
        if isinstance(self, Lockfile) and surely_valid(Path(self.path).read_bytes()):
            return {}, ""
        seen.reading = os.path.relpath(self.path)
        loaded = load(self, **kwargs)
        seen.reading = ""
        return loaded

    return load_yaml


def _if_small(load: Any) -> Any:
    def loading(self: Any, stream: Any) -> Any:
        if isinstance(stream, str | bytes):
            refuse_bomb(stream, where="", largest=LARGEST_LOCK)
        return load(self, stream)

    return loading


def _if_cyclic(check: Any) -> Any:
    def check_acyclic(graph: Any) -> None:
        from networkx import is_directed_acyclic_graph

        if not is_directed_acyclic_graph(graph):
            check(graph)

    return check_acyclic
