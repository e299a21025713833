"""The complete windows of a drift check, and which of them are due."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from trimtab.errors import DriftError
from trimtab.registry.drift_log.drift_log import RecordedVerdict
from trimtab.time_window import Window


class NoWindowToCheckError(DriftError):
    """No complete window begins after the data that the champion has seen."""


@dataclass(frozen=True)
class CompleteWindows:
    """The complete windows, the oldest first.

    Attributes:
        files: The file of each window.
        seen_until: End of the data that the champion has seen. Windows that begin before are never checked.
        labelled: Number of windows that have labels, the oldest ones; 0 or more.
        before: Number of windows that a reference needs before the checked one.
    """

    files: Mapping[Window, Path]
    seen_until: datetime
    labelled: int
    before: int = 0

    @cached_property
    def order(self) -> list[Window]:
        """The windows, the oldest first."""
        return list(self.files)

    @cached_property
    def with_labels(self) -> frozenset[Window]:
        """The windows that have labels."""
        return frozenset(self.order[: self.labelled])

    def may_request_retrain(self, recorded: Collection[RecordedVerdict]) -> set[Window]:
        """Return the windows that may request a retrain; none if a later window has a verdict."""
        order = self.order
        if any(verdict.past.window > order[-1].name for verdict in recorded):
            return set()
        return {order[-1], *order[: self.labelled][-1:]}

    def due(self, recorded: Collection[RecordedVerdict], champion: str) -> list[Window]:
        """Return the windows to check now, the oldest first.

        A window is due if it has no verdict, was incomplete when it was checked, has labels now, or is the
        newest. The newest window with labels is always due: a retry has to return the same request.

        Args:
            recorded: The verdicts of all champions.
            champion: The current champion.
        """
        verdicts = {verdict.past.window: verdict for verdict in recorded}
        ready = [*self.order[self.before : -1], self.order[-1]]
        return [
            window
            for window in ready
            if window.begin >= self.seen_until and self._is_due(window, verdicts.get(window.name), champion)
        ]

    def _is_due(self, window: Window, verdict: RecordedVerdict | None, champion: str) -> bool:
        from pyarrow.parquet import read_metadata

        if window == self.order[-1]:
            return True
        if verdict is None:  # a window without rows is an error only if it is the newest
            return bool(read_metadata(self.files[window]).num_rows)
        if not verdict.complete and verdict.content != hash_window(self.files[window]):
            return True
        if verdict.past.champion != champion or window not in self.with_labels:
            return False
        return not verdict.labelled or window in self.order[: self.labelled][-1:]


def hash_window(file: Path) -> str:
    """Return the SHA-256 hash of a window's file."""
    return hashlib.sha256(file.read_bytes()).hexdigest()
