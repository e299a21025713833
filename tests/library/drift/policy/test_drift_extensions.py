"""The functions that a drift policy names, and that the checkout declares."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from trimtab.drift import DriftExtensions, DriftPolicy
from trimtab.errors import ConfigError


def declare(*names):
    return DriftPolicy(statistics=[{"statistic": name, "max": 0.1} for name in names])


@pytest.mark.parametrize(
    "policy", [declare("os:getcwd"), DriftPolicy(rules=[{"rule": "os:getcwd"}])], ids=["statistic", "rule"]
)
def test_function_that_the_checkout_does_not_declare_is_refused(policy):
    with pytest.raises(ConfigError, match="'os:getcwd', which is not declared in the checkout"):
        DriftExtensions.bind(policy, {"shop:drift": len})


def test_extension_that_is_no_function_is_refused():
    with pytest.raises(ConfigError, match="'shop:NAMES' is no function"):
        DriftExtensions.bind(DriftPolicy(rules=[{"rule": "shop:NAMES"}]), {"shop:NAMES": ["a"]})


@pytest.mark.parametrize("names", [("a:psi", "b:psi"), ("a:features",), ("a:pending",)])
def test_statistic_with_the_name_of_another_rule_is_refused(names):
    with pytest.raises(ConfigError, match="Two drift rules have the name"):
        DriftExtensions.bind(declare(*names), dict.fromkeys(names, len))


@pytest.mark.parametrize(
    "values",
    [
        {"rules": ["returns"]},
        {"rules": ["shop/drift:returns"]},
        {"statistics": [{"statistic": "psi", "max": 0.1}]},
        {"statistics": [{"statistic": "a:b"}]},
        {"statistics": [{"statistic": "a:b", "max": 0.0}]},
        {"statistics": [{"statistic": "a:b", "max": float("nan")}]},
        {"statistics": [{"statistic": "a:b", "max": 0.1, "min": 0.1}]},
    ],
)
def test_policy_with_another_form_of_name_or_bound_is_refused(values):
    with pytest.raises(ValidationError):
        DriftPolicy.model_validate(values)


def test_policy_lists_its_extensions():
    assert DriftPolicy(statistics=[{"statistic": "a:b", "max": 1}], rules=[{"rule": "c:d"}]).extensions == (
        "a:b",
        "c:d",
    )
