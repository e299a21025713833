"""The windows of time that a model was trained and tested on, derived from the lock entries upstream."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath

from trimtab.errors import ProjectError
from trimtab.pipeline.cache import DvcCache, MissingObjectError
from trimtab.pipeline.graph import Artifact, Graph
from trimtab.pipeline.lock import Content, is_folder, without_path
from trimtab.registry.provenance.artifacts import find_artifact
from trimtab.registry.provenance.data_extent import DataExtent, declared_data_end
from trimtab.registry.provenance.recorded_lock import RecordedLock
from trimtab.time_window import Window, parse_windows


def find_data_extent(root: Path, graph: Graph, lock: RecordedLock, model: Artifact) -> DataExtent | None:
    """Derive how far a model's data go from the windows that its stage's upstream has read.

    The newest windows are the test window if the test artifact is made of them too. Its ``meta.windows``
    gives their number.

    Args:
        root: The project's root.
        graph: The project's pipeline.
        lock: The lock entries of all stages that the model comes from.
        model: The model's artifact.

    Returns:
        ``None`` if no Parquet file upstream is named after a window, and no folder upstream has one.

    Raises:
        ProjectError: The artifacts' meta cannot be used.
    """
    declared_end, number = declared_data_end(model), _test_window_count(graph)
    test = find_artifact(graph, "test-window")
    with contextlib.ExitStack() as stack:
        names = _WindowNames(root, stack)
        windows = _upstream_windows(graph, lock, model.path, names)
        tested = set(_upstream_windows(graph, lock, test.path, names)) if test else set()
    if not windows:
        return None
    seen_until = min(windows[-1].end, declared_end or datetime.max)
    if number >= len(windows) or not tested.issuperset(windows[-number:]):
        return DataExtent(seen_until, seen_until)
    return DataExtent(windows[-number].begin, seen_until)


def _test_window_count(graph: Graph) -> int:
    test = find_artifact(graph, "test-window")
    number = test.meta.get("windows", 1) if test else 1
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise ProjectError(
            f"meta.windows of the test window is no number of windows: {number!r}",
            where="dvc.yaml: artifacts, meta.windows",
            fix="give 1 or more: the number of the newest windows that the test window holds",
        )
    return number


def _upstream_windows(graph: Graph, lock: RecordedLock, path: str, names: _WindowNames) -> list[Window]:
    """Return the windows nearest upstream of an output, the oldest first.

    The nearest count, because files further upstream may hold more than the stages between have read.
    """
    stages = [s.name for s in graph.stages if any(_lies_in(path, out.path) for out in s.outs)]
    while stages:
        read = {dep: content for name in stages for dep, content in lock.dependencies(name).items()}
        found = {name for dep, content in read.items() for name in names.read(dep, content)}
        if found:
            return parse_windows(found, where=", ".join(sorted(read)))
        stages = sorted({up for name in stages for up in graph.upstream(name)})
    return []


class _WindowNames:
    """Reads the names of windows from paths of lock entries; fetches the listing of a folder if need be.

    Args:
        root: The project's root.
        stack: Closes the DVC repository.
    """

    def __init__(self, root: Path, stack: contextlib.ExitStack) -> None:
        self._root, self._stack = root, stack
        self._store: DvcCache | None = None

    def read(self, path: str, content: Content) -> Iterator[str]:
        """Yield the names of the windows that a path had with a content."""
        files = self._files_of_folder(path, content) if is_folder(content) else [path]
        for file in map(PurePosixPath, files):
            if file.suffix == ".parquet" and Window.find(file.stem):
                yield file.stem

    def _files_of_folder(self, path: str, content: Content) -> Iterable[str]:
        """Return the files of a folder, from DVC's cache or remote; from its place if git tracks it."""
        from dvc.repo import Repo

        if self._store is None:
            self._store = DvcCache(self._stack.enter_context(Repo(str(self._root))))
        try:
            return list(self._store.listing(without_path(content)))
        except MissingObjectError:
            if not (self._root / path).is_dir():
                raise
            return [file.name for file in (self._root / path).iterdir()]


def _lies_in(path: str, folder: str) -> bool:
    return PurePosixPath(path).is_relative_to(folder)
