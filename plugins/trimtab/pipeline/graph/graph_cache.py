"""Graphs that DVC has resolved before, and its refusals, kept by what they were resolved from.

A file each, named by the hash of what is in it: the inputs on the first line, the answer on the second.
Several processes may read, write and clear the folder at once; whatever is odd in it is as good as nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from trimtab.json_cache import JsonCache, content_key
from trimtab.pipeline.graph import graph_inputs as known
from trimtab.pipeline.graph.graph import Graph
from trimtab.pipeline.graph.graph_inputs import Inputs
from trimtab.pipeline.graph.lock_schema import surely_valid

FORMAT = 1
MAX_GRAPHS = 12
MAX_VALID_LOCKS = 200


@dataclass(frozen=True)
class Refusal:
    """DVC's refusal of a project.

    Attributes:
        why: DVC's reason.
        where: The file it is about.
    """

    why: str
    where: str


@dataclass(frozen=True)
class GraphCache:
    """The graphs of one project, or of a sandbox of it.

    Attributes:
        folder: Where they are kept.
        root: The project's root.
        home: That of the project itself, if this is a sandbox.
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
        """Return what DVC says of the project as it is now; nothing if DVC must be asked."""
        digest = known.memory()
        for path in self._graphs.newest_first():
            # Whatever is wrong with a file of the cache, or with one it names, DVC is asked.
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError, AttributeError, IndexError):
                with path.open(encoding="utf-8") as file:
                    head = file.readline()
                    plain = json.loads(head)
                    found = Inputs(**plain["inputs"])
                    if plain["format"] != FORMAT or not found.same_files(self.root, self.home, digest):
                        continue
                    body = file.read()
                if path.stem != _name(head + body):
                    continue
                answer = json.loads(body)
                refusal = Refusal(**answer["refused"]) if "refused" in answer else None
                graph = Graph(()) if refusal else Graph.of(answer)
                if found.same_folders(self.root, graph) and self._locks_are_valid(found):
                    self._graphs.mark_used(path)
                    return refusal or graph
        return None

    def write(self, inputs: Mapping[str, Any], graph: Mapping[str, Any], locks: Iterable[str]) -> None:
        """Keep a graph or a refusal.

        Args:
            inputs: What it was resolved from, as plain values.
            graph: The graph, as plain values; or ``refused`` with the fields of a :class:`Refusal`.
            locks: Hashes of the ``dvc.lock`` files that DVC has read without complaint.
        """
        head = json.dumps({"format": FORMAT, "inputs": inputs}, separators=(",", ":")) + "\n"
        text = head + json.dumps(graph, separators=(",", ":"))
        self._graphs.write(_name(text), text)
        for lock in locks:
            self._valid_locks.mark(lock)
        with contextlib.suppress(OSError):
            self._valid_locks.prune()

    def _locks_are_valid(self, found: Inputs) -> bool:
        """Whether DVC would read every ``dvc.lock``; their content decides on nothing else in a graph."""
        for name in found.locks:
            content = _content(self.root / name)
            if content is None:
                continue
            key = hashlib.sha256(content).hexdigest()
            if not self._valid_locks.path(key).exists():
                if not surely_valid(content):
                    return False
                self._valid_locks.mark(key)
        return True


def _name(text: str) -> str:
    return content_key(text)[:32]


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
