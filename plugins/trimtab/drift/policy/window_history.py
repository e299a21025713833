"""The window history: the verdicts on earlier windows, and the outcomes of the retrains they requested."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, model_validator

from trimtab.drift.policy.drift_rule import Decision

EARLIER_FIELDS = {"roc_auc": "figure", "estimated_auc": "estimate"}
RENAMED_RULES = {
    "max_auc_drop": "max_metric_drop",
    "max_estimated_auc_drop": "max_estimated_metric_drop",
    "max_slice_auc_drop": "max_slice_metric_drop",
}

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
        metric: The metric of the policy; empty for a table without a model.
        figure: Its figure, if the labels were there.
        estimate: Its estimate.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    window: str
    champion: str
    decision: Decision
    exceeded: tuple[str, ...] = ()
    outcome: RetrainOutcome | None = None
    metric: str = ""
    figure: float | None = None
    estimate: float | None = None

    @model_validator(mode="before")
    @classmethod
    def _read_earlier_form(cls, values: Any) -> Any:
        """Read the form that knew ROC AUC only, and its names of rules."""
        if not isinstance(values, dict):
            return values
        read = dict(values)
        earlier = {new: read.pop(old) for old, new in EARLIER_FIELDS.items() if old in read}
        if earlier:
            read |= {"metric": "roc_auc", **earlier}
        if isinstance(read.get("exceeded"), (list, tuple)):
            read["exceeded"] = tuple(RENAMED_RULES.get(name, name) for name in read["exceeded"])
        return read


def windows_of_champion(history: Sequence[PastWindow], champion: str) -> tuple[PastWindow, ...]:
    """Return the newest windows that were all checked with this model, the oldest first."""
    own: list[PastWindow] = []
    for past in reversed(history):
        if past.champion != champion:
            break
        own.insert(0, past)
    return tuple(own)
