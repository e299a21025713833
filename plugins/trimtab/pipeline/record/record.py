"""The record of a run: a commit with code, params and ``dvc.lock``, which DVC lists as an experiment."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from trimtab.errors import ProjectError, StageError
from trimtab.pipeline.dvc_errors import refusals
from trimtab.pipeline.execution import graph_in, sandbox, upstream_contents
from trimtab.pipeline.git import Revision, commit_tree, git
from trimtab.pipeline.graph import Graph
from trimtab.pipeline.lock import LOCK_FILE as LOCK
from trimtab.pipeline.lock import Content, LockEntry, abbreviate, is_external, lock_path, short_name
from trimtab.pipeline.record.provenance import (
    GITIGNORE,
    is_recorded,
    parse_revision,
    refuse_control_files,
    require_dvc_gitignore,
    require_project_revision,
    require_recordable_files,
)
from trimtab.pipeline.worktree import WorkTree, gitignored_outputs, update_gitignore

EXPERIMENT_REFS = "refs/exps"  # DVC's
RECORD_XCOM = "XCom of the task that records the run"


@dataclass(frozen=True)
class Record:
    """The record of a run.

    Attributes:
        commit: A commit with code, params, ``dvc.lock`` and outputs. In a checkout of it, ``dvc repro`` is up
            to date.
        revision: The pinned commit from which the stages ran.
        experiment: The record's name in ``dvc exp show``.
        lock_sha256: SHA-256 of the merged ``dvc.lock``.
        message: The message of the commit.
        pinned: The other attributes of the pinned revision.
        files: Contents of the files that the commit adds to the revision, by path. DVC's remote has them, so
            another host can create the same commit. Empty if there is no remote.
    """

    commit: str
    revision: str
    experiment: str
    lock_sha256: str
    message: str
    pinned: Mapping[str, object]
    files: Mapping[str, Content] = field(default_factory=dict)

    def to_dict(self) -> dict[str, object]:
        """Serialize the record for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: object, *, where: str = RECORD_XCOM) -> Record:
        """Deserialize a record from an XCom or a DVC remote.

        Args:
            values: From :meth:`to_dict`; another value is refused.
            where: Place in the error message.

        Raises:
            ProjectError: The values are not those of a record.
        """
        names = {field.name for field in fields(cls)}
        texts = names - {"pinned", "files"}
        if not isinstance(values, Mapping) or values.keys() != names:
            raise _no_record(values, where)
        if not all(isinstance(values[name], str) and "\0" not in values[name] for name in texts):
            raise _no_record(values, where)
        if not all(isinstance(values[name], Mapping) for name in ("pinned", "files")):
            raise _no_record(values, where)
        if not all(isinstance(content, Mapping) for content in values["files"].values()):
            raise _no_record(values, where)
        if experiment_name(values["experiment"]) != values["experiment"]:
            raise _no_record(values, where)
        return cls(**values)

    @property
    def base(self) -> Revision:
        """The revision from which the stages ran.

        Raises:
            ProjectError: The values are not those of a revision.
        """
        return parse_revision({"sha": self.revision, **self.pinned}, where=f"record {self.commit[:12]}")


def _no_record(values: object, where: str) -> ProjectError:
    return ProjectError(
        f"The value is no record of a run: {abbreviate(values)}",
        where=where,
        fix="clear the task that records the run",
    )


def record_run(
    root: Path,
    revision: Revision,
    graph: Graph,
    entries: Mapping[str, LockEntry],
    *,
    name: str,
    push_to: str | None = None,
) -> Record:
    """Merge the lock entries of a run into ``dvc.lock``, and commit it as a DVC experiment.

    Args:
        root: The project's root.
        revision: The pinned revision.
        graph: The stages of the run.
        entries: The lock entry of each stage, by name.
        name: The run's name. Characters that git does not allow in a ref are replaced.
        push_to: A git remote to which the experiment is pushed, for ``dvc exp pull``.

    Raises:
        StageError: A stage has no lock entry, so the run is not complete; or an output that git keeps is a
            control file of DVC or git.
        ProjectError: The git remote refuses the push, or the revision is no commit of the project.
    """
    require_project_revision(root, revision)
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
        paths = _write_results(tree, graph_in(tree).with_upstream(tuple(entries)), entries)
        commit = _commit(tree, paths, revision, message)
        git(tree.root, "push", "--quiet", "--force", "origin", f"{commit}:{ref}")
        locks = b"".join((tree.root / path).read_bytes() for path in paths if path.endswith(LOCK))
        files = _share_files(tree, paths)
    if push_to:
        git(root, "push", "--quiet", "--force", push_to, f"{ref}:{ref}")
    pinned = {key: value for key, value in asdict(revision).items() if key != "sha"}
    lock_hash = hashlib.sha256(locks).hexdigest()
    return Record(commit, revision.sha, experiment, lock_hash, message, pinned, files)


def ensure_record(root: Path, record: Record) -> None:
    """Ensure that the repository has the commit of a record: create it again, if another host created it.

    Args:
        root: The project's root.
        record: A record from an XCom.

    Raises:
        ProjectError: The repository does not have the revision, or that is no commit of the project.
        StageError: The files of the record are not in the remote, or the project has no remote; or the record
            has a file that no run may add to its revision.
    """
    where, revision = f"record {record.commit[:12]}", record.base
    if is_recorded(root, record.commit):
        return
    require_project_revision(root, revision)
    with sandbox(root, revision) as tree, refusals(StageError, where=where):
        _check_out_files(tree, record, where)
        commit = _commit(tree, list(record.files), revision, record.message)
        if commit != record.commit:
            raise StageError(
                "The repository does not have the record, and it cannot be made again here",
                where=where,
                fix="give the project a DVC remote, so that hosts share outputs, and record the run again",
            )
        ref = _reference(revision.baseline, record.experiment)
        try:
            git(tree.root, "push", "--quiet", "--force", "origin", f"{commit}:{ref}")
        except ProjectError:
            if not is_recorded(root, record.commit):  # otherwise another task of this host has pushed it
                raise


def list_runs(root: Path) -> dict[str, str]:
    """Map the names of recorded runs and of the user's own experiments to their commits."""
    refs = git(
        root, "for-each-ref", "--sort=-committerdate", "--format=%(objectname) %(refname)", EXPERIMENT_REFS
    )
    lines = [line.partition(" ") for line in refs.splitlines()]
    return {ref.rpartition("/")[2]: sha for sha, _, ref in lines}


def _check_out_files(tree: WorkTree, record: Record, where: str) -> None:
    """Check out the files of a record on its revision, if a run may add them to it."""
    graph = graph_in(tree)
    require_recordable_files(tree, graph, record.files, where=where)
    gitignores = {path: _text_of(tree.root / path) for path in record.files if Path(path).name == GITIGNORE}
    tree.check_out(record.files, where=where, copy=True)
    for path, before in gitignores.items():
        require_dvc_gitignore(before, _text_of(tree.root / path), path, graph, where=where)


def _text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="surrogateescape") if path.exists() else ""


def _reference(baseline: str, experiment: str) -> str:
    """Return the ref in which DVC keeps an experiment."""
    return f"{EXPERIMENT_REFS}/{baseline[:2]}/{baseline[2:]}/{experiment}"


def _commit(tree: WorkTree, paths: list[str], revision: Revision, message: str) -> str:
    """Commit files, even those in ``.gitignore``."""
    git(tree.root, "add", "--force", "--", *(str(tree.root / path) for path in paths))
    return commit_tree(tree.root, git(tree.root, "write-tree"), parent=revision.baseline, message=message)


def _share_files(tree: WorkTree, paths: list[str]) -> dict[str, Content]:
    """Push files to the remote and return their contents by path; empty if there is no remote."""
    if not tree.cache.remotes.get(None):
        return {}
    files = {path: tree.cache.put(tree.root / path) for path in paths if (tree.root / path).exists()}
    tree.cache.push(files.values())
    return files


def experiment_name(name: str) -> str:
    """Return a run's name with each character replaced that git does not allow in a ref."""
    allowed = re.sub(r"[^A-Za-z0-9_.-]+|\.{2,}", "-", name).strip("-.")
    return re.sub(r"\.lock$", "-lock", allowed) or "run"


def _write_results(tree: WorkTree, graph: Graph, entries: Mapping[str, LockEntry]) -> list[str]:
    """Write each ``dvc.lock``, the outputs that git keeps, and the ``.gitignore`` lines of the other outputs.

    Returns:
        Paths of the written files, below the root.
    """
    changed: dict[str, dict[str, LockEntry]] = {}
    written: dict[str, None] = {}
    outputs: dict[str, Content] = {}
    for stage in graph.stages:
        lock = lock_path(stage.name)
        contents = tree.output_contents(stage, entries[stage.name])
        in_git = [out.path for out in stage.outs if not out.cache and not is_external(out.path)]
        kept = {path: contents[path] for path in in_git if path in contents}
        refuse_control_files(tree.cache, kept, where=f"stage '{stage.name}'")
        tree.check_out(contents, needed=in_git, where=f"stage '{stage.name}'", copy=True)
        written |= dict.fromkeys([lock, *in_git])
        outputs |= gitignored_outputs(stage, entries[stage.name])
        if entries[stage.name] != tree.locked(
            stage
        ):  # as DVC, which does not rewrite an entry that is up to date
            known = upstream_contents(tree, graph, stage.name, entries)
            # A params file may be an output.
            tree.check_out(known, needed=stage.params, where=f"stage '{stage.name}'")
            changed.setdefault(lock, {})[short_name(stage.name)] = tree.with_params(
                stage, entries[stage.name]
            )
    for lock, stages in changed.items():
        tree.lock_file(lock).with_entries(stages, cache=tree.locks).write(tree.root / lock)
    return [*written, *update_gitignore(tree, outputs)]
