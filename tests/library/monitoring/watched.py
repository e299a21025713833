"""A model to watch."""

from __future__ import annotations

from typing import Any

from trimtab.monitoring import WatchedModel
from trimtab.params_sections import DriftPolicy, PromotePolicy
from trimtab.slo_policy import SloPolicy

SLO = {"response": {"objective": 0.95, "period_windows": 24, "max_hours": 72}}


def watched(
    drift: dict[str, Any] | None = None, promote: dict[str, Any] | None = None, **options: Any
) -> WatchedModel:
    given = {"max_score_psi": 0.5, "max_metric_drop": "5 %", **(drift or {})}
    policy = {"policy": "approval", "deadline_hours": 10.0, "worst": 0.62, **(promote or {})}
    return WatchedModel(
        **{
            "name": "flights",
            "pipeline": "training",
            "drift": DriftPolicy(**given),
            "promote": PromotePolicy(**policy),
            "metric": "roc_auc",
            "more_is_better": True,
            "slo": SloPolicy.model_validate(SLO),
            **options,
        }
    )
