"""The content of verdict.json, for programs."""

from __future__ import annotations

import dataclasses
import json

from trimtab.drift import DriftPolicy, decide, measure
from trimtab.drift.report.verdict_json import verdict_to_dict

KEYS = {"schema", "window", "champion", "decision", "sentence", "rules", "rows", "predictions", "joint"}


def content_of(measurement):
    verdict = decide(measurement, DriftPolicy(min_rows=1000))
    return json.loads(json.dumps(verdict_to_dict(verdict, window="2013-06", champion="flights v1")))


def test_verdict_as_dict_is_json_with_the_documented_keys(same_world):
    content = content_of(same_world)

    assert {*content} == KEYS | {"features", "history"}
    assert (content["window"], content["champion"], content["decision"]) == ("2013-06", "flights v1", "none")
    assert content["rows"] == {"reference": 2000, "window": 2000}


def test_verdict_as_dict_has_the_change_beside_each_compared_value(same_world):
    auc = content_of(same_world)["predictions"]["performance"]["roc_auc"]

    assert {*auc} == {"reference", "window", "error", "change"}
    assert auc["change"] == same_world.predictions.performance["roc_auc"].change


def test_verdict_as_dict_has_null_for_what_is_unknown(draw, reference, same_world):
    features, scores, _ = draw(seed=2)
    unlabelled = content_of(measure(reference, features, scores))

    assert unlabelled["predictions"]["performance"]["roc_auc"]["change"] is None
    assert content_of(dataclasses.replace(same_world, predictions=None))["predictions"] is None


def test_verdict_as_dict_names_problem_metric_and_unit(numbers, draw_numbers):
    predictions = content_of(measure(numbers, *draw_numbers(seed=2)))["predictions"]

    assert (predictions["problem"], predictions["metric"], predictions["unit"]) == (
        "regression",
        "mae",
        "EUR",
    )
    assert {*predictions} == {"problem", "metric", "unit", "performance", "estimate", "columns", "slices"}
    assert predictions["columns"][0]["calibrated"] == "mean of label minus prediction"
