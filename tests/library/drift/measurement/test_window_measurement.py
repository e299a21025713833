import numpy as np
import pandas as pd
import pytest

from trimtab.drift import build_reference, measure
from trimtab.errors import DriftError


def feature(measurement, name):
    return next(feature for feature in measurement.features if feature.name == name)


def test_reference_window_has_no_drift(draw, reference):
    measurement = measure(reference, *draw(seed=1))

    assert {f.psi for f in measurement.features} == {0.0}
    assert measurement.predictions.psi == 0
    assert {figure.change for figure in measurement.predictions.performance.values()} == {0.0}


def test_window_of_the_same_distribution_has_little_drift(same_world):
    assert all(f.psi < 0.02 for f in same_world.features)
    assert same_world.predictions.psi < 0.02
    assert abs(same_world.predictions.performance["roc_auc"].change) < 0.03


def test_feature_with_the_largest_psi_is_first(draw, reference):
    measurement = measure(reference, *draw(seed=2, shift=1.0))

    assert measurement.features[0].name == "temp"
    assert measurement.features[0].psi > 0.5
    assert feature(measurement, "carrier").psi < 0.02
    assert measurement.predictions.psi > 0.2


def test_measurement_does_not_depend_on_row_order_and_index(draw, reference, same_world):
    features, scores, labels = draw(seed=2)
    order = np.random.default_rng(0).permutation(len(features))

    shuffled = measure(reference, features.iloc[order], scores[order], pd.Series(labels).iloc[order])

    assert shuffled.features == same_world.features
    assert shuffled.predictions == same_world.predictions


def test_columns_unknown_to_the_reference_are_ignored(draw, reference, same_world):
    features, scores, labels = draw(seed=2)
    again = measure(reference, features.assign(tail="N1"), scores, labels)
    assert (again.features, again.joint) == (same_world.features, same_world.joint)


def test_unseen_categories_are_counted(draw, reference):
    features, scores, labels = draw(seed=2)
    features.loc[:99, "carrier"] = "XX"

    moved = feature(measure(reference, features, scores, labels), "carrier")

    assert moved.unseen.window == 100 / 2000
    assert moved.unseen.reference == 0
    assert moved.psi > 0.1


@pytest.mark.parametrize("column", ["carrier", "precip", "temp"])
def test_column_that_becomes_null_has_the_largest_drift(draw, reference, column):
    features, scores, labels = draw(seed=2)
    features[column] = None

    measurement = measure(reference, features, scores, labels)

    assert measurement.features[0].name == column
    assert measurement.features[0].missing.window == 1
    assert np.isfinite(measurement.features[0].psi)


def test_constant_column_drifts_only_if_its_value_changes(draw):
    features, scores, labels = draw(seed=1)
    reference = build_reference(features.assign(year=2013), scores, labels)

    stays = measure(reference, features.assign(year=2013), scores, labels)
    falls = measure(reference, features.assign(year=2012), scores, labels)

    assert feature(stays, "year").psi == 0
    assert falls.features[0].name == "year"
    assert falls.features[0].psi > 1


def test_null_column_of_the_reference_drifts_when_it_has_values(draw):
    features, scores, labels = draw(seed=1)
    reference = build_reference(features.assign(gust=np.nan), scores, labels)

    moved = measure(reference, features.assign(gust=3.0), scores, labels).features[0]

    assert (moved.name, moved.missing.change) == ("gust", -1)


def test_window_with_one_row_is_measured(draw, reference):
    features, scores, labels = draw(seed=2, rows=1)
    assert measure(reference, features, scores, labels).rows == 1


def test_missing_features_are_refused_by_name(draw, reference):
    features, scores, labels = draw(seed=2)
    with pytest.raises(DriftError, match=r"The table has no such column\(s\): precip, temp"):
        measure(reference, features[["carrier"]], scores, labels)


def test_window_without_rows_is_refused(draw, reference):
    features, scores, labels = draw(seed=2, rows=0)
    with pytest.raises(DriftError, match="The window has no rows"):
        measure(reference, features, scores, labels)


def test_predictions_of_another_length_are_refused(draw, reference):
    features, _, _ = draw(seed=2)
    with pytest.raises(DriftError, match=r"The shape of the predictions does not fit 2000 rows: \(5,\)"):
        measure(reference, features, np.full(5, 0.3))


def test_metric_that_the_problem_type_does_not_have_is_refused_with_the_list(draw_numbers, numbers):
    with pytest.raises(DriftError, match=r"'roc_auc' is invalid: [\s\S]*mae, rmse, mape, wape, medae, r2"):
        measure(numbers, *draw_numbers(seed=2), metric="roc_auc")


def test_metric_without_a_figure_in_the_reference_is_refused(draw, reference):
    figures = {"roc_auc": reference.predictions.figures["roc_auc"]}
    fewer = reference.model_copy(
        update={"predictions": reference.predictions.model_copy(update={"figures": figures})}
    )
    with pytest.raises(DriftError, match="no figure of the metric 'brier'"):
        measure(fewer, *draw(seed=2), metric="brier")


@pytest.mark.parametrize("name", ["numbers", "classes", "quantiles"])
def test_reference_window_of_any_problem_type_has_no_drift(request, name):
    reference, draw = request.getfixturevalue(name), request.getfixturevalue(f"draw_{name}")
    measured = measure(reference, *draw(seed=1)).predictions

    assert {column.psi for column in measured.columns} == {0.0}
    assert max(abs(column.gap) for column in measured.columns) < 1e-4
    assert {figure.change for figure in measured.performance.values()} == {0.0}
    assert measured.estimate.change == pytest.approx(0, abs=1e-5)


def test_features_of_another_reference_leave_the_error_model_its_own_bins(numbers, draw_numbers):
    features, predictions, _ = draw_numbers(seed=2, shift=1.0)
    season = build_reference(*draw_numbers(seed=3, shift=1.0), problem_type="regression")
    alone, beside = (
        measure(numbers, features, predictions, feature_reference=other) for other in (None, season)
    )
    assert beside.features != alone.features
    assert beside.predictions.estimate == alone.predictions.estimate
