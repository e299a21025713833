"""Build a reference profile, and refuse a table that has none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from tests.library.drift.known_models import FEATURES, MODELS, draw_rows
from trimtab.drift import build_reference
from trimtab.errors import DriftError


def test_reference_profile_has_rows_performance_and_feature_kinds(draw, reference):
    features, scores, labels = draw(seed=1)

    assert reference.rows == len(features)
    assert reference.predictions.columns["score"].mean == labels.mean()
    auc = reference.predictions.figures["roc_auc"].value
    assert auc == pytest.approx(roc_auc_score(labels, scores), abs=1e-6)
    assert {name: profile.kind for name, profile in reference.features.items()} == {
        "carrier": "category",
        "precip": "numeric",
        "temp": "numeric",
    }


@pytest.mark.parametrize(
    ("scores", "labels", "message"),
    [
        ([0.1, 0.2, 0.3], [0, 0, 0], "The label is 0 in all 3 rows"),
        ([0.1, 0.2, 0.3], [0, 1], r"The shape of the labels does not fit 3 rows: \(2,\)"),
        ([[0.9, 0.1]] * 3, [0, 1, 0], r"The shape of the predictions does not fit 3 rows: \(3, 2\)"),
        ([0.1, 1.2, np.nan], [0, 1, 0], "2 of 3 scores are no probabilities"),
        ([0.1, 0.2, 0.3], [0, 1, np.nan], "The labels are missing in 1 of 3 rows"),
        (
            [0.1, 0.2, 0.3],
            pd.array([True, False, None], dtype="boolean"),
            "The labels are missing in 1 of 3 rows",
        ),
        ([0.1, 0.2, 0.3], ["late", "on time", "late"], "the label is neither 0 nor 1 in 3 of 3 rows"),
    ],
)
def test_invalid_scores_or_labels_are_refused(scores, labels, message):
    with pytest.raises(DriftError, match=message):
        build_reference(pd.DataFrame({"x": [1, 2, 3]}), scores, labels)


@pytest.mark.parametrize(
    ("problem", "classes", "message"),
    [
        ("regresion", (), "no such problem type; did you mean 'regression'"),
        ("regression", ("a", "b"), "regression has no list of classes"),
        ("multiclass", (), "not two or more different ones: none"),
        ("multiclass", ("a", "a"), "not two or more different ones: a, a"),
    ],
)
def test_invalid_problem_type_or_classes_are_refused(problem, classes, message):
    with pytest.raises(DriftError, match=message):
        build_reference(
            pd.DataFrame({"x": [1, 2]}), [0.1, 0.2], [0, 1], problem_type=problem, classes=classes
        )


@pytest.mark.parametrize(
    ("problem", "levels", "message"),
    [
        ("regression", (0.1, 0.9), "regression has no levels of quantiles"),
        ("quantile", (), "the levels of the quantiles are not two or more: none"),
        ("quantile", (0.9, 0.1), "do not ascend between 0 and 1: 0.9, 0.1"),
    ],
)
def test_invalid_levels_are_refused(problem, levels, message):
    with pytest.raises(DriftError, match=message):
        build_reference(
            pd.DataFrame({"x": [1, 2]}), [[0.1, 0.2]] * 2, [0, 1], problem_type=problem, levels=levels
        )


def test_quantiles_that_cross_are_refused(draw_quantiles):
    features, predictions, rents = draw_quantiles(seed=1)
    with pytest.raises(DriftError, match=r"the quantiles of 2,000 of 2,000 rows cross: sort them"):
        build_reference(
            features, predictions[:, ::-1], rents, problem_type="quantile", levels=(0.1, 0.5, 0.9)
        )


def test_labels_of_a_class_without_prediction_are_refused(draw_classes):
    features, predictions, labels = draw_classes(seed=1)
    with pytest.raises(DriftError, match="classes that have no prediction: probability_eel"):
        build_reference(
            features,
            predictions[:, :2] / predictions[:, :2].sum(axis=1, keepdims=True),
            labels,
            problem_type="multiclass",
            classes=("cat", "dog"),
        )


@pytest.mark.parametrize(
    ("name", "metric"), [("numbers", "mae"), ("classes", "log_loss"), ("reference", "roc_auc")]
)
def test_profile_has_all_metrics_with_errors_and_expects_its_own_figure(request, name, metric):
    predictions = request.getfixturevalue(name).predictions
    assert set(predictions.figures) == set(predictions.problem_type.drift_metrics)
    assert all(figure.error is not None for figure in predictions.figures.values())
    figure = predictions.figures[metric]
    assert figure.expected == pytest.approx(figure.value, rel=0.02)


def test_numbers_have_an_error_model_and_probabilities_need_none(numbers, classes, reference):
    assert set(numbers.predictions.errors.effects["absolute"]) == {"rooms", "size", "town", "(prediction)"}
    assert classes.predictions.errors is reference.predictions.errors is None
    assert {name for name, figure in numbers.predictions.figures.items() if figure.expected is None} == {
        "mape",
        "medae",
        "r2",
    }


def test_table_without_rows_is_refused():
    with pytest.raises(DriftError, match="The table has no rows"):
        build_reference(pd.DataFrame({"x": []}), [], [])


def test_importance_below_zero_counts_as_none(draw):
    importance = {"temp": 0.01, "carrier": -0.002}

    assert build_reference(*draw(seed=1), importance=importance).importance == {"carrier": 0.0, "temp": 0.01}


def test_importance_of_an_unknown_feature_is_refused_by_name(draw):
    with pytest.raises(DriftError, match="Importance is given for unknown features: tmep"):
        build_reference(*draw(seed=1), importance={"tmep": 0.01})


def test_periods_of_another_length_are_refused(draw):
    with pytest.raises(DriftError, match=r"The shape of the periods does not fit 2000 rows: \(3,\)"):
        build_reference(*draw(seed=1), periods=[1, 2, 3])


@pytest.mark.parametrize("name", MODELS)
def test_reference_profile_of_a_model_has_the_attribution_of_each_feature_in_every_metric(name):
    attributions = MODELS[name].reference(draw_rows(1)).predictions.attributions

    assert [*attributions] == FEATURES
    assert {*attributions["size"].importance} == {*MODELS[name].problem.drift_metrics}
    assert attributions["size"].movement.value > 0 == attributions["idle"].movement.value


def test_attributions_of_the_reference_have_design_effects_of_its_periods():
    rows = draw_rows(1, 3000)
    profile = MODELS["binary"].reference(rows, periods=np.arange(3000) // 500)
    effects = [each.movement.design_effect for each in profile.predictions.attributions.values()]
    assert any(effect != 1 for effect in effects)


def test_reference_profile_without_a_model_has_no_attributions():
    assert MODELS["binary"].reference(draw_rows(1), predict=None).predictions.attributions == {}


@pytest.mark.parametrize(
    "predict", [lambda rows: np.full(len(rows), 0.5), lambda rows: np.full((len(rows), 2), 0.5)]
)
def test_function_that_does_not_give_the_predictions_of_the_table_is_refused(predict):
    with pytest.raises(DriftError, match="`predict` does not give the predictions"):
        MODELS["binary"].reference(draw_rows(1), predict=predict)
