"""The record of a recovery drill: whether the backup gave the champion back, how fast, and how old it was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

SCHEMA = "trimtab.drill/1"


class Drill(BaseModel):
    """A recovery drill.

    Attributes:
        model: The registered model.
        started: When it began: ISO 8601, UTC.
        verdict: ``good`` if the champion was rebuilt from the backup within the objectives, else ``failed``.
        problems: A sentence for each thing that was not as it has to be.
        backup: The name of the backup; empty if there was none.
        taken: When the backup was taken: ISO 8601, UTC; likewise.
        champion: The version that was rebuilt; None if it did not come to that.
        recovery_seconds: Recovery time: from the begin until the champion was rebuilt and compared.
        restore_seconds: Of it, until all files were checked and restored.
        copy_seconds: Recovery point: how old the backup was when the drill began.
        bytes: Size of the backup.
        files: Number of files in it.
        settings: Where the copies were; see :mod:`~trimtab.registry.recovery.storage_settings`.
        by: The DAG run or the user.
        run_id: Its MLflow run; empty before it is recorded.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    started: str
    verdict: Literal["good", "failed"]
    problems: tuple[str, ...] = ()
    backup: str = ""
    taken: str = ""
    champion: int | None = None
    recovery_seconds: float | None = None
    restore_seconds: float | None = None
    copy_seconds: float | None = None
    bytes: int = 0
    files: int = 0
    settings: Mapping[str, str] = Field(default_factory=dict)
    by: str = ""
    run_id: str = ""

    @property
    def sentence(self) -> str:
        """The result in one sentence."""
        if self.verdict == "failed":
            return f"The drill failed: {self.problems[0]}"
        return (
            f"Version {self.champion} was rebuilt, identical, in {duration_text(self.recovery_seconds or 0)}"
            f" from a backup that was {duration_text(self.copy_seconds or 0)} old"
        )

    def to_dict(self) -> dict[str, object]:
        """Return the JSON of `trimtab drill --json`."""
        return {"schema": SCHEMA, **self.model_dump(mode="json")}


def duration_text(seconds: float) -> str:
    """Return a time in the largest unit of which there are at least two."""
    for unit, length in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} seconds"
