"""The record of a run: one commit with code, params and ``dvc.lock``, which DVC lists as an experiment."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from trimtab.errors import ProjectError, StageError
from trimtab.pipeline.content import Content, ContentError, checked, shown, wrong_in
from trimtab.pipeline.entry import Entry, is_external, lock_path, short_name
from trimtab.pipeline.execution import known_contents
from trimtab.pipeline.graph import Graph
from trimtab.pipeline.ignoring import have_ignored, ignored_by_dvc
from trimtab.pipeline.lockfile import NAME as LOCK
from trimtab.pipeline.refusal import refusals
from trimtab.pipeline.revision import Revision, commit_tree, git, holds
from trimtab.pipeline.sandbox import graph_in, sandbox
from trimtab.pipeline.worktree import WorkTree


@dataclass(frozen=True)
class Record:
    """What a run was.

    Attributes:
        commit: Holds everything that made the result: check it out, and ``dvc repro`` has nothing to do.
        revision: The pinned commit the stages ran from.
        experiment: Its name in ``dvc exp show``.
        lock_sha256: Hash of the merged ``dvc.lock``.
        message: The commit's.
        pinned: The pinned revision's other attributes.
        files: What the commit adds to the revision, by path: the content of each, which DVC's remote has, so
            that another host can make the same commit. Empty where there is no remote.
    """

    commit: str
    revision: str
    experiment: str
    lock_sha256: str
    message: str
    pinned: Mapping[str, Any]
    files: Mapping[str, Content] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """Return plain, JSON-ready values."""
        return asdict(self)


def record_run(
    root: Path,
    revision: Revision,
    graph: Graph,
    entries: Mapping[str, Entry],
    *,
    name: str,
    push_to: str | None = None,
) -> Record:
    """Merge the entries of a run into one ``dvc.lock`` and keep it, as DVC keeps an experiment.

    Args:
        root: The project's root.
        revision: The pinned revision.
        graph: The stages of the run.
        entries: The lock entry of every one of them, by name.
        name: The run's name; characters git does not take are replaced.
        push_to: A git remote that gets the experiment too, for ``dvc exp pull``.

    Raises:
        StageError: A stage has no entry: the run is not complete, so nothing is recorded.
        ProjectError: The git remote refuses.
    """
    missing = [stage.name for stage in graph.stages if stage.name not in entries]
    if missing:
        raise StageError(
            "The run is not complete, so nothing is recorded",
            where=f"no result of {', '.join(missing)}",
            fix="clear those tasks",
        )
    experiment = experiment_name(name)
    ref, message = _reference(revision.baseline, experiment), f"Run {name}"
    with sandbox(root, revision) as tree, refusals(StageError, where=f"record of {name}"):
        written = _write_results(tree, graph_in(tree).only(tuple(entries)), entries)
        commit = _commit(tree, written, revision, message)
        git(tree.root, "push", "--quiet", "--force", "origin", f"{commit}:{ref}")
        locks = b"".join((tree.root / path).read_bytes() for path in written if path.endswith(LOCK))
        files = _shared(tree, written)
    if push_to:
        git(root, "push", "--quiet", "--force", push_to, f"{ref}:{ref}")
    pinned = {key: value for key, value in asdict(revision).items() if key != "sha"}
    lock_hash = hashlib.sha256(locks).hexdigest()
    return Record(commit, revision.sha, experiment, lock_hash, message, pinned, files)


def have_record(root: Path, record: Record) -> None:
    """See to it that the repository holds a record that another host made: the same commit is made again.

    Raises:
        ProjectError: It does not hold the revision either, and that cannot be made.
        StageError: What the run has written is not in the remote, or the project has none.
    """
    if holds(root, record.commit):
        return
    where = f"record {record.commit[:12]}"
    _refuse_bad_files(record, where)
    revision = Revision(record.revision, **record.pinned)
    with sandbox(root, revision) as tree, refusals(StageError, where=where):
        tree.bring(record.files, where=where, copy=True)
        commit = _commit(tree, list(record.files), revision, record.message)
        if commit != record.commit:
            raise StageError(
                "The repository does not hold the record, and it cannot be made again here",
                where=where,
                fix="give the project a DVC remote, so that hosts share what they make, and record it anew",
            )
        ref = _reference(revision.baseline, record.experiment)
        try:
            git(tree.root, "push", "--quiet", "--force", "origin", f"{commit}:{ref}")
        except ProjectError:
            if not holds(root, record.commit):  # else another task of this host was first
                raise


def _refuse_bad_files(record: Record, where: str) -> None:
    """Refuse a record, which has travelled, whose files have no hashes or lie elsewhere."""
    for path, content in record.files.items():
        checked(content, where=where)
        if wrong_in(path):
            raise ContentError(f"The record names a file outside of the project: {shown(path)}", where=where)


def _reference(baseline: str, experiment: str) -> str:
    """Where DVC keeps an experiment."""
    return f"refs/exps/{baseline[:2]}/{baseline[2:]}/{experiment}"


def _commit(tree: WorkTree, written: list[str], revision: Revision, message: str) -> str:
    paths = [str(tree.root / path) for path in written]
    git(tree.root, "add", "--force", "--", *paths)  # whatever .gitignore says: git is where they are kept
    return commit_tree(tree.root, git(tree.root, "write-tree"), parent=revision.baseline, message=message)


def _shared(tree: WorkTree, written: list[str]) -> dict[str, Content]:
    """Send what was written to the remote, if there is one, and return the content of each path."""
    if not tree.store.remotes.named(None):
        return {}
    files = {path: tree.store.put(tree.root / path) for path in written if (tree.root / path).exists()}
    tree.store.push(files.values())
    return files


def experiment_name(name: str) -> str:
    """Return the name, with what git does not take in a reference replaced."""
    plain = re.sub(r"[^A-Za-z0-9_.-]+|\.{2,}", "-", name).strip("-.")
    return re.sub(r"\.lock$", "-lock", plain) or "run"


def _write_results(tree: WorkTree, graph: Graph, entries: Mapping[str, Entry]) -> list[str]:
    """Write each ``dvc.lock``, the outputs that DVC leaves to git, and what git is to ignore of the others.

    Returns:
        The paths of what was written, below the root.
    """
    changed: dict[str, dict[str, Entry]] = {}
    written: dict[str, None] = {}
    outputs: dict[str, Content] = {}
    for stage in graph.stages:
        lock = lock_path(stage.name)
        made = tree.contents(stage, entries[stage.name])
        of_git = [out.path for out in stage.outs if not out.cache and not is_external(out.path)]
        tree.bring(made, needed=of_git, where=f"stage '{stage.name}'", copy=True)
        written |= dict.fromkeys([lock, *of_git])
        outputs |= ignored_by_dvc(stage, entries[stage.name])
        if entries[stage.name] != tree.locked(stage):  # as DVC, which writes no entry that still holds
            known = known_contents(tree, graph, stage.name, entries)
            tree.bring(
                known, needed=stage.params, where=f"stage '{stage.name}'"
            )  # a params file may be an output
            changed.setdefault(lock, {})[short_name(stage.name)] = tree.complete(stage, entries[stage.name])
    for lock, stages in changed.items():
        tree.lock_file(lock).with_entries(stages, cache=tree.locks).write(tree.root / lock)
    return [*written, *have_ignored(tree, outputs)]
