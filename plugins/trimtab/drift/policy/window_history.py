"""The window history: the verdicts on earlier windows, and the outcomes of the retrains they requested."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from trimtab.drift.policy.drift_rule import Decision

RetrainOutcome = Literal["promoted", "refused", "failed", "pending"]


class PastWindow(BaseModel):
    """A window with a verdict.

    Attributes:
        window: Its name, such as ``2024-06``.
        champion: The model it was checked with.
        decision: The decision.
        exceeded: The rules whose bound it exceeded.
        outcome: Outcome of the retrain it requested: a better model (``promoted``), no better model
            (``refused``), a ``failed`` run, or no result yet (``pending``). None if it requested none.
        roc_auc: The ROC AUC, if the labels were there.
        estimated_auc: The estimated ROC AUC.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    window: str
    champion: str
    decision: Decision
    exceeded: tuple[str, ...] = ()
    outcome: RetrainOutcome | None = None
    roc_auc: float | None = None
    estimated_auc: float | None = None


def windows_of_champion(history: Sequence[PastWindow], champion: str) -> tuple[PastWindow, ...]:
    """Return the newest windows that were all checked with this model, the oldest first."""
    own: list[PastWindow] = []
    for past in reversed(history):
        if past.champion != champion:
            break
        own.insert(0, past)
    return tuple(own)
