"""Run notes: when a run was recorded, from which revision, and where its stages ran.

The commit of a record depends on content alone, so it names no clock and no host. These facts are in a git
object beside it, which a reference of the record's name keeps.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from trimtab.errors import ProjectError
from trimtab.pipeline.execution import HostEnvironment
from trimtab.pipeline.git import Revision, git
from trimtab.pipeline.lock import abbreviate
from trimtab.pipeline.record.provenance import parse_revision

if TYPE_CHECKING:
    from pathlib import Path

NOTES = "refs/trimtab/runs"
SCHEMA = "trimtab.run-note/1"
MAX_BYTES = 4 << 20  # of a note

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class StageNote:
    """Where a stage ran.

    Attributes:
        host: The host of its task; empty if the plan skipped it.
        environment: Digest of the environment; empty likewise.
        ran: Whether its commands ran.
    """

    host: str
    environment: str
    ran: bool


@dataclass(frozen=True)
class RunNote:
    """The note of a recorded run.

    Attributes:
        pipeline: The DAG, and the task group of the pipeline if it has one.
        recorded: When the run was recorded.
        revision: The pinned revision.
        stages: Where each stage ran, by name.
        environments: The environments by digest.
    """

    pipeline: str
    recorded: datetime
    revision: Revision
    stages: Mapping[str, StageNote]
    environments: Mapping[str, HostEnvironment]

    def environment_of(self, stage: str) -> HostEnvironment | None:
        """Return the environment in which a stage ran, with the name of its host; None if it is not known."""
        note = self.stages.get(stage)
        found = self.environments.get(note.environment) if note else None
        if not note or not found:
            return None
        return HostEnvironment(note.host, found.python, found.platform, found.packages)

    def to_dict(self) -> dict[str, object]:
        """Serialize the note for JSON."""
        return {
            "schema": SCHEMA,
            "pipeline": self.pipeline,
            "recorded": self.recorded.astimezone(UTC).isoformat(),
            "revision": self.revision.to_dict(),
            "stages": {name: vars(stage) for name, stage in self.stages.items()},
            "environments": {digest: each.to_dict() for digest, each in self.environments.items()},
        }

    @classmethod
    def from_dict(cls, values: Any, *, where: str) -> RunNote:
        """Deserialize a note.

        Args:
            values: From :meth:`to_dict`; another value is refused.
            where: Place in the error message.

        Raises:
            ProjectError: The values are not those of a note.
        """
        try:
            if values["schema"] != SCHEMA:
                raise _invalid(where, values["schema"])
            return cls(
                pipeline=str(values["pipeline"]),
                recorded=datetime.fromisoformat(values["recorded"]).astimezone(UTC),
                revision=parse_revision(values["revision"], where=where),
                stages={
                    str(name): StageNote(str(stage["host"]), str(stage["environment"]), stage["ran"] is True)
                    for name, stage in values["stages"].items()
                },
                environments={
                    str(digest): HostEnvironment.from_dict(each, where=where)
                    for digest, each in values["environments"].items()
                },
            )
        except (ValueError, KeyError, TypeError, AttributeError) as err:
            raise _invalid(where, err) from err


def write_run_note(root: Path, experiment: str, note: RunNote, *, push_to: str | None = None) -> None:
    """Write the note of a recorded run, in place of an earlier one.

    Args:
        root: The project's root.
        experiment: The record's name in ``dvc exp show``.
        note: The note.
        push_to: A git remote that gets the note too.

    Raises:
        ProjectError: The repository cannot be written, or the git remote refuses the push.
    """
    text = json.dumps(note.to_dict(), sort_keys=True)
    reference = f"{NOTES}/{experiment}"
    git(root, "update-ref", reference, git(root, "hash-object", "-w", "--stdin", text=text))
    if push_to:
        git(root, "push", "--quiet", "--force", push_to, f"{reference}:{reference}")


def read_run_notes(root: Path) -> dict[str, RunNote]:
    """Return the notes of recorded runs by the name of the record. An invalid one is logged and left out."""
    listed = git(root, "for-each-ref", "--format=%(objecttype) %(objectsize) %(objectname) %(refname)", NOTES)
    notes = {}
    for line in listed.splitlines():
        kind, size, oid, reference = line.split(" ", 3)
        try:
            if kind != "blob" or int(size) > MAX_BYTES:
                raise _invalid(reference, f"{kind} of {size} bytes")
            notes[reference.removeprefix(f"{NOTES}/")] = _parse(git(root, "cat-file", "blob", oid), reference)
        except ProjectError as err:
            log.warning("%s", err)
    return notes


def _parse(text: str, where: str) -> RunNote:
    try:
        values = json.loads(text)
    except ValueError as err:
        raise _invalid(where, err) from err
    return RunNote.from_dict(values, where=where)


def _invalid(where: str, value: object) -> ProjectError:
    return ProjectError(
        f"The note of a run is not valid: {abbreviate(value)}",
        where=where,
        fix="remove it with `git update-ref -d`, or read it with the release of Trimtab that wrote it",
    )
