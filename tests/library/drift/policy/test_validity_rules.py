"""Validity rules: enough rows, and labels that differ."""

import dataclasses

import pytest

from trimtab.drift import DriftPolicy, measure
from trimtab.drift.policy.validity_rules import validity_rules


@pytest.mark.parametrize(
    ("rows", "fired", "words"), [(199, True, "199 rows, fewer than"), (200, False, "200 rows, at least")]
)
def test_window_needs_min_rows(same_world, rows, fired, words):
    rule, _ = validity_rules(dataclasses.replace(same_world, rows=rows), DriftPolicy(min_rows=200))
    assert rule.fired is fired
    assert words in rule.sentence


def test_delayed_labels_do_not_fire(draw, reference):
    features, scores, _ = draw(seed=2)
    _, rule = validity_rules(measure(reference, features, scores), DriftPolicy())
    assert (rule.fired, rule.value) == (False, None)
    assert rule.sentence == "the labels are delayed, so performance is unknown."


def test_table_without_predictions_needs_rows_only(same_world):
    rules = validity_rules(dataclasses.replace(same_world, predictions=None), DriftPolicy())
    assert [rule.name for rule in rules] == ["min_rows"]


def test_labels_are_described_for_every_problem_type(
    same_world, numbers, draw_numbers, classes, draw_classes
):
    windows = (
        same_world,
        measure(numbers, *draw_numbers(seed=2)),
        measure(classes, *draw_classes(seed=2)),
    )
    said = [validity_rules(window, DriftPolicy())[1].sentence for window in windows]
    assert said[0].startswith("both classes occur; 3")
    assert said[1] == "the labels differ."
    assert said[2].startswith("3 classes occur; ")
