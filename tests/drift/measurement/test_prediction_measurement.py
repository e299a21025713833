"""The drift of predictions, and the performance of the model."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import log_loss

from trimtab.drift import build_reference, measure


def test_performance_is_compared_with_the_reference(draw, reference):
    features, scores, labels = draw(seed=2, skill=0.2)

    measurement = measure(reference, features, scores, labels)

    figure = measurement.predictions.performance["log_loss"]
    assert figure.reference == reference.predictions.performance.log_loss
    assert figure.window == pytest.approx(log_loss(labels, scores), abs=1e-6)
    assert measurement.predictions.performance["roc_auc"].change < -0.1


def test_performance_is_unknown_without_labels(draw, reference):
    features, scores, _ = draw(seed=2)

    measurement = measure(reference, features, scores)

    assert (measurement.predictions.labelled, measurement.predictions.performance_known) == (False, False)
    assert measurement.predictions.base_rate.window is None
    assert {figure.change for figure in measurement.predictions.performance.values()} == {None}


def test_performance_is_unknown_with_one_class_only(draw, reference):
    features, scores, _ = draw(seed=2)

    measurement = measure(reference, features, scores, np.ones(len(features)))

    assert (measurement.predictions.labelled, measurement.predictions.performance_known) == (True, False)
    assert measurement.predictions.base_rate.window == 1


def test_constant_scores_are_measured(draw):
    features, _, labels = draw(seed=1)
    flat = np.full(len(features), 0.3)

    measurement = measure(build_reference(features, flat, labels), features, flat, labels)

    assert measurement.predictions.psi == 0
    assert measurement.predictions.performance["roc_auc"].window == 0.5


def test_estimated_roc_auc_of_the_reference_window_is_that_of_the_reference(draw, reference):
    features, scores, _ = draw(seed=1)

    estimated = measure(reference, features, scores).predictions.estimated_auc

    assert estimated.change == 0


def test_slices_are_sorted_by_their_change_and_absent_without_labels(draw, reference):
    features, scores, labels = draw(seed=2, skill=0.2)

    slices = measure(reference, features, scores, labels).predictions.slices
    changes = [part.roc_auc.change for part in slices]

    assert {part.feature for part in slices} == {"carrier"}
    assert changes == sorted(changes)
    assert measure(reference, features, scores).predictions.slices == ()
