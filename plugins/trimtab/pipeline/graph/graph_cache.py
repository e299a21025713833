"""Graphs that DVC has resolved before, and its refusals, kept by what they were resolved from.

A file each, named by the hash of what is in it: the inputs on the first line, the answer on the second.
Several processes may read, write and clear the folder at once; whatever is odd in it is as good as nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trimtab.pipeline.graph import graph_inputs as known
from trimtab.pipeline.graph.graph import Graph
from trimtab.pipeline.graph.graph_inputs import Inputs
from trimtab.pipeline.graph.lock_schema import surely_valid

FORMAT = 1
KEPT = {".graph": 12, ".lock": 200, ".part": 20}
SETTLED = 3600  # seconds; what was used since then need not be marked as used


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

    def read(self) -> Graph | Refusal | None:
        """Return what DVC says of the project as it is now; nothing if DVC must be asked."""
        digest = known.memory()
        for path in self._newest_first(".graph"):
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
                    self._used(path)
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
        with contextlib.suppress(OSError):  # it cannot be written: DVC is asked each time
            self.folder.mkdir(parents=True, exist_ok=True)
            part = self.folder / f"{os.getpid()}-{threading.get_ident()}.part"
            part.write_text(text, encoding="utf-8")
            part.replace(self.folder / f"{_name(text)}.graph")
            for lock in locks:
                (self.folder / f"{lock}.lock").touch()
            self._prune()

    def _locks_are_valid(self, found: Inputs) -> bool:
        """Whether DVC would read every ``dvc.lock``; their content decides on nothing else in a graph."""
        for name in found.locks:
            content = _content(self.root / name)
            if content is None:
                continue
            mark = self.folder / f"{hashlib.sha256(content).hexdigest()}.lock"
            if not mark.exists():
                if not surely_valid(content):
                    return False
                with contextlib.suppress(OSError):
                    mark.touch()
        return True

    def _newest_first(self, suffix: str) -> list[Path]:
        with contextlib.suppress(OSError):
            entries = [entry for entry in os.scandir(self.folder) if entry.name.endswith(suffix)]
            return [Path(entry) for entry in sorted(entries, key=lambda entry: -entry.stat().st_mtime)]
        return []

    def _used(self, path: Path) -> None:
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < time.time() - SETTLED:
                path.touch()

    def _prune(self) -> None:
        for suffix, count in KEPT.items():
            for old in self._newest_first(suffix)[count:]:
                old.unlink(missing_ok=True)


def _name(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
