"""What came before: the windows judged earlier, and what became of the retrains they asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

Decision = Literal["none", "watch", "retrain", "investigate"]
Outcome = Literal["promoted", "refused", "failed", "pending"]


class PastWindow(BaseModel):
    """A window judged earlier.

    Attributes:
        window: Its name, such as ``2024-06``.
        champion: The model it was judged with.
        decision: What was decided.
        exceeded: The rules whose bound it exceeded.
        outcome: What became of the retrain it asked for: a better model (``promoted``) or none
            (``refused``), a run that ``failed``, or nothing yet (``pending``). None if it asked for none.
        roc_auc: The true figure, if outcomes were there.
        estimated_auc: What was estimated before they were.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    window: str
    champion: str
    decision: Decision
    exceeded: tuple[str, ...] = ()
    outcome: Outcome | None = None
    roc_auc: float | None = None
    estimated_auc: float | None = None


def of_champion(history: Sequence[PastWindow], champion: str) -> tuple[PastWindow, ...]:
    """Return the newest windows, as far back as they were judged with this model; the oldest first."""
    own: list[PastWindow] = []
    for past in reversed(history):
        if past.champion != champion:
            break
        own.insert(0, past)
    return tuple(own)
