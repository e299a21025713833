"""Amounts of a metric: numbers in its unit, and percentages of a figure."""

from __future__ import annotations

import pytest

from trimtab.amount import resolve_amount
from trimtab.learning import BINARY
from trimtab.params_sections import DriftPolicy, PromotePolicy


@pytest.mark.parametrize(
    ("amount", "figure", "value"),
    [(0.02, 7.0, 0.02), ("5 %", 40.0, 2.0), ("2.5%", -40.0, 1.0), ("0 %", 3.0, 0.0)],
)
def test_amount_is_a_number_or_a_percentage_of_a_figure(amount, figure, value):
    policy = PromotePolicy(min_gain=amount, slices={"max_loss": amount})
    assert resolve_amount(policy.min_gain, figure) == pytest.approx(value)
    assert resolve_amount(policy.slices.max_loss_of(BINARY), figure) == pytest.approx(value)


@pytest.mark.parametrize("text", ["5", "-5 %", "5 percent", "% 5", "", "5 % 5 %", "٥ %x"])
def test_other_text_is_refused(text):
    with pytest.raises(ValueError, match="neither a number nor a percentage"):
        PromotePolicy(min_gain=text)
    with pytest.raises(ValueError, match="neither a number nor a percentage"):
        resolve_amount(text, 1)


@pytest.mark.parametrize("value", [-0.1, True, float("nan"), float("inf"), [1], None])
def test_other_value_is_refused(value):
    with pytest.raises(ValueError, match="no number of 0 or more"):
        PromotePolicy(min_gain=value)


@pytest.mark.parametrize("amount", [0, "0 %", 0.0])
def test_bound_of_0_is_refused_where_it_has_to_be_positive(amount):
    with pytest.raises(ValueError, match="it is not above 0"):
        DriftPolicy(max_metric_drop=amount)


def test_amount_that_is_optional_may_be_left_out():
    assert DriftPolicy(max_metric_drop=None).max_metric_drop is None
    assert PromotePolicy(slices={"max_loss": None}).slices.max_loss is None
