"""Two loaded models on a labelled window, compared by one metric."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from trimtab.learning import Dependence, Metric
from trimtab.registry.loading import ScoringModel
from trimtab.registry.promotion.comparison_window import predict_window, read_labelled_window
from trimtab.registry.promotion.defined_metrics import require_defined
from trimtab.registry.promotion.paired_bootstrap import PairedMetric, compare_scores
from trimtab.registry.promotion.promote_policy import PromotePolicy


def compare_models(
    newer: ScoringModel,
    older: ScoringModel,
    policy: PromotePolicy,
    *,
    window: Path,
    label: str,
    metric: Metric,
    dependence: Dependence,
) -> PairedMetric:
    """Return a metric of both models on the same rows, and the gain of the newer one with its bounds.

    Args:
        newer: The newer model.
        older: The older model.
        policy: The confidence and the resamples.
        window: Parquet file with the features and the label.
        label: Name of the label column; rows without a label do not count.
        metric: The metric.
        dependence: The columns of the window by which rows depend on each other.

    Raises:
        ConfigError: The metric is undefined on the window.
        RegistryError: Nothing can be measured with the labels of the window, or a model lacks columns or
            gives invalid predictions.
    """
    found = read_labelled_window(window, label, newer.problem, dependence)
    problem = found.problem.with_classes_of([newer.estimator, older.estimator])
    found = replace(found, problem=problem)
    pairs = compare_scores(
        found.labels,
        (predict_window(newer, found), predict_window(older, found)),
        [metric],
        confidence=policy.confidence,
        resamples=policy.resamples,
        problem=problem,
        units=found.units,
    )
    pair = pairs[metric.name]
    require_defined(metric, "the window", pair.challenger, *pair.bounds)
    return pair
