"""The rebuilt model beside the registered one."""

from __future__ import annotations

import dataclasses
import json

import skops.io

from tests.library.registry.fixtures import STRONG
from tests.library.registry.rebuild.conftest import rebuild
from tests.library.registry.rows import FEATURES
from trimtab.registry import find_version
from trimtab.registry.loading.scoring_model import ScoringModel
from trimtab.registry.rebuild.rebuilt_model import RebuiltModel


def test_rebuild_of_another_model_differs_in_predictions_and_lists_the_first_stage_first(
    checkout, weak, tmp_path, monkeypatch
):
    skops.io.dump(weak, tmp_path / "weak.skops")
    monkeypatch.setenv("MODEL", str(tmp_path / "weak.skops"))

    shown = rebuild("--json", exits=1)

    found = json.loads(shown)["differences"]
    example, window = found[-2:]
    assert (found[0]["kind"], found[0]["what"]) == ("output", "train: models/flights.skops")
    assert (example["kind"], example["what"]) == ("prediction", "the input example")
    assert (window["recorded"], window["rebuilt"]) == ("300 rows", "300 changed")
    assert window["by"].startswith("at most 0.")


def test_rebuild_shows_both_values_of_a_metric_that_differs(client, checkout):
    run_id = find_version(checkout.name, 1).run_id
    client.log_metric(run_id, "model.roc_auc", 0.9)

    found = json.loads(rebuild("--json", exits=1))

    client.log_metric(run_id, "model.roc_auc", 0.81)
    assert found["differences"] == [
        {"kind": "metric", "what": "model.roc_auc", "recorded": "0.9", "rebuilt": "0.81", "by": "-0.09"}
    ]


def rebuilt(template, contenders, registered, **metrics: float) -> RebuiltModel:
    """Compare the project's model with a registered model; some metrics were registered with other values."""
    version = contenders[STRONG]
    version = dataclasses.replace(version, metrics={**version.metrics, **metrics})
    model = ScoringModel(registered, tuple(FEATURES), str(version))
    return RebuiltModel(template.root, template.graph, version, model, [])


def test_rebuilt_model_with_equal_metrics_and_predictions_has_no_difference(template, contenders, strong):
    found = rebuilt(template, contenders, strong)

    assert found.differences() == []
    assert found.compared[1:] == [
        "predictions on the input example (5 rows)",
        "predictions on the test window (300 rows)",
    ]


def test_rebuilt_model_metric_that_was_undefined_is_a_difference(template, contenders, strong):
    (difference,) = rebuilt(template, contenders, strong, **{"model.roc_auc": float("nan")}).differences()

    assert (difference.kind, difference.what) == ("metric", "model.roc_auc")
    assert (difference.recorded, difference.rebuilt) == ("nan", "0.81")
