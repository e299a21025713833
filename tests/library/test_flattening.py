"""Nested params and metrics as one mapping of dotted keys."""

from __future__ import annotations

from trimtab.flattening import flatten


def test_flatten_of_nested_mappings_yields_dotted_keys():
    nested = {"train": {"depth": 5, "layers": [64, {"size": 32}], "until": None}, "empty": {}, 3: {"x": 1}}

    assert dict(flatten(nested)) == {
        "train.depth": 5,
        "train.layers": [64, {"size": 32}],
        "train.until": None,
        "3.x": 1,
    }


def test_flatten_with_a_prefix_puts_it_before_every_key():
    assert dict(flatten({"rmse": 1.5, "by": {"month": 2}}, "metrics")) == {
        "metrics.rmse": 1.5,
        "metrics.by.month": 2,
    }


def test_flatten_of_a_value_that_is_no_mapping_yields_it_under_the_prefix():
    assert list(flatten([1, 2], "metrics")) == [("metrics", [1, 2])]


def test_flatten_leaves_out_keys_that_a_dotted_key_cannot_name_if_asked_to():
    nested = {"a.b": 1, 3: 2, "c": {"d.e": 3, "f": 4}}

    assert dict(flatten(nested, only_addressable=True)) == {"c.f": 4}
    assert dict(flatten(nested)) == {"a.b": 1, "3": 2, "c.d.e": 3, "c.f": 4}
