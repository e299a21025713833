"""Differences of code between two runs: files of the stages, their commands, and the commits between."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from trimtab.diagnosis.data_changes import Change, is_data
from trimtab.diagnosis.run_content import RunContent
from trimtab.pipeline.git import git, has_commit


@dataclass(frozen=True)
class CodeChange:
    """A file of code, or the command of a stage, that differs between two runs.

    Attributes:
        path: The file, or ``command of <stage>``.
        change: Whether the run added, removed or changed it.
    """

    path: str
    change: Change


@dataclass(frozen=True)
class Commit:
    """A commit between two runs.

    Attributes:
        sha: Its short hash.
        subject: The first line of its message.
    """

    sha: str
    subject: str


def code_changes(before: RunContent, after: RunContent) -> list[CodeChange]:
    """Return the dependencies of stages that git tracks, and the commands, which differ between two runs.

    A dependency of a stage of which one run knows nothing, because it was never reached, is left out.
    """
    shared = before.inputs.keys() & after.inputs.keys()
    changes = []
    for path in sorted(before.code.keys() | after.code.keys()):
        old, new = before.code.get(path), after.code.get(path)
        unknown = new is None and after.run.failed
        if is_data(path) or unknown or (old or {}).get("md5") == (new or {}).get("md5"):
            continue
        changes.append(CodeChange(path, "added" if old is None else "removed" if new is None else "changed"))
    for stage in sorted(shared):
        if before.inputs[stage].get("cmd") != after.inputs[stage].get("cmd"):
            changes.append(CodeChange(f"command of {stage}", "changed"))
    return changes


def commits_between(root: Path, before: RunContent, after: RunContent) -> list[Commit]:
    """Return the commits that the later run has and the earlier one has not, the latest first."""
    old, new = (each.run.revision.baseline for each in (before, after))
    old, new = (_base(root, sha) for sha in (old, new))
    if old == new or not (has_commit(root, old) and has_commit(root, new)):
        return []
    listed = git(root, "log", "--format=%h %s", f"{old}..{new}", "--")
    return list(_parse(listed))


def _base(root: Path, sha: str) -> str:
    """Return the commit that a record is based on; any other commit itself."""
    if not has_commit(root, sha):
        return sha
    author, _, parent = git(root, "log", "-1", "--format=%ae %P", sha).partition(" ")
    return parent.partition(" ")[0] if author == "trimtab@localhost" and parent else sha


def _parse(listed: str) -> Iterator[Commit]:
    for line in listed.splitlines():
        sha, _, subject = line.partition(" ")
        yield Commit(sha, subject)
