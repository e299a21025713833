"""The profile of predictions of each problem type."""

from __future__ import annotations

import numpy as np
import pytest

from trimtab.drift.profile.prediction_profile import MANY_COLUMNS, column_counts, profile_columns
from trimtab.drift.statistics import ScoredRows
from trimtab.learning import PROBLEM_TYPES


def test_columns_of_several_classes_count_the_labels_of_their_class(classes, draw_classes):
    _, predictions, labels = draw_classes(seed=1)
    for place, (name, column) in enumerate(classes.predictions.columns.items()):
        own = labels == name.removeprefix("probability_")
        assert sum(column.sums) == own.sum()
        assert column.mean == pytest.approx(own.mean(), abs=1e-6)
        assert column.predicted.rows == column.histogram.rows == len(predictions[:, place])


def test_column_of_numbers_has_mean_and_spread_of_label_minus_prediction_by_bin(numbers, draw_numbers):
    _, predictions, labels = draw_numbers(seed=1)
    (column,) = numbers.predictions.columns.values()
    bins = column.predicted.bin_indices_of_floats(predictions)
    residuals = labels - predictions
    assert column.bin_means[3] == pytest.approx(residuals[bins == 3].mean(), rel=1e-4)
    spread = column.squares[3] / column.predicted.counts[3] - column.bin_means[3] ** 2
    assert spread == pytest.approx(residuals[bins == 3].var(), rel=1e-4)
    assert column.deviation == pytest.approx(residuals.std(), rel=1e-5)


def test_known_columns_give_their_bins(draw_numbers):
    regression = PROBLEM_TYPES["regression"]
    first, second = (
        ScoredRows.read(regression, *draw_numbers(seed=seed, shift=seed)[1:], rows=2000) for seed in (0, 1)
    )
    known = profile_columns(first)
    (column,) = profile_columns(second, known).values()
    assert column.predicted.edges == known["prediction"].predicted.edges
    assert column.histogram.edges == known["prediction"].histogram.edges


def test_many_columns_have_fewer_bins_each():
    number = MANY_COLUMNS + 1
    problem = PROBLEM_TYPES["multiclass"].with_classes(range(number))
    shares = np.random.default_rng(0).dirichlet([1.0] * number, 500)
    scored = ScoredRows.read(problem, shares, np.arange(500) % number, rows=500)
    assert {len(column.predicted.counts) for column in profile_columns(scored).values()} == {10}


def test_counts_of_predictions_are_named_apart_from_those_of_features(numbers):
    profile = numbers.predictions
    counts = column_counts({"prediction": [5, 5]}, profile.bin_indices(np.array([0.0, 9e9])), profile.columns)
    assert set(counts) == {"prediction", "(prediction)"}
    assert counts["(prediction)"].sum() == 2


def test_profile_of_quantiles_knows_their_levels_and_columns_of_others_are_refused(quantiles):
    profile = quantiles.predictions
    assert profile.problem_type.levels == (0.1, 0.5, 0.9)
    assert type(profile).model_validate(profile.model_dump()) == profile
    odd = {**profile.model_dump(), "columns": {"prediction": profile.columns["quantile_0.5"].model_dump()}}
    with pytest.raises(ValueError, match="'prediction' of a quantile is not named quantile_<level>"):
        type(profile).model_validate(odd)


def test_expectation_has_errors_for_numbers_only(numbers, classes, draw_numbers, draw_classes):
    counts = {name: profile.bin_counts() for name, profile in numbers.features.items()}
    of_numbers = numbers.predictions.expectation(draw_numbers(seed=1)[1], counts)
    assert set(of_numbers.errors) == {"absolute", "squared", "size"}
    assert classes.predictions.expectation(draw_classes(seed=1)[1], {}).errors == {}
