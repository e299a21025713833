"""The metric of the promote policy: a built-in one, or the one that the checkout declares."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from trimtab.config import load_params
from trimtab.errors import ConfigError
from trimtab.learning import BINARY, Metric, ProblemType, load_metric
from trimtab.params_file import PARAMS_FILE
from trimtab.registry.promotion.promote_policy import PromotePolicy


def promote_metrics(root: Path, problem: ProblemType = BINARY) -> dict[str, Metric]:
    """Return the metrics that a promote policy may name: the built-in ones, and that of a checkout.

    Args:
        root: The root of the checkout.
        problem: The problem type that the checkout declares.

    Raises:
        ConfigError: The section `promote` of its params file cannot be used, or its metric cannot.
    """
    own = load_params(PromotePolicy, "promote", root / PARAMS_FILE).metric_name(problem)
    built_in = {name: problem.metrics[name] for name in problem.comparison_metrics}
    return built_in if own in built_in else {**built_in, own: load_metric(own, root, problem)}


def find_promote_metric(
    policy: PromotePolicy, metrics: Mapping[str, Metric], problem: ProblemType = BINARY
) -> Metric:
    """Return the metric of a policy.

    Args:
        policy: The policy, which may come from the params of a run.
        metrics: The metrics of :func:`promote_metrics`.
        problem: The problem type that the checkout declares.

    Raises:
        ConfigError: The checkout does not declare the metric, or the problem type does not have it.
    """
    name = policy.metric_name(problem)
    if name not in metrics:
        raise ConfigError(
            f"The metric '{name}' is not declared in the checkout",
            where=f"{PARAMS_FILE}: promote.metric",
            fix="name it there in a commit; nothing of it was executed",
        )
    return metrics[name]
