"""The record of a run: one commit with code, params and ``dvc.lock``, which DVC lists as an experiment."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from trimtab.errors import StageError
from trimtab.pipeline.entry import Entry, bring
from trimtab.pipeline.execution import load_stage
from trimtab.pipeline.graph import Graph
from trimtab.pipeline.revision import Revision, commit_tree, git
from trimtab.pipeline.sandbox import sandbox


@dataclass(frozen=True)
class Record:
    """What a run was.

    Attributes:
        commit: Holds everything that made the result: check it out, and ``dvc repro`` has nothing to do.
        revision: The pinned commit the stages ran from.
        experiment: Its name in ``dvc exp show``.
        lock_sha256: Hash of the merged ``dvc.lock``.
    """

    commit: str
    revision: str
    experiment: str
    lock_sha256: str

    def plain(self) -> dict[str, Any]:
        """Return plain, JSON-ready values."""
        return asdict(self)


def record_run(
    root: Path, revision: Revision, graph: Graph, entries: Mapping[str, Entry], *, name: str
) -> Record:
    """Merge the entries of a run into one ``dvc.lock`` and keep it, as DVC keeps an experiment.

    Args:
        root: The project's root.
        revision: The pinned commit.
        graph: The stages of the run.
        entries: The lock entry of every one of them, by name.
        name: The run's name; characters git does not take are replaced.

    Raises:
        StageError: A stage has no entry: the run is not complete, so nothing is recorded.
    """
    missing = [stage.name for stage in graph.stages if stage.name not in entries]
    if missing:
        raise StageError(
            "The run is not complete, so nothing is recorded",
            where=f"no result of {', '.join(missing)}",
            fix="clear those tasks",
        )
    with sandbox(root, revision.sha) as repo:
        _write_lock(repo, graph, entries)
        _bring_git_outputs(repo, graph, entries)
        folder = Path(repo.root_dir)
        lock = hashlib.sha256((folder / "dvc.lock").read_bytes()).hexdigest()
        git(folder, "add", "--all")
        tree = git(folder, "write-tree")
        experiment = re.sub(r"[^A-Za-z0-9_.-]+", "-", name).strip("-.")
        commit = commit_tree(folder, tree, parent=revision.baseline, message=f"Run {name}")
        ref = f"refs/exps/{revision.baseline[:2]}/{revision.baseline[2:]}/{experiment}"
        git(folder, "push", "--quiet", "--force", "origin", f"{commit}:{ref}")
    return Record(commit, revision.sha, experiment, lock)


def _write_lock(repo: Any, graph: Graph, entries: Mapping[str, Entry]) -> None:
    """Write ``dvc.lock`` with DVC's own writer, stage by stage in the order DVC would run them."""
    from dvc.stage.loader import StageLoader

    for stage in graph.stages:
        loaded = load_stage(repo, stage.name)
        StageLoader.fill_from_lock(loaded, entries[stage.name])
        loaded.cmd_changed = False
        loaded.dump(update_pipeline=False)


def _bring_git_outputs(repo: Any, graph: Graph, entries: Mapping[str, Entry]) -> None:
    """Bring outputs that DVC leaves to git (``cache: false``), so that the commit holds them."""
    for stage in graph.stages:
        loaded = load_stage(repo, stage.name)
        kept = [out for out in loaded.outs if not out.use_cache]
        if kept:
            bring(repo, entries[stage.name], loaded.wdir, needed=kept, where=f"stage '{stage.name}'")
