"""A DVC project on disk and its graph. DVC resolves the graph once per content; then a cache has it."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from trimtab.errors import ProjectError
from trimtab.merge_conflicts import refuse_conflict
from trimtab.pipeline.graph.graph import Graph
from trimtab.pipeline.graph.graph_cache import GraphCache, Refusal, ResolverAnswer
from trimtab.pipeline.graph.pipeline_folders import describe_pipelines
from trimtab.user_cache import cache_folder
from trimtab.yaml_limits import TOO_LARGE, WRITE_SMALLER_FILE

GRAPH_CACHE = "graphs"  # the folder in the user's cache
RESOLVE_TIMEOUT = 600  # seconds; DVC takes 5 for 4,000 stages, and a minute on a busy machine

MAX_REASON_LINES = 10  # in an error message; an old lock file has one for each stage
DEFAULT_FIX = "`dvc status` there gives the same reason"
OLD_LOCK = (
    "DVC 3 reads lock files of schema 2.0: remove it, then `dvc commit` existing outputs, or run the stages"
)
OLD_SOURCE = (
    "DVC 0 wrote this file: declare the stage in dvc.yaml (`dvc stage add`), add the data again (`dvc add`)"
)
NO_GIT = "run `git init` there, or `dvc config core.no_scm true` to use it without git"
# End of the file name, part of DVC's reason, and what to do.
FIXES = (
    ("dvc.lock", "'schema'", OLD_LOCK),
    (".dvc", "extra keys not allowed @ data['cmd']", OLD_SOURCE),
    (".dvc", "['metric']", OLD_SOURCE),
    ("", "is not a git repository", NO_GIT),
    ("", TOO_LARGE, WRITE_SMALLER_FILE),
)

UNREADABLE = re.compile("unable to read: '(.+)', YAML")  # DVC's reason, with the path from the root

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Project:
    """A DVC project.

    Attributes:
        root: The folder that holds ``.dvc``.
        home: The root of the project itself, if ``root`` is a sandbox. Both use one graph cache, and absolute
            paths below ``home`` become paths below ``root``.
    """

    root: Path
    home: Path | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "root", Path(self.root).resolve())
        if not (self.root / ".dvc").is_dir():
            raise ProjectError(
                "The folder is not a DVC project: it has no .dvc folder (DVC: you are not inside of a DVC "
                "repository)",
                where=str(self.root),
                fix=_project_hint(self.root),
            )

    @classmethod
    def find(cls, folder: Path) -> Project:
        """Return the project that contains a folder.

        Raises:
            ProjectError: No project contains it.
        """
        folders = (folder, *folder.parents)
        return cls(next((root for root in folders if (root / ".dvc").is_dir()), folder))

    def graph(self) -> Graph:
        """Return the project's graph, as DVC resolves it.

        DVC runs in a process of its own, and only if an input of the graph has changed. Otherwise the graph
        comes from a cache. A missing, stale, corrupt or read-only cache costs time, never correctness.

        Raises:
            ProjectError: DVC refuses the project; the message has DVC's reason.
        """
        home = self.home or self.root
        cache = GraphCache(cache_folder(home, GRAPH_CACHE), self.root, home)
        cached = cache.read()
        if isinstance(cached, Graph):
            return cached
        if cached:
            raise _refusal_error(self.root, cached)
        answer = self._resolve()
        if answer["inputs"]:
            cache.write(answer["inputs"], answer["graph"], answer["locks"])
        graph = answer["graph"]
        if "refused" in graph:
            raise _refusal_error(self.root, Refusal(**graph["refused"]))
        return Graph.from_dict(graph)

    def _resolve(self) -> ResolverAnswer:
        roots = [str(root) for root in (self.root, self.home) if root]
        try:
            done = subprocess.run(
                # -P: nothing is imported from the working directory, which may have a dvc.py.
                [sys.executable, "-P", "-m", "trimtab.pipeline.graph.resolver_process", *roots],
                capture_output=True,
                text=True,
                timeout=RESOLVE_TIMEOUT,
                check=False,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )
            log.debug("%s", done.stderr)
            answer: ResolverAnswer = json.loads(done.stdout)
        except subprocess.TimeoutExpired as err:
            raise ProjectError(
                f"DVC did not resolve the project within {RESOLVE_TIMEOUT} s", where=str(self.root)
            ) from err
        except ValueError as err:
            log.error("%s", done.stderr)
            raise ProjectError(
                f"DVC's resolver failed: {done.stderr.strip().rpartition(chr(10))[2] or done.returncode}",
                where=str(self.root),
                fix="`dvc status` there may say more",
            ) from err
        return answer


def _project_hint(folder: Path) -> str:
    """Return what to do with a folder that is not a project."""
    above = next((parent for parent in folder.parents if (parent / ".dvc").is_dir()), None)
    known = describe_pipelines(folder) or (above and f"go to the root of the project: {above}")
    return known or "run `dvc init` there; or `trimtab new`, in an empty folder, for a new project"


def _refusal_error(root: Path, refusal: Refusal) -> ProjectError:
    why, where = refusal.why, refusal.where
    unreadable = UNREADABLE.match(why)
    refuse_conflict(root / unreadable[1] if unreadable else Path(where), ProjectError)
    return ProjectError(f"DVC refuses the project: {_shorten(why)}", where=where, fix=_fix(why, where))


def _shorten(why: str) -> str:
    lines = why.split("\n")
    more = len(lines) - MAX_REASON_LINES
    return "\n".join([*lines[:MAX_REASON_LINES], f"and {more} more"]) if more > 1 else why


def _fix(why: str, where: str) -> str:
    fixes = (fix for file, text, fix in FIXES if where.endswith(file) and text in why)
    return next(fixes, DEFAULT_FIX)
