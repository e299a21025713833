"""What a model has learnt from and was tested on, in windows of time: the rows that may never judge it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from trimtab.errors import ProjectError
from trimtab.pipeline.graph import Artifact, Graph
from trimtab.pipeline.lock import is_folder, without_path
from trimtab.registry.provenance.artifacts import find_artifact
from trimtab.registry.provenance.recorded_lock import Lock
from trimtab.registry.tracking import TAG_PREFIX, Version
from trimtab.time_window import Window, clock, moment, windows_of

LEARNT, SEEN, UNTIL = "learnt_until", "seen_until", "data_until"  # tags of a version


@dataclass(frozen=True)
class Learnt:
    """How far the data of a version went.

    Attributes:
        until: It learnt from nothing that happened later; where the test window begins.
        seen_until: Nor was it tested on anything later.
    """

    until: datetime
    seen_until: datetime

    @classmethod
    def of_version(cls, version: Version) -> Learnt | None:
        """Return what is on record; of a version published without windows, ``data_until`` stands for both.

        Nothing is known of a version that has neither.
        """
        tags = [version.tags.get(TAG_PREFIX + name, "") for name in (LEARNT, SEEN, UNTIL)]
        with contextlib.suppress(ValueError):
            return cls(moment(tags[0]), moment(tags[1]))
        with contextlib.suppress(ValueError):
            return cls(moment(tags[2]), moment(tags[2]))
        return None

    @property
    def tested_from(self) -> datetime | None:
        """The beginning of its test window, if that is known."""
        return self.until if self.until < self.seen_until else None

    def tags(self) -> dict[str, str]:
        """Return what is kept with a version."""
        return {LEARNT: self.until.isoformat(), SEEN: self.seen_until.isoformat()}


def may_know(champion: Version, challenger: Version) -> str:
    """Say why a champion may have learnt from the challenger's test window, within an open connection.

    Returns:
        The reason; empty if it has not, as both were tested on the same data, or its data end before.
    """
    theirs, ours = Learnt.of_version(champion), Learnt.of_version(challenger)
    begin = ours.tested_from if ours else None
    if begin is None:  # nothing says when the window is: the data of both are compared by their ends
        if theirs and (ours is None or theirs.seen_until > ours.seen_until):
            end = f"past the challenger's {ours.seen_until}" if ours else "the challenger's are unknown"
            return f"its data go until {theirs.seen_until}, {end}: it may know the window"
        return ""
    if theirs and theirs.until <= begin:
        return ""
    tested = _tested_on(challenger)
    if tested and tested == _tested_on(champion):
        return ""
    end = f"go until {theirs.until}" if theirs else "are unknown"
    return f"the data it has learnt from {end}, the window begins at {begin}: it may know the window"


def _tested_on(version: Version) -> set[str]:
    """Return the hashes of the data that a version was tested on."""
    from mlflow import MlflowClient

    inputs = MlflowClient().get_run(version.run_id).inputs.dataset_inputs
    return {each.dataset.digest for each in inputs if any(tag.value == "testing" for tag in each.tags)}


def learnt_of(root: Path, graph: Graph, lock: Lock, model: Artifact) -> Learnt | None:
    """Derive from the lock entries what a model has learnt from: the windows its stage's upstream has read.

    The newest of them are the test window, as many as its ``meta.windows`` says, if it is made of them too.

    Args:
        root: The project's root.
        graph: Its pipeline.
        lock: The lock entries of all that the model comes from.
        model: Its artifact.

    Returns:
        ``None`` if nothing upstream is a Parquet file named after a window, or a folder of them.

    Raises:
        ProjectError: The artifacts' meta cannot be used.
    """
    until, held_out = declared_until(model), _held_out(graph)
    test = find_artifact(graph, "test-window")
    with contextlib.ExitStack() as stack:
        names = _Names(root, stack)
        windows = _behind(graph, lock, model.path, names)
        tested = set(_behind(graph, lock, test.path, names)) if test else set()
    if not windows:
        return None
    seen_until = min(windows[-1].end, until or datetime.max)
    if held_out >= len(windows) or not tested.issuperset(windows[-held_out:]):
        return Learnt(seen_until, seen_until)
    return Learnt(windows[-held_out].begin, seen_until)


def declared_until(model: Artifact) -> datetime | None:
    """Return the model artifact's ``meta.data_until``: how far the data of this run go, if it is declared.

    Raises:
        ProjectError: It is no date.
    """
    if UNTIL not in model.meta:
        return None
    try:
        return moment(str(model.meta[UNTIL]))
    except ValueError as err:
        raise ProjectError(
            f"The artifact '{model.name}' says of its data an end that is no ISO date: {model.meta[UNTIL]!r}",
            where=f"dvc.yaml: artifacts, meta.{UNTIL}",
            fix="give a date such as 2024-06-01, or a param that holds one",
        ) from err


def world_until(model: Artifact) -> datetime:
    """Return how far the world has got in a run: to the declared end of its data, and never past the clock.

    Raises:
        ProjectError: The declared end is no date.
    """
    return min(declared_until(model) or datetime.max, clock())


def _held_out(graph: Graph) -> int:
    test = find_artifact(graph, "test-window")
    number = test.meta.get("windows", 1) if test else 1
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise ProjectError(
            f"The test window holds out a number of windows that is none: {number!r}",
            where="dvc.yaml: artifacts, meta.windows",
            fix="give 1 or more: how many of the newest windows it is made of",
        )
    return number


def _behind(graph: Graph, lock: Lock, path: str, names: _Names) -> list[Window]:
    """Return the windows nearest upstream of an output, the oldest first.

    Nearest, because what lies further up may hold more than was handed on.
    """
    makers = [s.name for s in graph.stages if any(_lies_in(path, out.path) for out in s.outs)]
    while makers:
        read = {dep: content for name in makers for dep, content in lock.read_by(name).items()}
        found = {name for dep, content in read.items() for name in names.of(dep, content)}
        if found:
            return windows_of(found, where=", ".join(sorted(read)))
        makers = sorted({up for name in makers for up in graph.upstream(name)})
    return []


class _Names:
    """The windows that paths of lock entries hold, by name; a listing that is not at hand is fetched."""

    def __init__(self, root: Path, stack: contextlib.ExitStack) -> None:
        self._root, self._stack = root, stack
        self._store: Any = None

    def of(self, path: str, content: Mapping[str, Any]) -> Iterator[str]:
        """Yield the names of the windows of a path that had a content."""
        files = self._listed(path, content) if is_folder(dict(content)) else [path]
        for file in map(PurePosixPath, files):
            if file.suffix == ".parquet" and Window.find(file.stem):
                yield file.stem

    def _listed(self, path: str, content: Mapping[str, Any]) -> Iterable[str]:
        """Return the files of a folder: of the content; what git keeps is in no cache, so from its place."""
        from dvc.repo import Repo

        from trimtab.pipeline.cache import MissingContentError, Store

        if self._store is None:
            self._store = Store(self._stack.enter_context(Repo(str(self._root))))
        try:
            return list(self._store.listing(without_path(content)))
        except MissingContentError:
            if not (self._root / path).is_dir():
                raise
            return [file.name for file in (self._root / path).iterdir()]


def _lies_in(path: str, folder: str) -> bool:
    return PurePosixPath(path).is_relative_to(folder)
