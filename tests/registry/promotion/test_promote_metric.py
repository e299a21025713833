"""The metric of the promote policy, which the checkout declares."""

from __future__ import annotations

import pytest

from tests.extending_page import extension_of
from trimtab.errors import ConfigError
from trimtab.learning import BINARY
from trimtab.registry.promotion.promote_metric import find_promote_metric, promote_metrics


def test_built_in_metric_is_found_whatever_the_checkout_declares(tmp_path):
    (tmp_path / "params.yaml").write_text("promote: {metric: brier}\n")

    assert set(promote_metrics(tmp_path)) == set(BINARY.comparison_metrics)
    assert find_promote_metric("roc_auc", promote_metrics(tmp_path)).name == "roc_auc"


def test_metric_of_the_checkout_is_found_beside_the_built_in_ones(tmp_path):
    with extension_of("A metric", tmp_path) as (params, _):
        (tmp_path / "params.yaml").write_text(params)
        found = find_promote_metric("extensions.refund_cost:refund_cost", promote_metrics(tmp_path))

    assert (found.name, found.sign) == ("refund_cost", -1)


def test_metric_that_only_the_policy_of_a_record_names_is_refused(tmp_path):
    (tmp_path / "params.yaml").write_text("promote: {metric: brier}\n")

    with pytest.raises(ConfigError, match="'os:system' is not declared in the checkout"):
        find_promote_metric("os:system", promote_metrics(tmp_path))
