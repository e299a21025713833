"""Quantile regression: estimators and their levels, predictions, and what is refused."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import (
    GradientBoostingRegressor,
    HistGradientBoostingRegressor,
    RandomForestRegressor,
    VotingRegressor,
)
from sklearn.linear_model import LinearRegression, LogisticRegression, QuantileRegressor, Ridge
from sklearn.multioutput import MultiOutputRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from tests.library.quantile_models import LEVELS, fit_quantiles
from trimtab.learning import PROBLEM_TYPES, load_estimator
from trimtab.learning.problems.expectation import Expectation
from trimtab.learning.problems.quantile import Quantile, quantile_levels

UNKNOWN = PROBLEM_TYPES["quantile"]
QUANTILE = Quantile(levels=LEVELS)
RANDOM = np.random.default_rng(0)
ROWS = pd.DataFrame({"a": RANDOM.normal(size=200), "b": RANDOM.normal(size=200)})
LABELS = 10 * ROWS["a"] + RANDOM.normal(size=200)
PREDICTIONS = np.array([[1.0, 2.0, 4.0], [3.0, 5.0, 5.0]])


def of_parts(*parts):
    """Return a model of fitted regressors, one for each column."""
    model = MultiOutputRegressor(LinearRegression())
    model.estimators_ = list(parts)
    return model


class Crossing:
    """A model whose quantiles descend in every row, as those that were fitted one by one may do."""

    quantiles = LEVELS

    def predict(self, rows):
        return np.tile([3.0, 2.0, 1.0], (len(rows), 1))


@pytest.mark.parametrize(
    "part",
    [
        lambda level: QuantileRegressor(quantile=level),
        lambda level: HistGradientBoostingRegressor(loss="quantile", quantile=level),
        lambda level: GradientBoostingRegressor(loss="quantile", alpha=level),
        lambda level: DummyRegressor(strategy="quantile", quantile=level),
        lambda level: make_pipeline(StandardScaler(), QuantileRegressor(quantile=level)),
    ],
    ids=["linear", "histogram trees", "trees", "constant", "pipeline"],
)
def test_levels_are_those_of_the_regressors_of_scikit_learn(part):
    model = of_parts(*map(part, LEVELS))

    assert quantile_levels(model) == quantile_levels(make_pipeline(StandardScaler(), model)) == LEVELS
    assert UNKNOWN.find_unfit(model) == ""
    assert UNKNOWN.with_classes_of([model]).columns == ("quantile_0.05", "quantile_0.5", "quantile_0.95")


@pytest.mark.parametrize(
    ("model", "told"),
    [
        (LinearRegression(), "it does not say which quantiles it predicts"),
        (RandomForestRegressor(2).fit(ROWS, LABELS), "it does not say which quantiles it predicts"),
        (of_parts(Ridge(alpha=0.1), Ridge(alpha=0.9)), "it does not say which quantiles it predicts"),
        (
            of_parts(GradientBoostingRegressor(alpha=0.1), GradientBoostingRegressor(alpha=0.9)),
            "it does not say which quantiles it predicts",
        ),
        (of_parts(QuantileRegressor(quantile=0.5)), "the levels of its quantiles are not two or more: 0.5"),
        (
            of_parts(QuantileRegressor(quantile=0.9), QuantileRegressor(quantile=0.1)),
            "the levels of its quantiles do not ascend between 0 and 1: 0.9, 0.1",
        ),
        (LogisticRegression().fit(ROWS, LABELS > 0), "it is a classifier"),
        (object(), "it has no method predict"),
    ],
)
def test_estimator_that_does_not_predict_quantiles_is_unfit(model, told):
    assert UNKNOWN.find_unfit(model) == told


def test_model_of_other_levels_is_unfit_and_does_not_predict():
    other = fit_quantiles(StandardScaler(), ROWS, LABELS, levels=(0.1, 0.9))
    told = "it predicts the quantiles 0.1, 0.9, not 0.05, 0.5, 0.95"

    assert QUANTILE.find_unfit(other) == told
    assert QUANTILE.with_classes_of([other]) is QUANTILE
    with pytest.raises(ValueError, match=told):
        QUANTILE.predict(other, ROWS)


def test_predictions_are_the_quantiles_of_each_row():
    model = fit_quantiles(StandardScaler(), ROWS, LABELS)

    found = UNKNOWN.with_classes_of([model]).predict(model, ROWS)

    assert found.shape == (200, 3)
    assert (found == np.sort(model.predict(ROWS), axis=1)).all()
    assert QUANTILE.find_invalid(found) == ""


def test_quantiles_that_cross_are_sorted_when_a_model_predicts():
    assert QUANTILE.predict(Crossing(), ROWS).tolist() == [[1.0, 2.0, 3.0]] * 200


def test_predictions_that_cross_are_invalid_if_they_come_from_elsewhere():
    crossed = PREDICTIONS[:, [1, 0, 2]]
    assert QUANTILE.find_invalid(crossed).startswith("the quantiles of 2 of 2 rows cross: sort them")
    assert QUANTILE.find_invalid(PREDICTIONS) == "", "equal quantiles do not cross"


def test_predictions_of_another_shape_or_not_finite_are_invalid():
    mean = VotingRegressor([(str(level), QuantileRegressor(quantile=level)) for level in LEVELS])
    mean.fit(ROWS, LABELS)

    assert UNKNOWN.find_unfit(mean) == ""
    assert QUANTILE.find_invalid(QUANTILE.predict(mean, ROWS)) == (
        "the model predicts one number for a row, not 3 quantiles"
    )
    holes = np.where(PREDICTIONS == 4.0, np.nan, PREDICTIONS)
    assert QUANTILE.find_invalid(holes) == "the quantiles of 1 of 2 rows are not finite"


@pytest.mark.parametrize("levels", [LEVELS, (0.025, 1 / 3, 0.999999999)])
def test_levels_are_read_back_from_the_names_of_columns(levels):
    problem = UNKNOWN.with_levels(levels)

    assert UNKNOWN.with_columns(problem.columns) == problem
    assert problem.levels == levels


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        (["quantile_0.5"], "are not two or more: 0.5"),
        (["quantile_0.9", "quantile_0.1"], "do not ascend between 0 and 1: 0.9, 0.1"),
        (["quantile_0.1", "quantile_0.1"], "do not ascend"),
        (["quantile_0.5", "quantile_95"], "do not ascend between 0 and 1: 0.5, 95.0"),
        (["quantile_0.1", "quantile_nan"], "do not ascend"),
        (["quantile_0.1", "quantile_high"], "column 'quantile_high' of a quantile is not named quantile_<le"),
        (["quantile_0.1", "0.9"], "column '0.9' of a quantile is not named quantile_<level>"),
    ],
)
def test_columns_that_name_no_ascending_levels_are_refused(columns, told):
    with pytest.raises(ValueError, match=re.escape(told)):
        UNKNOWN.with_columns(columns)


def test_levels_of_another_problem_type_are_refused():
    with pytest.raises(ValueError, match="of type regression has no levels of quantiles"):
        PROBLEM_TYPES["regression"].with_levels(LEVELS)
    assert PROBLEM_TYPES["regression"].with_levels(()) is PROBLEM_TYPES["regression"]


def test_differences_of_two_models_are_those_of_the_medians_and_of_the_widths():
    found = QUANTILE.compare_columns(PREDICTIONS, PREDICTIONS + np.array([-1.0, 0.5, 1.0]), 0.5)

    assert found["mean_difference"] == found["mean_absolute_difference"] == pytest.approx(0.5)
    assert found["mean_width_difference"] == pytest.approx(2)
    assert found["correlation"] == pytest.approx(1)
    assert QUANTILE.compared_columns == QUANTILE.columns


def test_prediction_of_a_row_that_a_check_follows_is_the_median():
    assert QUANTILE.of_class(PREDICTIONS, None).tolist() == [2.0, 5.0]


def test_distance_of_two_predictions_is_the_mean_over_their_quantiles():
    moved = PREDICTIONS + np.array([[0, 0, 3], [1, 1, 1]])
    assert QUANTILE.distances(PREDICTIONS, moved).tolist() == [1.0, 1.0]
    assert QUANTILE.unit_of_predictions("EUR") == "EUR"


def test_errors_of_a_row_are_its_pinball_loss_and_how_far_the_label_is_from_the_median():
    errors = QUANTILE.row_errors(np.array([2.0, 7.0]), PREDICTIONS)
    assert errors[:, 1].tolist() == [0.0, 2.0]
    assert errors[0, 0] < errors[1, 0]


def test_example_has_the_quantiles_that_its_labels_are_drawn_from_once_the_levels_are_known():
    labels, predictions = QUANTILE.example(20_000, 0)

    assert (labels[:, None] <= predictions).mean(axis=0) == pytest.approx(LEVELS, abs=0.01)
    assert UNKNOWN.example(10, 0) is None


def test_calibrated_values_say_which_quantiles_the_label_is_not_above():
    values = QUANTILE.calibrated_values(np.array([2.0, 9.0]), PREDICTIONS)

    assert values.tolist() == [[0, 1, 1], [0, 0, 0]]
    assert QUANTILE.calibrated[0] == "share of labels up to the quantile 0.05"
    assert QUANTILE.format_calibrated(0.05, "EUR") == "5.0%"


def test_figures_follow_from_the_expected_errors_and_shares():
    bins, shares = np.zeros((4, 3), dtype=np.intp), [np.array([share]) for share in (0.1, 0.5, 0.85)]
    expected = Expectation(
        np.zeros((4, 3)), bins, shares, {"pinball": 2.0, "absolute": 3.0, "squared": 16.0, "size": 10.0}
    )
    found = {name: QUANTILE.expected_figure(metric, expected) for name, metric in QUANTILE.metrics.items()}

    assert (found["mean_pinball_loss"], found["mae"], found["wape"], found["r2"]) == (2.0, 3.0, 0.3, None)
    assert found["calibration_error"] == pytest.approx((0.05 + 0 + 0.1) / 3)
    bare = Expectation(np.zeros((4, 3)), bins, shares)
    assert QUANTILE.expected_figure(QUANTILE.metrics["mean_pinball_loss"], bare) is None


def test_coverage_and_width_have_no_direction_and_the_width_has_the_unit_of_the_label():
    coverage, width = (QUANTILE.metrics[name] for name in ("interval_coverage", "mean_interval_width"))

    assert coverage.greater_is_better is width.greater_is_better is None
    assert {"interval_coverage", "mean_interval_width"}.isdisjoint(QUANTILE.drift_metrics)
    assert (QUANTILE.unit_of(width, "EUR"), QUANTILE.unit_of(coverage, "EUR")) == ("EUR", "")


def test_docs_show_a_model_of_quantiles_that_is_loaded_without_code_of_the_project(tmp_path, monkeypatch):
    text = (Path(__file__).parents[4] / "docs" / "forking.md").read_text()
    blocks = re.findall(r"^```python\n(.*?)^```$", text, re.M | re.S)
    (shown,) = (block for block in blocks if "MultiOutputRegressor" in block)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "models").mkdir()

    exec(shown.replace("quantile=level)", "quantile=level, max_iter=3)"), {"rows": ROWS, "labels": LABELS})

    file = tmp_path / "models" / "demand.skops"
    trusted = skops.io.get_untrusted_types(file=file)
    assert all(name.startswith("sklearn.") for name in trusted)
    model = load_estimator(file, trusted)
    problem = UNKNOWN.with_classes_of([model])
    assert (problem.find_unfit(model), problem.levels) == ("", LEVELS)
    assert problem.find_invalid(problem.predict(model, ROWS)) == ""
    assert model.feature_names_in_.tolist() == ["a", "b"]
