"""The drift of predictions, and the performance of the model."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import log_loss

from tests.library.drift.conftest import CLASSES
from trimtab.drift import build_reference, measure
from trimtab.drift.profile.noise import Noise
from trimtab.learning import Units


def test_performance_is_compared_with_the_reference(draw, reference):
    features, scores, labels = draw(seed=2, skill=0.2)

    measurement = measure(reference, features, scores, labels)

    figure = measurement.predictions.performance["log_loss"]
    assert figure.reference == reference.predictions.figures["log_loss"].value
    assert figure.window == pytest.approx(log_loss(labels, scores), abs=1e-6)
    assert measurement.predictions.performance["roc_auc"].change < -0.1


def test_performance_is_unknown_without_labels(draw, reference):
    features, scores, _ = draw(seed=2)

    measurement = measure(reference, features, scores)

    assert (measurement.predictions.labelled, measurement.predictions.performance_known) == (False, False)
    assert measurement.predictions.columns[0].observed.window is None
    assert {figure.change for figure in measurement.predictions.performance.values()} == {None}


def test_performance_is_unknown_with_one_class_only(draw, reference):
    features, scores, _ = draw(seed=2)

    measurement = measure(reference, features, scores, np.ones(len(features)))

    assert (measurement.predictions.labelled, measurement.predictions.performance_known) == (True, False)
    assert measurement.predictions.columns[0].observed.window == 1
    assert measurement.predictions.constant == "is 1 in all 2,000 rows"


def test_constant_scores_are_measured(draw):
    features, _, labels = draw(seed=1)
    flat = np.full(len(features), 0.3)

    measurement = measure(build_reference(features, flat, labels), features, flat, labels)

    assert measurement.predictions.psi == 0
    assert measurement.predictions.performance["roc_auc"].window == 0.5


def test_estimated_roc_auc_of_the_reference_window_is_that_of_the_reference(draw, reference):
    features, scores, _ = draw(seed=1)

    estimated = measure(reference, features, scores).predictions.estimate

    assert estimated.change == 0


def draw_window(seed, centre, rows=20_000):
    """Draw x around a centre, calibrated scores, and labels."""
    rng = np.random.default_rng(seed)
    x = rng.normal(centre, 1, rows)
    scores = 1 / (1 + np.exp(1 - 2 * x * (x > 0)))  # below zero, x has no effect
    return pd.DataFrame({"x": x}), scores, (rng.random(rows) < scores).astype(int)


@pytest.mark.parametrize("metric", ["roc_auc", "average_precision", "log_loss", "brier"])
def test_estimate_shows_the_cost_of_feature_drift_without_labels(metric):
    reference = build_reference(*draw_window(1, centre=0.5))
    features, scores, labels = draw_window(2, centre=-1.0)

    without, truth = (
        measure(reference, features, scores, given, metric=metric).predictions for given in (None, labels)
    )

    assert abs(truth.figure.change) > 3 * truth.figure.error
    assert without.estimate.window == pytest.approx(truth.figure.window, abs=3 * truth.figure.error)
    assert without.columns[0].expected == pytest.approx(labels.mean(), abs=0.01)


@pytest.mark.parametrize("metric", ["mae", "rmse", "wape"])
def test_estimate_of_numbers_shows_the_cost_of_feature_drift_and_no_concept_drift(
    numbers, draw_numbers, metric
):
    features, predictions, labels = draw_numbers(seed=2, rows=10_000, shift=0.8)
    without, truth = (
        measure(numbers, features, predictions, given, metric=metric).predictions for given in (None, labels)
    )
    expected = truth.figure.change
    assert without.estimate.change == pytest.approx(expected, abs=0.35 * abs(expected))

    noisier = measure(numbers, *draw_numbers(seed=2, noise=2.0), metric=metric).predictions
    assert abs(noisier.estimate.change) < 0.03 * noisier.estimate.reference


@pytest.mark.parametrize("metric", ["log_loss", "accuracy", "roc_auc_ovr", "f1_macro", "matthews_corrcoef"])
def test_estimate_of_classes_is_close_to_the_true_figure_after_feature_drift(classes, draw_classes, metric):
    features, predictions, labels = draw_classes(seed=2, rows=10_000, shift=2.0)
    without, truth = (
        measure(classes, features, predictions, given, metric=metric).predictions for given in (None, labels)
    )
    assert without.estimate.change == pytest.approx(truth.figure.change, abs=3 * truth.figure.error)


@pytest.mark.parametrize("metric", ["mape", "medae", "r2"])
def test_metric_that_does_not_follow_from_the_error_model_is_not_estimated(numbers, draw_numbers, metric):
    features, predictions, _ = draw_numbers(seed=2)
    assert measure(numbers, features, predictions, metric=metric).predictions.estimate.window is None


def test_bias_of_numbers_is_the_gap_between_observed_and_expected_residuals(numbers, draw_numbers):
    (column,) = measure(numbers, *draw_numbers(seed=2, bias=5.0)).predictions.columns
    assert column.gap == pytest.approx(5.0, abs=3 * column.observed.error)
    assert column.expected == pytest.approx(0, abs=1.0)


def test_rows_without_a_label_count_for_the_distributions_only(numbers, draw_numbers):
    features, predictions, labels = draw_numbers(seed=2)
    some = np.where(np.arange(2000) < 500, labels, np.nan)
    partly = measure(numbers, features, predictions, some).predictions
    first = measure(numbers, features[:500], predictions[:500], labels[:500]).predictions
    assert partly.labelled
    assert partly.figure == first.figure
    assert partly.columns[0].observed == first.columns[0].observed
    assert partly.columns[0].psi == measure(numbers, features, predictions).predictions.columns[0].psi


def test_class_that_the_model_does_not_know_is_a_column_of_which_nothing_is_expected(classes, draw_classes):
    features, predictions, labels = draw_classes(seed=2)
    labels = np.where(np.arange(2000) % 10 == 0, "fox", labels)

    measured = measure(classes, features, predictions, labels).predictions

    new = measured.columns[-1]
    assert (new.name, new.observed.reference, new.observed.window, new.expected) == (
        "probability_fox",
        0.0,
        0.1,
        0.0,
    )
    assert measured.figure.change > 1, "its log loss is that of a probability of 0"
    assert measured.estimate.window is not None


def test_slices_are_sorted_by_their_change_and_absent_without_labels(draw, reference):
    features, scores, labels = draw(seed=2, skill=0.2)

    slices = measure(reference, features, scores, labels).predictions.slices
    changes = [part.figure.change for part in slices]

    assert {part.feature for part in slices} == {"carrier"}
    assert changes == sorted(changes)
    assert measure(reference, features, scores).predictions.slices == ()


COPIES = 5


@pytest.mark.parametrize("drawn", ["draw", "draw_numbers", "draw_classes"])
def test_errors_of_copied_rows_are_those_of_the_rows_if_their_group_is_declared(drawn, request):
    draw = request.getfixturevalue(drawn)
    problem, classes = {
        "draw": ("binary", ()),
        "draw_numbers": ("regression", ()),
        "draw_classes": ("multiclass", CLASSES),
    }[drawn]
    reference = build_reference(*draw(seed=1), problem_type=problem, classes=classes)
    of_row = np.tile(np.arange(400), COPIES)
    features, predictions, labels = (each[:400] for each in draw(seed=2))
    window = features.iloc[of_row], predictions[of_row], labels[of_row]

    free = measure(reference, *window).predictions
    once = measure(reference, *window, units=[Units("account", of_row, ordered=False)]).predictions

    assert free.dependence is None
    assert once.dependence.drawn == "whole groups (400 values of 'account')"
    assert once.dependence.metric_effect == pytest.approx(COPIES, rel=0.4)
    assert once.figure.error / free.figure.error == pytest.approx(COPIES**0.5, rel=0.25)
    assert once.figure.window == free.figure.window
    for wide, narrow in zip(once.columns, free.columns, strict=True):
        assert wide.observed.error / narrow.observed.error == pytest.approx(COPIES**0.5, rel=0.25)
    assert all(
        wide.figure.error > 1.5 * narrow.figure.error
        for wide in once.slices
        for narrow in free.slices
        if (wide.feature, wide.category) == (narrow.feature, narrow.category)
    )


def test_noise_of_the_reference_counts_if_it_is_larger_than_that_within_the_window(draw, reference):
    noisy = reference.model_copy(update={"noise": Noise(metrics={"roc_auc": 50.0})})
    features, scores, labels = draw(seed=2)
    units = [Units("row", np.arange(len(labels)), ordered=False)]
    free = measure(noisy, features, scores, labels).predictions
    grouped = measure(noisy, features, scores, labels, units=units).predictions
    assert grouped.figure.error == free.figure.error
    assert grouped.dependence.metric_effect < 2


def test_window_without_labels_has_no_dependence(draw, reference):
    features, scores, _ = draw(seed=2)
    assert measure(reference, features, scores).predictions.dependence is None


def test_metric_is_unknown_if_most_resamples_of_blocks_have_no_figure(draw, reference):
    features, scores, labels = draw(seed=2)
    rows = np.arange(len(labels))
    one = (rows == 0).astype(int)  # in one unit of ten, of each column
    places = {"account": rows % 10, "shop": rows // 10 % 10, "town": rows // 200}
    units = [Units(name, place, ordered=False) for name, place in places.items()]
    found = measure(reference, features, scores, one, units=units).predictions
    assert found.dependence.metric_effect is None
    assert (found.performance_known, found.slices) == (False, ())
    assert np.isfinite([column.observed.error for column in found.columns]).all()
