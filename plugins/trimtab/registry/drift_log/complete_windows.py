"""Which windows a drift check has to judge: complete ones that the champion has seen nothing of."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from trimtab.errors import DriftError
from trimtab.registry.drift_log.drift_log import KeptVerdict
from trimtab.time_window import Window


class NothingToJudgeError(DriftError):
    """No complete window begins after the data that the champion has seen."""


@dataclass(frozen=True)
class Windows:
    """The complete windows of a check, the oldest first.

    Attributes:
        files: Each window with its file.
        seen_until: How far the data of the champion went; what begins before is never judged.
        labelled: How many of them have outcomes, the oldest ones; 0 or more.
        before: How many a window needs before it, to be compared with; a missed one without them is left out.
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
    def with_outcomes(self) -> frozenset[Window]:
        """The windows whose outcomes are there."""
        return frozenset(self.order[: self.labelled])

    def asking(self, known: Collection[KeptVerdict]) -> set[Window]:
        """Return those on whose behalf a retrain may be asked for: none, if a later one has been judged."""
        order = self.order
        if any(verdict.past.window > order[-1].name for verdict in known):
            return set()
        return {order[-1], *order[: self.labelled][-1:]}

    def due(self, known: Collection[KeptVerdict], champion: str) -> list[Window]:
        """Return the windows to judge now: never judged, judged too early, with new outcomes, the newest.

        The newest with outcomes is among them though it may have been judged: a retry has to hear what it
        asked.

        Args:
            known: The verdicts there are, of any champion.
            champion: Who judges now.
        """
        from pyarrow.parquet import read_metadata

        verdicts = {verdict.past.window: verdict for verdict in known}
        order = self.order
        newest_labelled = order[: self.labelled][-1:]

        def is_due(window: Window) -> bool:
            verdict = verdicts.get(window.name)
            if window == order[-1]:
                return True
            if verdict is None:  # one without rows is an error when it is the newest, and holds no other back
                return bool(read_metadata(self.files[window]).num_rows)
            if not verdict.complete and verdict.content != content_of(self.files[window]):
                return True
            if verdict.past.champion != champion or window not in self.with_outcomes:
                return False
            return not verdict.labelled or window in newest_labelled

        ready = [*order[self.before : -1], order[-1]]
        return [window for window in ready if window.begin >= self.seen_until and is_due(window)]


def content_of(file: Path) -> str:
    """Return the hash of a window's rows."""
    return hashlib.sha256(file.read_bytes()).hexdigest()
