"""The record of a run: one commit with code, params and ``dvc.lock``, which DVC lists as an experiment."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from trimtab.errors import StageError
from trimtab.pipeline.entry import Entry, bring, is_params, load_stages, locked_entry
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
    experiment = experiment_name(name)
    ref = f"refs/exps/{revision.baseline[:2]}/{revision.baseline[2:]}/{experiment}"
    with sandbox(root, revision.sha) as repo:
        written = _write_results(repo, graph, entries)
        folder = Path(repo.root_dir)
        git(folder, "add", "--force", "--", *written)  # whatever .gitignore says: git is where they are kept
        commit = commit_tree(
            folder, git(folder, "write-tree"), parent=revision.baseline, message=f"Run {name}"
        )
        git(folder, "push", "--quiet", "--force", "origin", f"{commit}:{ref}")
        locks = b"".join(Path(path).read_bytes() for path in written if Path(path).name == "dvc.lock")
    return Record(commit, revision.sha, experiment, hashlib.sha256(locks).hexdigest())


def experiment_name(name: str) -> str:
    """Return the name, with what git does not take in a reference replaced."""
    plain = re.sub(r"[^A-Za-z0-9_.-]+|\.{2,}", "-", name).strip("-.")
    return re.sub(r"\.lock$", "-lock", plain) or "run"


def _write_results(repo: Any, graph: Graph, entries: Mapping[str, Entry]) -> list[str]:
    """Write each ``dvc.lock`` and the outputs that DVC leaves to git; return their paths.

    DVC's own writer is used, stage by stage in the order DVC would run them.
    """
    from dvc.stage.loader import StageLoader

    written: dict[str, None] = {}
    changed: dict[Any, list[Any]] = {}
    loaded = load_stages(repo, [stage.name for stage in graph.stages])
    for name, stage in loaded.items():
        of_git = [out for out in stage.outs if not out.use_cache]
        params = [dep for dep in stage.deps if is_params(dep)]
        bring(stage, entries[name], needed=of_git, where=f"stage '{name}'")
        for up in graph.upstream(name):  # a params file may be an output
            bring(loaded[up], entries[up], needed=params, where=f"stage '{name}'")
        written |= dict.fromkeys([stage.dvcfile._lockfile.path, *(out.fs_path for out in of_git)])
        if entries[name] != locked_entry(stage):  # as DVC, which writes no entry that still holds
            StageLoader.fill_from_lock(stage, entries[name])
            for dep in params:
                dep.save()  # the entry has been JSON, which knows fewer types than YAML
            changed.setdefault(stage.dvcfile, []).append(stage)
    for dvcfile, stages in changed.items():
        dvcfile.dump_stages(stages, update_pipeline=False)
    return list(written)
