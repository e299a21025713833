"""A DVC project on disk, and its graph: resolved by DVC once per content, then read from a cache."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trimtab.errors import ProjectError
from trimtab.pipeline.graph import Graph
from trimtab.pipeline.graphcache import GraphCache

GRAPHS = Path(".dvc", "tmp", "trimtab", "graphs")
RESOLVE_TIMEOUT = 600  # seconds; DVC's resolver takes 5 on 4,000 stages, and a minute on a busy machine

SAME_REASON = "`dvc status` there gives the same reason"
OLD_LOCK = (
    "DVC 3 reads locks of schema 2.0: remove it, then `dvc commit` outputs that are there, or run the stages"
)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Project:
    """A DVC project.

    Attributes:
        root: The folder that holds ``.dvc``.
        cache: Folder of resolved graphs; below ``.dvc/tmp``, if not given. A checkout of the project
            elsewhere may use that of the project itself.
    """

    root: Path
    cache: Path | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "root", Path(self.root).resolve())
        if not (self.root / ".dvc").is_dir():
            raise ProjectError(
                "The folder is no DVC project: it has no .dvc folder",
                where=str(self.root),
                fix="run `dvc init` there, or name the folder that holds dvc.yaml",
            )

    def graph(self) -> Graph:
        """Return the project's graph, as DVC resolves it.

        DVC is asked in a process of its own, and only when something the answer depends on is new; otherwise
        the answer comes from a cache. A cache that is missing, stale, unreadable or read-only costs time,
        never correctness.

        Raises:
            ProjectError: DVC refuses the project; the message carries DVC's reason.
        """
        cache = GraphCache(self.cache or self.root / GRAPHS, self.root)
        cached = cache.read()
        if cached is not None:
            return cached
        answer = self._resolve()
        if "refused" in answer:
            why, where = answer["refused"]["why"], answer["refused"]["where"]
            fix = OLD_LOCK if where.endswith("dvc.lock") and "'schema'" in why else SAME_REASON
            raise ProjectError(f"DVC refuses the project: {why}", where=where, fix=fix)
        if answer["inputs"]:
            cache.write(answer["inputs"], answer["graph"], answer["locks"])
        return Graph.of(answer["graph"])

    def _resolve(self) -> dict[str, Any]:
        try:
            done = subprocess.run(
                [sys.executable, "-m", "trimtab.pipeline.resolve", str(self.root)],
                capture_output=True,
                text=True,
                timeout=RESOLVE_TIMEOUT,
                check=False,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            )
            log.debug("%s", done.stderr)
            answer: dict[str, Any] = json.loads(done.stdout)
        except subprocess.TimeoutExpired as err:
            raise ProjectError(
                f"DVC has not resolved the project within {RESOLVE_TIMEOUT} s", where=str(self.root)
            ) from err
        except ValueError as err:
            log.error("%s", done.stderr)
            raise ProjectError(
                f"DVC's resolver failed: {done.stderr.strip().rpartition(chr(10))[2] or done.returncode}",
                where=str(self.root),
                fix="`dvc status` there may say more",
            ) from err
        return answer
