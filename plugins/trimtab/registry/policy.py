"""What it takes to become champion, and who has a say: section ``promote`` of ``params.yaml``."""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import Field, FiniteFloat

from trimtab.config import Params

MetricName = Literal["roc_auc", "average_precision", "log_loss", "brier"]
METRICS: tuple[MetricName, ...] = get_args(MetricName)


class SlicePolicy(Params):
    """Where a challenger may not be worse, however good it is overall.

    Attributes:
        columns: Columns of the test window; each of their values is a slice.
        min_rows: Smaller slices say too little, and decide nothing.
        max_loss: How much worse than the champion it may be in a slice; more, with confidence, blocks it.
    """

    columns: list[str] = Field(default_factory=list)
    min_rows: int = Field(default=500, ge=2)
    max_loss: float = Field(default=0.02, ge=0)


class PromotePolicy(Params):
    """Section ``promote`` of ``params.yaml``.

    Attributes:
        policy: Whether what is better is promoted at once, after a person's approval, or not at all.
        deadline_hours: How long a person has to approve; after that it is not promoted.
        metric: What better means, on the newest labelled window.
        min_gain: The challenger must be better by more than this.
        confidence: ... with this confidence; equal models are promoted at most as often as it leaves open.
        resamples: Of the bootstrap.
        worst: A challenger whose metric is worse than this is not promoted, not even as the first champion.
        slices: Where it may not be worse than the champion.
    """

    policy: Literal["automatic", "approval", "never"] = "automatic"
    deadline_hours: float = Field(default=72.0, gt=0, strict=False)
    metric: MetricName = "roc_auc"
    min_gain: float = Field(default=0.0, ge=0)
    confidence: float = Field(default=0.95, ge=0.5, lt=1)
    resamples: int = Field(default=1000, ge=100)
    worst: FiniteFloat | None = None
    slices: SlicePolicy = Field(default_factory=SlicePolicy)
