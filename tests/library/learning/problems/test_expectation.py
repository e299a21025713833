"""Figures that are expected before the labels arrive."""

from __future__ import annotations

import numpy as np
import pytest

from trimtab.learning import BINARY, PROBLEM_TYPES
from trimtab.learning.problems.expectation import Expectation, drawn_figure, expected_auc

ANIMALS = PROBLEM_TYPES["multiclass"].with_classes(["a", "b", "c"])


def test_expected_auc_of_certain_labels_is_the_true_auc():
    # scores 1..4, one row each, positive at 2 and 4: of four pairs three are in order
    assert expected_auc([1, 1, 1, 1], [0, 1, 0, 1]) == 0.75


def test_expected_auc_of_equal_rates_is_one_half():
    assert expected_auc([10, 10, 10], [0.3, 0.3, 0.3]) == pytest.approx(0.5)


def test_expected_auc_of_one_class_is_none():
    assert expected_auc([10, 10], [0, 0]) is None


def test_drawn_log_loss_and_accuracy_are_close_to_their_closed_forms():
    _, shares = ANIMALS.example(3000, 0)
    predictions = 0.8 * shares + 0.2 / 3
    closed = {
        "log_loss": -(shares * np.log(predictions)).sum(axis=1).mean(),
        "accuracy": shares[np.arange(3000), predictions.argmax(axis=1)].mean(),
    }
    for name, value in closed.items():
        found = drawn_figure(ANIMALS, ANIMALS.metrics[name], predictions, shares)
        assert found == pytest.approx(value, rel=0.003), name


@pytest.mark.parametrize("metric", ["roc_auc_ovr", "f1_macro", "balanced_accuracy"])
def test_drawn_figure_is_that_of_labels_that_are_drawn_anew(metric):
    labels, shares = ANIMALS.example(20_000, 1)
    found = drawn_figure(ANIMALS, ANIMALS.metrics[metric], shares, shares)
    assert found == pytest.approx(ANIMALS.figure(ANIMALS.metrics[metric], labels, shares), abs=0.01)


def test_drawn_figure_does_not_depend_on_the_order_of_rows():
    _, shares = ANIMALS.example(500, 0)
    order = np.random.default_rng(0).permutation(500)
    metric = ANIMALS.metrics["f1_macro"]
    assert drawn_figure(ANIMALS, metric, shares, shares) == pytest.approx(
        drawn_figure(ANIMALS, metric, shares[order], shares[order]), abs=1e-12
    )


def test_drawn_figure_of_certain_labels_of_one_class_is_none_if_it_is_undefined():
    scores, certain = np.linspace(0, 1, 20), np.tile([1.0, 0.0], (20, 1))
    assert drawn_figure(BINARY, BINARY.metrics["roc_auc"], scores, certain, dtype=bool) is None


@pytest.mark.parametrize("metric", [*BINARY.drift_metrics])
def test_drawn_figure_of_scores_is_that_of_labels_that_are_drawn_anew(metric):
    labels, scores = BINARY.example(20_000, 1)
    shares = np.column_stack([1 - scores, scores])
    found = drawn_figure(BINARY, BINARY.metrics[metric], scores, shares, dtype=bool)
    assert found == pytest.approx(BINARY.figure(BINARY.metrics[metric], labels, scores), abs=0.01)


def test_calibrated_values_are_the_means_of_the_bins():
    bins = np.array([[0, 1], [1, 0]])
    expected = Expectation(np.zeros((2, 2)), bins, [np.array([0.1, 0.2]), np.array([0.7, 0.8])])
    assert expected.calibrated.tolist() == [[0.1, 0.8], [0.2, 0.7]]
