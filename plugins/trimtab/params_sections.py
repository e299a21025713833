"""The sections of ``params.yaml`` that belong to no stage, but to the library.

They are apart from what reads them, so that a plan can validate them, and a trigger form show their bounds,
without an import of numpy.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path
from typing import Literal

from pydantic import Field, FiniteFloat, model_validator

from trimtab.config import PARAMS_FILE, Params, load_yaml, parse_params
from trimtab.metric_names import ComparisonMetric


class DriftPolicy(Params):
    """Section ``drift`` of ``params.yaml``: bounds, each exceeded only beyond it.

    Attributes:
        min_rows: Rows a window needs to be judged at all.
        reference: What the features of a window are measured against: the ``champion``'s own test, the same
            ``season`` ``reference_windows`` before, or the ``rolling`` ``reference_windows`` just before.
        reference_windows: See ``reference``.
        false_alarm_rate: How often a window like the reference may raise any alarm; the tests share it.
        max_auc_drop: How far ROC AUC may fall below the reference before the model is trained again.
        max_estimated_auc_drop: The same of the estimate, while outcomes are not there.
        max_slice_auc_drop: How far it may fall within a category before that is watched.
        max_calibration_gap: How far the share of positive outcomes may lie from what the scores promise.
        max_score_psi: How far the predicted probabilities may shift before that is watched.
        min_psi: Population stability index, beyond normal noise, below which a feature has not moved.
        min_auc_at_stake: ROC AUC a moved feature puts at stake below which it does not matter; only where
            the reference knows the features' importance.
        max_domain_auc: How well a classifier may tell window from reference before that is watched.
        label_delay: Of the newest windows, how many have no outcomes yet.
        needed: Of the last ``of_last`` windows, how many must exceed a bound, the newest among them. A true
            loss of performance needs no second window.
        of_last: See ``needed``.
        max_age: Windows a model is live before it is trained again in any case; 0 for never.
        cooldown: Windows after a retrain in which there is no other.
        budget: Retrains in ``budget_windows`` windows.
        budget_windows: See ``budget``.
        back_off: Windows in which, after a retrain that gave no better model, a person decides.
    """

    min_rows: int = Field(default=200, ge=1)
    reference: Literal["champion", "season", "rolling"] = "champion"
    reference_windows: int = Field(default=12, ge=1)
    max_auc_drop: float = Field(default=0.03, gt=0, lt=1)
    max_score_psi: float = Field(default=0.25, gt=0)
    false_alarm_rate: float = Field(default=0.05, gt=0, le=0.5)
    max_estimated_auc_drop: float = Field(default=0.05, gt=0, lt=1)
    max_slice_auc_drop: float = Field(default=0.1, gt=0, lt=1)
    max_calibration_gap: float = Field(default=0.05, gt=0, lt=1)
    min_psi: float = Field(default=0.02, ge=0)
    min_auc_at_stake: float = Field(default=0.0, ge=0, lt=1)
    max_domain_auc: float = Field(default=0.6, ge=0.5, le=1)
    label_delay: int = Field(default=0, ge=0)
    needed: int = Field(default=1, ge=1)
    of_last: int = Field(default=1, ge=1)
    max_age: int = Field(default=0, ge=0)
    cooldown: int = Field(default=0, ge=0)
    budget: int = Field(default=12, ge=0)
    budget_windows: int = Field(default=12, ge=1)
    back_off: int = Field(default=3, ge=0)

    @model_validator(mode="after")
    def _can_be_met(self) -> DriftPolicy:
        if self.needed > self.of_last:
            raise ValueError(f"'needed' is {self.needed}, more than the {self.of_last} windows of 'of_last'")
        return self


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
    metric: ComparisonMetric = "roc_auc"
    min_gain: float = Field(default=0.0, ge=0)
    confidence: float = Field(default=0.95, ge=0.5, lt=1)
    resamples: int = Field(default=1000, ge=100)
    worst: FiniteFloat | None = None
    slices: SlicePolicy = Field(default_factory=SlicePolicy)


class ScorePolicy(Params):
    """Section ``score`` of ``params.yaml``.

    Attributes:
        keys: Columns that say what a row is about; kept with its score.
        shadow: Whether the challenger scores the same rows, for comparison only.
        threshold: From which score on a row counts as positive, where champion and challenger are compared.
    """

    keys: list[str] = Field(default_factory=list)
    shadow: bool = False
    threshold: float = Field(default=0.5, ge=0, le=1)


class RetentionPolicy(Params):
    """Section ``retention`` of ``params.yaml``; all of it in days.

    Attributes:
        champion_days: A version that was champion within them is live: all it was made of is kept.
        candidate_days: A version that never was champion is kept for so long.
        verdict_days: The run of a drift verdict is kept for so long.
        report_days: What a failed stage left in ``TRIMTAB_HOME`` is kept for so long.
        object_days: An object of DVC's cache that nothing names is kept for so long since it was written;
            this is longer than any run takes.
    """

    champion_days: int = Field(default=730, ge=1)
    candidate_days: int = Field(default=90, ge=1)
    verdict_days: int = Field(default=730, ge=1)
    report_days: int = Field(default=30, ge=1)
    object_days: int = Field(default=30, ge=1)


SECTIONS: dict[str, type[Params]] = {
    "drift": DriftPolicy,
    "promote": PromotePolicy,
    "retention": RetentionPolicy,
    "score": ScorePolicy,
}


def check_sections(root: Path, stages: Collection[str]) -> None:
    """Validate each of the library's sections that a project has.

    Args:
        root: The folder of ``params.yaml``.
        stages: Sections that stages depend on: those are theirs, whatever their name is.

    Raises:
        ConfigError: A value or a key cannot be used.
    """
    file = root / PARAMS_FILE
    own = [name for name in SECTIONS if name not in stages]
    # Reading YAML is slow: most projects have no such section.
    if not file.is_file() or not re.search(rf"^({'|'.join(own)})\b", file.read_text(encoding="utf-8"), re.M):
        return
    values = load_yaml(file)
    for name in own:
        if name in values:
            parse_params(SECTIONS[name], values[name] or {}, where=f"{PARAMS_FILE}: {name}")
