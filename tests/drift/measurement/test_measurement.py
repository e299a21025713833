import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import log_loss

from trimtab.drift import build_reference, measure
from trimtab.errors import DriftError


def feature(measurement, name):
    return next(feature for feature in measurement.features if feature.name == name)


def test_the_reference_window_itself_has_not_moved(draw, reference):
    measurement = measure(reference, *draw(seed=1))

    assert {f.psi for f in measurement.features} == {0.0}
    assert measurement.predictions.psi == 0
    assert {figure.change for figure in measurement.predictions.performance.values()} == {0.0}


def test_another_window_of_the_same_world_has_hardly_moved(same_world):
    assert all(f.psi < 0.02 for f in same_world.features)
    assert same_world.predictions.psi < 0.02
    assert abs(same_world.predictions.performance["roc_auc"].change) < 0.03


def test_what_moved_most_stands_first(draw, reference):
    measurement = measure(reference, *draw(seed=2, shift=1.0))

    assert measurement.features[0].name == "temp"
    assert measurement.features[0].psi > 0.5
    assert feature(measurement, "carrier").psi < 0.02
    assert measurement.predictions.psi > 0.2


def test_performance_is_measured_and_compared(draw, reference):
    features, scores, labels = draw(seed=2, skill=0.2)

    measurement = measure(reference, features, scores, labels)

    figure = measurement.predictions.performance["log_loss"]
    assert figure.reference == reference.predictions.performance.log_loss
    assert figure.window == pytest.approx(log_loss(labels, scores), abs=1e-6)
    assert measurement.predictions.performance["roc_auc"].change < -0.1


def test_the_order_of_rows_and_their_index_change_nothing(draw, reference, same_world):
    features, scores, labels = draw(seed=2)
    order = np.random.default_rng(0).permutation(len(features))

    shuffled = measure(reference, features.iloc[order], scores[order], pd.Series(labels).iloc[order])

    assert shuffled.features == same_world.features
    assert shuffled.predictions == same_world.predictions


def test_columns_the_reference_does_not_know_are_ignored(draw, reference, same_world):
    features, scores, labels = draw(seed=2)
    again = measure(reference, features.assign(tail="N1"), scores, labels)
    assert (again.features, again.joint) == (same_world.features, same_world.joint)


def test_without_labels_performance_is_unknown(draw, reference):
    features, scores, _ = draw(seed=2)

    measurement = measure(reference, features, scores)

    assert (measurement.predictions.labelled, measurement.predictions.performance_known) == (False, False)
    assert measurement.predictions.base_rate.window is None
    assert {figure.change for figure in measurement.predictions.performance.values()} == {None}


def test_with_one_class_only_performance_is_unknown(draw, reference):
    features, scores, _ = draw(seed=2)

    measurement = measure(reference, features, scores, np.ones(len(features)))

    assert (measurement.predictions.labelled, measurement.predictions.performance_known) == (True, False)
    assert measurement.predictions.base_rate.window == 1


def test_unseen_categories_are_counted(draw, reference):
    features, scores, labels = draw(seed=2)
    features.loc[:99, "carrier"] = "XX"

    moved = feature(measure(reference, features, scores, labels), "carrier")

    assert moved.unseen.window == 100 / 2000
    assert moved.unseen.reference == 0
    assert moved.psi > 0.1


@pytest.mark.parametrize("column", ["carrier", "precip", "temp"])
def test_a_column_that_went_null_moved_most(draw, reference, column):
    features, scores, labels = draw(seed=2)
    features[column] = None

    measurement = measure(reference, features, scores, labels)

    assert measurement.features[0].name == column
    assert measurement.features[0].missing.window == 1
    assert np.isfinite(measurement.features[0].psi)


def test_a_constant_that_stays_has_not_moved_and_one_that_changes_has(draw):
    features, scores, labels = draw(seed=1)
    reference = build_reference(features.assign(year=2013), scores, labels)

    stays = measure(reference, features.assign(year=2013), scores, labels)
    falls = measure(reference, features.assign(year=2012), scores, labels)

    assert feature(stays, "year").psi == 0
    assert falls.features[0].name == "year"
    assert falls.features[0].psi > 1


def test_a_column_null_in_the_reference_can_come_alive(draw):
    features, scores, labels = draw(seed=1)
    reference = build_reference(features.assign(gust=np.nan), scores, labels)

    moved = measure(reference, features.assign(gust=3.0), scores, labels).features[0]

    assert (moved.name, moved.missing.change) == ("gust", -1)


def test_constant_scores_can_be_measured(draw):
    features, _, labels = draw(seed=1)
    flat = np.full(len(features), 0.3)

    measurement = measure(build_reference(features, flat, labels), features, flat, labels)

    assert measurement.predictions.psi == 0
    assert measurement.predictions.performance["roc_auc"].window == 0.5


def test_one_row_can_be_measured(draw, reference):
    features, scores, labels = draw(seed=2, rows=1)
    assert measure(reference, features, scores, labels).rows == 1


def test_missing_features_are_refused_by_name(draw, reference):
    features, scores, labels = draw(seed=2)
    with pytest.raises(DriftError, match=r"2 column\(s\) are not in the table: precip, temp"):
        measure(reference, features[["carrier"]], scores, labels)


def test_no_rows_are_refused(draw, reference):
    features, scores, labels = draw(seed=2, rows=0)
    with pytest.raises(DriftError, match="The window has no rows"):
        measure(reference, features, scores, labels)


def test_scores_of_another_window_are_refused(draw, reference):
    features, _, _ = draw(seed=2)
    with pytest.raises(DriftError, match=r"Scores of shape \(5,\) do not fit 2000 rows"):
        measure(reference, features, np.full(5, 0.3))
