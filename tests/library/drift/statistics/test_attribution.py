"""How much predictions depend on a feature."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.library.drift.known_models import FEATURES, MODELS, draw_rows
from trimtab.drift.statistics import attribution, measure_attributions
from trimtab.errors import DriftError


def attributions(model, rows, *, labels="drawn", metrics=None, **options):
    problem = model.problem
    return measure_attributions(
        problem,
        rows,
        model.predict(rows),
        model.labels(rows) if isinstance(labels, str) else labels,
        options.pop("predict", model.predict),
        **{"features": FEATURES, "metrics": problem.drift_metrics if metrics is None else metrics, **options},
    )


@pytest.mark.parametrize("name", MODELS)
def test_attribution_is_zero_only_for_a_feature_that_the_model_does_not_read(name):
    found = attributions(MODELS[name], draw_rows(1))

    assert found["size"].movement.value > found["town"].movement.value > 0
    assert (found["idle"].movement.value, found["idle"].movement.error) == (0, 0)
    assert {*found["size"].importance} == {*MODELS[name].problem.drift_metrics}
    assert {figure.value for figure in found["idle"].importance.values()} == {0}


@pytest.mark.parametrize("name", MODELS)
def test_importance_of_a_feature_that_the_model_reads_is_a_loss_in_its_main_metric(name):
    found, metric = attributions(MODELS[name], draw_rows(1)), MODELS[name].problem.default_metric
    for feature in ("size", "town"):
        figure = found[feature].importance[metric]
        assert figure.value > 3 * figure.error > 0


@pytest.mark.parametrize("name", MODELS)
def test_movement_is_the_mean_over_all_pairs_of_rows(name):
    model, rows = MODELS[name], draw_rows(1, 400)
    whole, total = model.predict(rows), 0.0
    for row in range(0, len(rows), 4):
        changed = rows.assign(size=rows["size"].iloc[row])
        total += float(model.problem.distances(whole, model.predict(changed)).mean())

    figure = attributions(model, rows)["size"].movement

    assert figure.value == pytest.approx(total / 100, abs=4 * figure.error)


def test_standard_errors_are_the_deviation_between_tables():
    model = MODELS["regression"]
    metrics = {"mae": model.problem.metrics["mae"]}
    found = [
        attributions(model, draw_rows(seed, 400), metrics=metrics, features=["size"])["size"]
        for seed in range(80)
    ]
    for figures in ([one.movement for one in found], [one.importance["mae"] for one in found]):
        deviation = np.std([figure.value for figure in figures])
        assert deviation == pytest.approx(np.mean([figure.error for figure in figures]), rel=0.25)


def test_model_gets_columns_of_their_own_types_and_values_that_occur():
    rows, seen = draw_rows(1, 500), []

    def predict(given):
        assert given.dtypes.equals(rows.dtypes)
        seen.append(set(given["town"].dropna()) | set(given["size"].dropna().round(6)))
        return MODELS["binary"].predict(given)

    attributions(MODELS["binary"], rows, predict=predict)

    assert set().union(*seen) <= set(rows["town"].dropna()) | set(rows["size"].dropna().round(6))


def test_rows_without_a_label_count_for_the_movement_only():
    model, rows = MODELS["binary"], draw_rows(1)
    some = pd.Series(model.labels(rows), dtype=object).where(np.arange(len(rows)) % 2 == 0)
    partly, none, all_ = (attributions(model, rows, labels=each) for each in (some, None, "drawn"))

    assert partly["size"].movement == none["size"].movement == all_["size"].movement
    assert none["size"].importance == {}
    assert partly["size"].importance["roc_auc"].error > all_["size"].importance["roc_auc"].error


def test_importance_is_unknown_if_all_labels_are_equal():
    rows = draw_rows(1)
    assert attributions(MODELS["binary"], rows, labels=np.ones(len(rows)))["size"].importance == {}


@pytest.mark.parametrize("rows", [0, 1, 39])
def test_table_with_too_few_rows_has_no_attributions(rows):
    assert attributions(MODELS["regression"], draw_rows(1, rows)) == {}


def test_same_table_gives_the_same_attributions():
    rows = draw_rows(1, 300)
    assert attributions(MODELS["multiclass"], rows) == attributions(MODELS["multiclass"], rows.copy())


def test_number_of_predictions_is_bounded_for_many_features():
    rows, asked = pd.DataFrame(np.zeros((6000, 400)), columns=[f"f{i}" for i in range(400)]), []

    def predict(given):
        asked.append(len(given))
        return np.full(len(given), 0.5)

    found = measure_attributions(
        MODELS["binary"].problem,
        rows,
        predict(rows),
        None,
        predict,
        features=list(rows),
        metrics={},
    )

    assert len(found) == 400
    assert sum(asked[1:]) <= attribution.MOST_PREDICTIONS


def test_design_effect_is_larger_if_the_predictions_depend_on_a_feature_in_some_periods_only():
    """In every other period the probabilities are close to 1, and hardly move."""
    rows, model = draw_rows(1, 4000), MODELS["binary"]
    periods = np.arange(4000) * 8 // 4000
    uneven = rows.assign(size=rows["size"] + np.where(periods % 2, 60, 0))
    metrics = {"log_loss": model.problem.metrics["log_loss"]}

    even, odd = (
        attributions(model, each, metrics=metrics, periods=periods)["town"] for each in (rows, uneven)
    )

    assert even.movement.design_effect < 4 < odd.movement.design_effect
    assert even.importance["log_loss"].design_effect < 4


def test_without_periods_rows_count_as_independent():
    found = attributions(MODELS["binary"], draw_rows(1))
    assert found["size"].movement.design_effect == 1
    assert {figure.design_effect for figure in found["size"].importance.values()} == {1}


def test_invalid_predictions_of_changed_rows_are_refused():
    with pytest.raises(DriftError, match="no probabilities"):
        attributions(MODELS["binary"], draw_rows(1), predict=lambda rows: np.full(len(rows), 2.0))
