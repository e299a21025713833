"""A DVC project on disk, and its graph: resolved by DVC once per content, then read from a cache."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trimtab.errors import ProjectError
from trimtab.merge_conflicts import refuse_conflict
from trimtab.pipeline.graph.graph import Graph
from trimtab.pipeline.graph.graph_cache import GraphCache, Refusal
from trimtab.user_cache import cache_folder
from trimtab.yaml_limits import SMALLER, TOO_LARGE

GRAPHS = "graphs"
RESOLVE_TIMEOUT = 600  # seconds; DVC's resolver takes 5 on 4,000 stages, and a minute on a busy machine

REASONS = 10  # of a refusal that are shown; a lock of long ago has one for each stage
SAME_REASON = "`dvc status` there gives the same reason"
OLD_LOCK = (
    "DVC 3 reads locks of schema 2.0: remove it, then `dvc commit` outputs that are there, or run the stages"
)
OLD_SOURCE = (
    "DVC 0 wrote this file: describe a stage in dvc.yaml (`dvc stage add`), add data again (`dvc add`)"
)
NO_GIT = "run `git init` there, or `dvc config core.no_scm true` if it is to do without git"
# File and text of what DVC says, to what to do about it.
FIXES = (
    ("dvc.lock", "'schema'", OLD_LOCK),
    (".dvc", "extra keys not allowed @ data['cmd']", OLD_SOURCE),
    (".dvc", "['metric']", OLD_SOURCE),
    ("", "is not a git repository", NO_GIT),
    ("", TOO_LARGE, SMALLER),
)

UNREAD = re.compile("unable to read: '(.+)', YAML")  # DVC says so of a file, by its path from the root

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Project:
    """A DVC project.

    Attributes:
        root: The folder that holds ``.dvc``.
        home: The root of the project that it is a checkout of, if it is one of a run: it has the same cache
            of graphs, and absolute paths below that root are paths of this one.
    """

    root: Path
    home: Path | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "root", Path(self.root).resolve())
        if not (self.root / ".dvc").is_dir():
            raise ProjectError(
                "The folder is no DVC project: it has no .dvc folder (DVC says: you are not inside of a DVC "
                "repository)",
                where=str(self.root),
                fix=_nearest_project(self.root),
            )

    @classmethod
    def around(cls, folder: Path) -> Project:
        """Return the project that a folder is in.

        Raises:
            ProjectError: It is in none.
        """
        folders = (folder, *folder.parents)
        return cls(next((root for root in folders if (root / ".dvc").is_dir()), folder))

    def graph(self) -> Graph:
        """Return the project's graph, as DVC resolves it.

        DVC is asked in a process of its own, and only when something the answer depends on is new; otherwise
        the answer comes from a cache. A cache that is missing, stale, unreadable or read-only costs time,
        never correctness.

        Raises:
            ProjectError: DVC refuses the project; the message carries DVC's reason.
        """
        home = self.home or self.root
        cache = GraphCache(cache_folder(home, GRAPHS), self.root, home)
        cached = cache.read()
        if isinstance(cached, Graph):
            return cached
        if cached:
            raise _refused(self.root, cached)
        answer = self._resolve()
        if answer["inputs"]:
            cache.write(answer["inputs"], answer["graph"], answer["locks"])
        if "refused" in answer["graph"]:
            raise _refused(self.root, Refusal(**answer["graph"]["refused"]))
        return Graph.of(answer["graph"])

    def _resolve(self) -> dict[str, Any]:
        roots = [str(root) for root in (self.root, self.home) if root]
        try:
            done = subprocess.run(
                # Nothing is imported from where the user happens to be: a project may have a dvc.py.
                [sys.executable, "-P", "-m", "trimtab.pipeline.graph.resolver_process", *roots],
                capture_output=True,
                text=True,
                timeout=RESOLVE_TIMEOUT,
                check=False,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
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


def _nearest_project(folder: Path) -> str:
    """Say where there is a project, if this folder is none."""
    above = next((parent for parent in folder.parents if (parent / ".dvc").is_dir()), None)
    return f"it is in the project {above}: go there" if above else "run `dvc init` there"


def _refused(root: Path, refusal: Refusal) -> ProjectError:
    why, where = refusal.why, refusal.where
    unread = UNREAD.match(why)
    refuse_conflict(root / unread[1] if unread else Path(where), ProjectError)
    return ProjectError(f"DVC refuses the project: {_short(why)}", where=where, fix=_fix(why, where))


def _short(why: str) -> str:
    lines = why.split("\n")
    more = len(lines) - REASONS
    return "\n".join([*lines[:REASONS], f"and {more} more"]) if more > 1 else why


def _fix(why: str, where: str) -> str:
    fixes = (fix for file, text, fix in FIXES if where.endswith(file) and text in why)
    return next(fixes, SAME_REASON)
