"""What rules and dashboard are made for: a model, and the bounds of its policies."""

from __future__ import annotations

from dataclasses import dataclass

from trimtab.params_sections import DriftPolicy, PromotePolicy
from trimtab.slo_policy import SloPolicy

BOUNDS = (  # the drift rules that fire above a bound, by key of `params.yaml: drift`
    "max_metric_drop",
    "max_estimated_metric_drop",
    "max_slice_metric_drop",
    "max_calibration_gap",
    "max_score_psi",
    "max_domain_auc",
)

NO_OBJECTIVES = SloPolicy()


@dataclass(frozen=True)
class WatchedModel:
    """A model and its policies.

    Attributes:
        name: The registered model.
        pipeline: The DAG that trains it; without Airflow the name of the project's folder.
        drift: Its drift policy.
        promote: Its promotion policy.
        metric: The metric by which challengers are promoted.
        more_is_better: Whether a higher value of that metric is better.
        slo: Its objectives.
    """

    name: str
    pipeline: str
    drift: DriftPolicy
    promote: PromotePolicy
    metric: str
    more_is_better: bool
    slo: SloPolicy = NO_OBJECTIVES

    def drift_bounds(self) -> dict[str, float | None]:
        """Return the bound of each drift rule; None for one that is relative to the champion's reference."""
        found = {key: getattr(self.drift, key) for key in BOUNDS}
        return {key: bound if isinstance(bound, float) else None for key, bound in found.items()}
