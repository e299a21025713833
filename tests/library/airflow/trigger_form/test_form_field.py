"""One field of the trigger form."""

from __future__ import annotations

import pytest

from trimtab.airflow.request_limits import HIGHEST_INTEGER, LOWEST_INTEGER
from trimtab.airflow.trigger_form.form_field import can_be_shown, params_field
from trimtab.airflow.trigger_form.params_file import Leaf
from trimtab.learning import PROBLEM_TYPES


def test_field_has_its_dotted_key_its_comment_and_the_value_that_an_empty_field_stands_for(fields):
    _, made = fields
    assert made.library["promote"]["promote.slices.max_loss"].schema["title"] == "promote.slices.max_loss"
    depth, rate = made.shown["train.depth"], made.shown["train.rate"]
    assert depth.description.startswith("levels, 1 or more. Empty: the DAG sets {{ ds }}")
    assert rate.description == "Empty: the value in params.yaml, 0.1"


def test_field_of_a_library_section_has_the_bounds_and_choices_of_its_model(fields):
    _, made = fields
    library = made.library["promote"]
    assert library["promote.policy"].schema["enum"] == ["automatic", "approval", "never", None]
    confidence = library["promote.confidence"].schema
    assert (confidence["minimum"], confidence["exclusiveMaximum"]) == (0.5, 1)
    assert made.library["drift"]["drift.needed"].schema["minimum"] == 1


@pytest.mark.parametrize("name", PROBLEM_TYPES)
def test_field_of_a_metric_offers_those_of_the_problem_type_and_that_of_the_file(name):
    problem = PROBLEM_TYPES[name]
    leaf = Leaf("promote.metric", "extensions.cost:cost")
    schema = params_field(leaf, "", None, problem).schema
    assert schema["enum"] == [*problem.comparison_metrics, "extensions.cost:cost", None]


def test_field_of_an_amount_has_the_lower_bound_of_its_numbers():
    assert params_field(Leaf("promote.min_gain", 0.1), "", None).schema["minimum"] == 0
    assert params_field(Leaf("promote.slices.max_loss", 0.1), "", None).schema["minimum"] == 0


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("train.depth", 2**63 - 1, 10**400),
        ("train.depth", -5, "5"),
        ("split.share", 1e308, "x"),
        ("train.names", ["x"] * 1000, ["x"] * 1001),
        ("train.names", [], [{"a": 1}]),
        ("train.names", ["x" * 10_000], ["x" * 10_001]),
    ],
)
def test_airflow_refuses_a_value_out_of_bounds_at_the_trigger(fields, name, good, bad):
    from airflow.sdk.exceptions import ParamValidationError

    field = fields[1].shown[name]
    assert field.resolve(good) == good
    with pytest.raises(ParamValidationError):
        field.resolve(bad)


def test_list_of_mappings_has_no_field(fields):
    assert "train.checks" not in fields[1].shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        *[(value, True) for value in (1, 0.5, "x", True, [1, "x"], [])],
        *[(value, False) for value in (None, {"a": 1}, [{"a": 1}], [[1]])],
    ],
    ids=repr,
)
def test_form_shows_scalars_and_lists_of_scalars_only(value, shown):
    assert can_be_shown(value) is shown


def test_field_of_an_unknown_section_has_the_bounds_that_airflow_can_store():
    field = params_field(Leaf("train.depth", 3, "levels"), "left.", None)
    assert (field.schema["minimum"], field.schema["maximum"]) == (LOWEST_INTEGER, HIGHEST_INTEGER)
    assert (field.schema["title"], field.schema["section"]) == ("left.train.depth", "left.train")
    assert field.value is None


def test_description_of_a_long_value_is_cut():
    assert len(params_field(Leaf("a.b", "word " * 1000, ""), "", None).description) < 200
