"""The record of a run: one commit with code, params and ``dvc.lock``, which DVC lists as an experiment."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from trimtab.errors import ProjectError, StageError
from trimtab.pipeline.dvc_errors import refusals
from trimtab.pipeline.execution import graph_in, known_contents, sandbox
from trimtab.pipeline.git import Revision, commit_tree, git
from trimtab.pipeline.graph import Graph
from trimtab.pipeline.lock import LOCK_FILE as LOCK
from trimtab.pipeline.lock import Content, LockEntry, abbreviate, is_external, lock_path, short_name
from trimtab.pipeline.record.provenance import (
    IGNORE,
    is_recorded,
    refuse_instructions,
    require_ignoring,
    require_of_project,
    require_results,
    revision_of,
)
from trimtab.pipeline.worktree import WorkTree, have_ignored, ignored_by_dvc


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

    @classmethod
    def of(cls, plain: Any) -> Record:
        """Return the record that :meth:`plain` gave the values of; they have travelled.

        Raises:
            ProjectError: They are not those of a record.
        """
        known = {field.name for field in fields(cls)}
        texts = known - {"pinned", "files"}
        fine = isinstance(plain, Mapping) and plain.keys() == known
        fine = fine and all(isinstance(plain[name], str) and "\0" not in plain[name] for name in texts)
        fine = fine and all(isinstance(plain[name], Mapping) for name in ("pinned", "files"))
        fine = fine and all(isinstance(content, Mapping) for content in plain["files"].values())
        if not fine or experiment_name(plain["experiment"]) != plain["experiment"]:
            raise ProjectError(
                f"This is no record of a run: {abbreviate(plain)}",
                where="XCom of the task that records the run",
                fix="clear that task",
            )
        return cls(**plain)

    @property
    def base(self) -> Revision:
        """The revision the stages ran from.

        Raises:
            ProjectError: The values are not those of one.
        """
        return revision_of({"sha": self.revision, **self.pinned}, where=f"record {self.commit[:12]}")


def record_run(
    root: Path,
    revision: Revision,
    graph: Graph,
    entries: Mapping[str, LockEntry],
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
        StageError: A stage has no entry: the run is not complete, so nothing is recorded; or DVC would
            follow what a stage leaves to git.
        ProjectError: The git remote refuses, or the revision is none of the project's.
    """
    require_of_project(root, revision)
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
        written = _write_results(tree, graph_in(tree).with_upstream(tuple(entries)), entries)
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
        ProjectError: It does not hold the revision either, and that cannot be made; or that is no commit of
            the project.
        StageError: What the run has written is not in the remote, or the project has none; or the record
            holds a file that no run may add to its revision.
    """
    where, revision = f"record {record.commit[:12]}", record.base
    if is_recorded(root, record.commit):
        return
    require_of_project(root, revision)
    with sandbox(root, revision) as tree, refusals(StageError, where=where):
        _bring_results(tree, record, where)
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
            if not is_recorded(root, record.commit):  # else another task of this host was first
                raise


def _bring_results(tree: WorkTree, record: Record, where: str) -> None:
    """Put the files of a record, which has travelled, on its revision; only what a run may add to it."""
    graph = graph_in(tree)
    require_results(tree, graph, record.files, where=where)
    ignoring = {path: _text_of(tree.root / path) for path in record.files if Path(path).name == IGNORE}
    tree.bring(record.files, where=where, copy=True)
    for path, before in ignoring.items():
        require_ignoring(before, _text_of(tree.root / path), path, graph, where=where)


def _text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="surrogateescape") if path.exists() else ""


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


def _write_results(tree: WorkTree, graph: Graph, entries: Mapping[str, LockEntry]) -> list[str]:
    """Write each ``dvc.lock``, the outputs that DVC leaves to git, and what git is to ignore of the others.

    Returns:
        The paths of what was written, below the root.
    """
    changed: dict[str, dict[str, LockEntry]] = {}
    written: dict[str, None] = {}
    outputs: dict[str, Content] = {}
    for stage in graph.stages:
        lock = lock_path(stage.name)
        made = tree.contents(stage, entries[stage.name])
        of_git = [out.path for out in stage.outs if not out.cache and not is_external(out.path)]
        given = {path: made[path] for path in of_git if path in made}
        refuse_instructions(tree.store, given, where=f"stage '{stage.name}'")
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
