"""The metric of the promote policy, which the checkout declares."""

from __future__ import annotations

import pytest

from tests.library.extending_page import extension_of
from trimtab.errors import ConfigError
from trimtab.learning import BINARY, PROBLEM_TYPES
from trimtab.registry.promotion.promote_metric import find_promote_metric, promote_metrics
from trimtab.registry.promotion.promote_policy import PromotePolicy


def test_built_in_metric_is_found_whatever_the_checkout_declares(tmp_path):
    (tmp_path / "params.yaml").write_text("promote: {metric: brier}\n")

    assert set(promote_metrics(tmp_path)) == set(BINARY.comparison_metrics)
    assert find_promote_metric(PromotePolicy(), promote_metrics(tmp_path)).name == "roc_auc"


def test_metric_of_the_checkout_is_found_beside_the_built_in_ones(tmp_path):
    with extension_of("A metric", tmp_path) as (params, _):
        (tmp_path / "params.yaml").write_text(params)
        found = find_promote_metric(
            PromotePolicy(metric="extensions.refund_cost:refund_cost"), promote_metrics(tmp_path)
        )

    assert (found.name, found.sign) == ("refund_cost", -1)


def test_metric_that_only_the_policy_of_a_record_names_is_refused(tmp_path):
    (tmp_path / "params.yaml").write_text("promote: {metric: brier}\n")

    with pytest.raises(ConfigError, match="'os:system' is not declared in the checkout"):
        find_promote_metric(PromotePolicy(metric="os:system"), promote_metrics(tmp_path))


@pytest.mark.parametrize("name", PROBLEM_TYPES)
def test_metric_that_no_policy_names_is_the_default_of_the_problem_type(tmp_path, name):
    (tmp_path / "params.yaml").write_text("promote: {policy: never}\n")
    problem = PROBLEM_TYPES[name]

    metrics = promote_metrics(tmp_path, problem)

    assert set(metrics) == set(problem.comparison_metrics)
    assert find_promote_metric(PromotePolicy(), metrics, problem).name == problem.default_metric


@pytest.mark.parametrize(
    ("name", "metric"),
    [
        ("regression", "roc_auc"),
        ("regression", "bias"),
        ("multiclass", "mae"),
        ("binary", "calibration_slope"),
    ],
)
def test_metric_of_another_problem_type_or_without_a_direction_is_refused_with_the_list(
    tmp_path, name, metric
):
    problem = PROBLEM_TYPES[name]
    (tmp_path / "params.yaml").write_text(f"promote: {{metric: {problem.default_metric}}}\n")
    metrics = promote_metrics(tmp_path, problem)

    with pytest.raises(
        ConfigError, match=f"'{metric}' does not fit .*known: {problem.comparison_metrics[0]}"
    ):
        find_promote_metric(PromotePolicy.model_construct(metric=metric), metrics, problem)
