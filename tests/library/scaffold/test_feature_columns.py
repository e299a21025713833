"""Each column is a category, a number, or left out for a reason that is said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.library.scaffold.tables import orders
from trimtab.errors import ConfigError
from trimtab.scaffold.feature_columns import describe_features
from trimtab.scaffold.label_column import describe_label
from trimtab.scaffold.time_column import describe_time


def described(frame, label="late", time=None):
    at = describe_time(frame, time, [], "month") if time else None
    return describe_features(frame, describe_label(label, frame, None), at)


def left_out(features) -> dict[str, str]:
    return {
        guess.what.removeprefix("left out: "): guess.value
        for guess in features.guesses
        if guess.what.startswith("left out")
    }


def test_columns_of_orders_are_categories_numbers_or_left_out():
    features = described(orders(), time="ordered")
    assert features.categories == ("country", "carrier type")
    assert features.numbers == ("distance", "weight")
    assert features.calendar == ("hour", "weekday")
    assert features.keys == ("order_id",)
    assert left_out(features) == {"order_id": "an id", "remark": "text"}


@pytest.mark.parametrize(
    ("column", "why"),
    [
        (np.full(600, 3.0), "is always 3.0"),
        (np.full(600, np.nan), "has no values"),
        (np.where(np.arange(600) % 2, np.inf, 1.0), "has infinite values"),
        (pd.date_range("2020-01-01", periods=600), "a second time"),
        (pd.date_range("2020-01-01", periods=600).astype(str), "a second time"),
        ([[number] for number in range(600)], "holds values of the type list"),
        ([f"u{number}" for number in range(600)], "an id"),
    ],
)
def test_column_that_is_no_feature_is_left_out_with_its_reason(column, why):
    assert left_out(described(orders().assign(more=column)))["more"] == why


@pytest.mark.parametrize(
    "leak",
    [
        lambda table: table["late"].map({"yes": "delayed", "no": "in time"}),
        lambda table: (table["late"] == "yes") * 30.0 + np.linspace(0, 1, len(table)),
    ],
)
def test_column_that_contains_the_label_is_left_out(leak):
    features = described(orders().assign(more=leak))
    assert "leaks the label: alone it has a roc_auc of" in left_out(features)["more"]


def test_number_that_contains_the_label_is_left_out():
    table = orders().assign(pounds=lambda table: table["weight"] * 2.2)
    assert "leaks the label: alone it has a r2" in left_out(described(table, "weight"))["pounds"]


def test_name_of_a_column_that_exists_is_not_taken_by_the_calendar():
    assert described(orders().assign(hour=1.5 * np.arange(600) % 24), time="ordered").calendar == ("weekday",)


def test_table_without_a_feature_is_refused():
    with pytest.raises(ConfigError, match=r"No column is left[\s\S]*remark: text"):
        described(orders()[["late", "remark"]])
