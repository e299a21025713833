"""A cache of the graphs that DVC has resolved, and of its refusals, found by the inputs they depend on.

A cache file is named by the hash of its content. Its first line has the inputs, its second line the answer.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeAlias, TypedDict, final

from trimtab.json_cache import JsonCache, content_key
from trimtab.pipeline.graph.graph import Graph, GraphDict
from trimtab.pipeline.graph.graph_inputs import GraphInputs, cached_file_hash, resolver_environment
from trimtab.pipeline.graph.lock_schema import is_certainly_valid

FORMAT = 1
MAX_GRAPHS = 12
MAX_VALID_LOCKS = 200


class RefusalFields(TypedDict):
    """The fields of a :class:`Refusal`."""

    why: str
    where: str


@final
class RefusalDict(TypedDict):
    """A :class:`Refusal` in place of a graph."""

    refused: RefusalFields


Answer: TypeAlias = GraphDict | RefusalDict
"""DVC's answer for a project: its graph, or a refusal."""


@dataclass(frozen=True)
class Refusal:
    """DVC's refusal of a project. The cache stores these fields.

    Attributes:
        why: DVC's reason.
        where: The file that DVC refuses.
    """

    why: str
    where: str


class ResolverAnswer(TypedDict):
    """What DVC's resolver prints: its answer, and what the cache needs to store it.

    Attributes:
        graph: The graph, or why DVC refuses the project.
        inputs: The fields of the :class:`GraphInputs`; None if the answer cannot be stored.
        locks: SHA-256 hashes of the ``dvc.lock`` files that DVC has accepted.
    """

    graph: Answer
    inputs: Mapping[str, object] | None
    locks: list[str]


@dataclass(frozen=True)
class GraphCache:
    """The cached graphs of a project, or of a sandbox of it.

    Attributes:
        folder: The cache folder.
        root: The root of the project or the sandbox.
        home: The root of the project itself.
    """

    folder: Path
    root: Path
    home: Path

    @cached_property
    def _graphs(self) -> JsonCache:
        return JsonCache(self.folder, ".graph", MAX_GRAPHS)

    @cached_property
    def _valid_locks(self) -> JsonCache:
        return JsonCache(self.folder, ".lock", MAX_VALID_LOCKS)

    def read(self) -> Graph | Refusal | None:
        """Return DVC's answer for the project as it is now; ``None`` if DVC must be called."""
        file_hash, environment = cached_file_hash(), resolver_environment()
        for path in self._graphs.newest_first():
            # If anything is wrong with a cache file, or with a file that it names, DVC is called.
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError, AttributeError, IndexError):
                with path.open(encoding="utf-8") as file:
                    head = file.readline()
                    values = json.loads(head)
                    inputs = GraphInputs(**values["inputs"])
                    if values["format"] != FORMAT or not inputs.has_same_files(
                        self.root, self.home, environment, file_hash
                    ):
                        continue
                    body = file.read()
                if path.stem != _key(head + body):
                    continue
                answer: Answer = json.loads(body)
                refusal = Refusal(**answer["refused"]) if "refused" in answer else None
                graph = Graph(()) if "refused" in answer else Graph.from_dict(answer)
                if inputs.has_same_folders(self.root, graph) and self._locks_are_valid(inputs):
                    self._graphs.mark_used(path)
                    return refusal or graph
        return None

    def write(self, inputs: Mapping[str, object], answer: Answer, locks: Iterable[str]) -> None:
        """Write a graph or a refusal to the cache; if that fails, DVC is called each time.

        Args:
            inputs: The fields of the :class:`GraphInputs`.
            answer: The graph as :meth:`Graph.to_dict` returns it, or ``refused`` with the fields of a
                :class:`Refusal`.
            locks: SHA-256 hashes of the ``dvc.lock`` files that DVC has accepted.
        """
        head = json.dumps({"format": FORMAT, "inputs": inputs}, separators=(",", ":")) + "\n"
        text = head + json.dumps(answer, separators=(",", ":"))
        self._graphs.write(_key(text), text)
        for lock in locks:
            self._valid_locks.mark(lock)
        self._valid_locks.prune()

    def _locks_are_valid(self, inputs: GraphInputs) -> bool:
        """Whether DVC would accept every ``dvc.lock``; the graph depends on nothing else in them."""
        for name in inputs.locks:
            try:
                content = (self.root / name).read_bytes()
            except FileNotFoundError:
                continue
            key = hashlib.sha256(content).hexdigest()
            if not self._valid_locks.path(key).exists():
                if not is_certainly_valid(content):
                    return False
                self._valid_locks.mark(key)
        return True


def _key(text: str) -> str:
    return content_key(text)[:32]
