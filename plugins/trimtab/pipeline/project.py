"""A DVC project on disk, and its graph: resolved by DVC once per content, then read from a cache."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trimtab.errors import ProjectError
from trimtab.pipeline.graph import Artifact, Graph, Output, Stage

CACHE_FORMAT = 2
CONFIG = (".dvc/config", ".dvc/config.local")  # DVC's templating has settings
RESOLVE_TIMEOUT = 300  # seconds; DVC's resolver takes over 60 on 4,000 stages
REFUSED = 2  # exit code of a resolver whose last words are DVC's reason

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Project:
    """The folder that holds ``.dvc``."""

    root: Path

    def __post_init__(self) -> None:
        object.__setattr__(self, "root", Path(self.root).resolve())
        if not (self.root / ".dvc").is_dir():
            raise ProjectError(
                "The folder is no DVC project: it has no .dvc folder",
                where=str(self.root),
                fix="run `dvc init` there, or name the folder that holds dvc.yaml",
            )

    @property
    def _cache(self) -> Path:
        return self.root / ".dvc" / "tmp" / "trimtab" / "graph.json"

    def graph(self) -> Graph:
        """Return the project's graph, as DVC resolves it.

        DVC is asked in a process of its own, and only when a file the answer depends on has changed;
        otherwise the answer comes from a cache below ``.dvc/tmp``. A cache that is missing, stale, unreadable
        or read-only costs time, never correctness.

        Raises:
            ProjectError: DVC refuses the project; the message carries DVC's reason.
        """
        cached = self._read_cache()
        if cached is not None:
            return cached
        before = self._fingerprint(())  # a file that changes meanwhile makes the cache stale, not wrong
        answer = self._resolve()
        self._write_cache(answer, before)
        return _graph(answer["graph"])

    def _resolve(self) -> dict[str, Any]:
        done = subprocess.run(
            [sys.executable, "-m", "trimtab.pipeline.resolve", str(self.root)],
            capture_output=True,
            text=True,
            timeout=RESOLVE_TIMEOUT,
            check=False,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        if done.returncode != 0:
            reason = done.stderr.strip()
            if done.returncode != REFUSED:  # not one of DVC's own errors: the last line says what it was
                log.error("%s", reason)
                reason = reason.rpartition("\n")[2]
            raise ProjectError(
                f"DVC refuses the project: {reason}",
                where=str(self.root / "dvc.yaml"),
                fix="`dvc status` there gives the same reason",
            )
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def _read_cache(self) -> Graph | None:
        try:
            content = json.loads(self._cache.read_text(encoding="utf-8"))
            inputs = content["inputs"]
            fresh = content["format"] == CACHE_FORMAT and inputs == self._fingerprint(inputs)
            return _graph(content["graph"]) if fresh else None
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None  # no usable cache: ask DVC

    def _write_cache(self, answer: dict[str, Any], before: dict[str, str]) -> None:
        content = {
            "format": CACHE_FORMAT,
            "inputs": {**before, **answer["sources"]},
            "graph": answer["graph"],
        }
        try:
            self._cache.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(
                "w", dir=self._cache.parent, delete=False, encoding="utf-8"
            ) as file:
                json.dump(content, file)
            Path(file.name).replace(self._cache)  # several processes may write; each writes a whole file
        except OSError:
            return  # a read-only checkout: ask DVC each time

    def _fingerprint(self, sources: Iterable[str]) -> dict[str, str]:
        """Map each file the graph depends on to its content's hash; a missing one to nothing."""
        found = {path.relative_to(self.root).as_posix() for path in _pipeline_files(self.root)}
        return {name: digest(self.root / name) for name in sorted(found.union(CONFIG, sources))}


def _pipeline_files(root: Path) -> Iterator[Path]:
    """Every ``dvc.yaml``, ``*.dvc`` and ``.dvcignore`` of the project, and every default params file."""
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".") and name != "__pycache__"]
        for name in files:
            if name in {"dvc.yaml", "params.yaml", ".dvcignore"} or name.endswith(".dvc"):
                yield Path(folder, name)


def digest(path: Path) -> str:
    """Return the hash of a file's content; nothing if there is no file."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return ""


def _graph(plain: dict[str, Any]) -> Graph:
    stages = tuple(
        Stage(
            **{
                **stage,
                "cmd": tuple(stage["cmd"]),
                "deps": tuple(stage["deps"]),
                "outs": tuple(Output(**out) for out in stage["outs"]),
                "params": {file: tuple(keys) for file, keys in stage["params"].items()},
            }
        )
        for stage in plain["stages"]
    )
    artifacts = tuple(
        Artifact(**{**artifact, "labels": tuple(artifact["labels"])}) for artifact in plain["artifacts"]
    )
    return Graph(stages, tuple((up, down) for up, down in plain["edges"]), artifacts)
