"""Attributions of a window are compared with those of the reference."""

from __future__ import annotations

import numpy as np
import pytest

from tests.library.drift.known_models import FEATURES, MODELS, draw_rows
from trimtab.drift import build_reference, measure


@pytest.fixture(scope="module")
def references():
    return {name: model.reference(draw_rows(1)) for name, model in MODELS.items()}


def shifts(reference, model, rows, labels, **options):
    """Return the shift of each feature."""
    measured = measure(
        reference, rows[FEATURES], model.predict(rows), labels, **{"predict": model.predict, **options}
    )
    return {shift.feature: shift for shift in measured.predictions.attributions}


@pytest.mark.parametrize("name", MODELS)
def test_nothing_is_beyond_noise_in_a_window_like_the_reference(references, name):
    model, rows = MODELS[name], draw_rows(2)

    found = shifts(references[name], model, rows, model.labels(rows, 2))

    assert [*found] == ["size", "town", "idle"], "the feature that moves the predictions furthest is first"
    assert not any(shift.movement.beyond_noise or shift.importance.beyond_noise for shift in found.values())
    assert found["size"].movement.noise > 0
    assert (found["idle"].movement.value.change, found["idle"].movement.noise) == (0, 0)


@pytest.mark.parametrize("name", MODELS)
def test_feature_that_varies_more_gets_a_larger_attribution_and_the_others_do_not(references, name):
    model, rows = MODELS[name], draw_rows(2, spread=25.0)

    found = shifts(references[name], model, rows, model.labels(rows, 2))

    assert found["size"].movement.beyond_noise
    assert found["size"].movement.value.change > 0
    assert found["idle"].movement.value.change == 0


@pytest.mark.parametrize("name", MODELS)
def test_concept_drift_of_a_feature_changes_its_importance_and_not_its_attribution(references, name):
    """The labels forget the feature; the model does not know it."""
    model, rows = MODELS[name], draw_rows(2)
    forgotten = model.labels(rows.assign(size=50.0), 2)

    found = shifts(references[name], model, rows, forgotten)

    importance = found["size"].importance
    assert importance.beyond_noise
    assert importance.value.change < 0
    assert not found["size"].movement.beyond_noise


@pytest.mark.parametrize("name", MODELS)
def test_importance_is_unknown_while_labels_are_delayed(references, name):
    rows = draw_rows(2)

    found = shifts(references[name], MODELS[name], rows, None)

    assert found["size"].movement.value.window > 0
    assert found["size"].importance.value.window is None
    assert found["size"].importance.noise is None
    assert not found["size"].importance.beyond_noise


def test_importance_is_measured_in_the_metric_of_the_policy(references):
    model, rows = MODELS["binary"], draw_rows(2)
    labels = model.labels(rows, 2)

    auc, loss = (
        shifts(references["binary"], model, rows, labels, metric=name)["size"].importance.value
        for name in ("roc_auc", "log_loss")
    )

    assert auc.reference != loss.reference
    assert (auc.window > 0, loss.window > 0) == (True, True), "a loss that rises is worse too"


def test_labels_of_a_class_that_the_model_does_not_know_are_measured(references):
    model, rows = MODELS["multiclass"], draw_rows(2)
    labels = model.labels(rows, 2).astype(object)
    labels[::10] = "fox"

    found = shifts(references["multiclass"], model, rows, labels, metric="accuracy")

    assert found["size"].importance.value.window > 0


def test_window_without_model_or_reference_without_attributions_has_none(references):
    model, rows = MODELS["binary"], draw_rows(2)
    labels = model.labels(rows, 2)
    before = build_reference(rows[FEATURES], model.predict(rows), labels)

    assert shifts(references["binary"], model, rows, labels, predict=None) == {}
    assert shifts(before, model, rows, labels) == {}


def test_window_with_too_few_rows_has_no_attributions(references):
    model, rows = MODELS["binary"], draw_rows(2, 30)
    assert shifts(references["binary"], model, rows, model.labels(rows)) == {}


@pytest.mark.slow
def test_noise_covers_the_changes_of_most_windows(references):
    """A window like the reference has any feature beyond noise in 5 % of the cases."""
    model, alarms = MODELS["binary"], []
    for seed in range(40):
        found = shifts(references["binary"], model, draw_rows(1000 + seed), None)
        alarms.append(any(shift.movement.beyond_noise for shift in found.values()))
    assert np.mean(alarms) <= 0.15
