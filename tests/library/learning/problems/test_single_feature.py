"""What one feature alone says about labels, learnt from the other half of the rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import r2_score, roc_auc_score

from trimtab.learning.problems.single_feature import mean_by_value, mean_of_similar_values

RANDOM = np.random.default_rng(0)
LABELS = RANDOM.random(1000) < 0.3
PRICES = RANDOM.lognormal(0, 1.2, 4000)
UNIQUE = pd.Series([f"row {number}" for number in range(4000)])


def test_column_of_unique_values_says_no_more_than_the_mean_of_the_other_half():
    assert len(np.unique(mean_by_value(UNIQUE[:1000], LABELS))) == 2
    assert len(np.unique(mean_of_similar_values(UNIQUE, PRICES))) == 2


def test_mean_of_a_value_is_that_of_the_other_half_and_a_null_is_a_value():
    column = pd.Series(["a", "a", "b", "b", None, None])
    labels = np.array([True, False, True, True, False, False])
    assert mean_by_value(column, labels).tolist() == [0, 1, 1, 1, 0, 0]


def test_means_of_several_targets_are_those_of_each():
    targets = np.eye(3)[RANDOM.integers(0, 3, 1000)]
    column = pd.Series(RANDOM.normal(size=1000))
    found = mean_by_value(column, targets)
    np.testing.assert_array_equal(found[:, 1], mean_by_value(column, targets[:, 1]))
    np.testing.assert_allclose(found.sum(axis=1), 1)


@pytest.mark.parametrize(
    "column",
    [PRICES, np.log(PRICES), -(PRICES**2), PRICES.astype("float32")],
    ids=["itself", "logarithm", "square", "float32"],
)
def test_number_that_contains_a_skewed_label_explains_most_of_it(column):
    assert r2_score(PRICES, mean_of_similar_values(pd.Series(column), PRICES)) > 0.85


@pytest.mark.parametrize("value", [None, np.inf], ids=["null", "infinite"])
def test_null_and_infinite_numbers_are_values(value):
    special = np.arange(4000) % 3 == 0
    column = pd.Series(RANDOM.normal(size=4000)).mask(special, value)
    assert r2_score(special, mean_of_similar_values(column, special.astype(float))) > 0.98


def test_number_that_says_nothing_explains_nothing():
    known = mean_of_similar_values(pd.Series(RANDOM.normal(size=4000)), PRICES)
    assert r2_score(PRICES, known) < 0.02


# Leaks: features that contain the label, in forms that a model can use. The bounds that docs/model-gates.md
# shows catch each: a ROC AUC of 0.8, an R² of 0.8.
ROWS = 2000
ACCOUNTS = RANDOM.permutation(ROWS) // 8  # of eight rows each, whose label is the same


def labels_of(problem: str) -> np.ndarray:
    """Return labels, the same for all rows of an account."""
    drawn = {
        "binary": RANDOM.random(ROWS // 8) < 0.3,
        "multiclass": RANDOM.integers(0, 3, ROWS // 8),
        "regression": RANDOM.normal(20, 5, ROWS // 8),
    }
    return drawn[problem][ACCOUNTS]


def figure_of(problem: str, column: pd.Series, labels: np.ndarray) -> float:
    """Return the figure that the leakage check bounds."""
    if problem == "regression":
        return r2_score(labels, mean_of_similar_values(column, labels))
    if problem == "binary":
        return roc_auc_score(labels, mean_by_value(column, labels))
    found = mean_by_value(column, np.eye(3)[labels])
    return float(np.mean([roc_auc_score(labels == number, found[:, number]) for number in range(3)]))


def two_sided(share: np.ndarray) -> pd.Series:
    return pd.Series((share + 0.1) * RANDOM.choice([-1, 1], ROWS))


def turning(share: np.ndarray) -> pd.Series:
    return pd.Series(RANDOM.integers(0, 10, ROWS) + 0.8 * share + 0.02 * RANDOM.random(ROWS))


def account_number(share: np.ndarray) -> pd.Series:
    return pd.Series(ACCOUNTS)


def account_name(share: np.ndarray) -> pd.Series:
    return pd.Series(ACCOUNTS).map("account {}".format)


def unique_text(share: np.ndarray) -> pd.Series:
    return pd.Series([f"{each:.4f} of row {row}" for row, each in enumerate(share)])


def time(share: np.ndarray) -> pd.Series:
    return pd.Timestamp("2024-01-01") + pd.Series(pd.to_timedelta(90 * share + RANDOM.random(ROWS), "min"))


def category(share: np.ndarray) -> pd.Series:
    return pd.Series(pd.cut(share, 30, labels=False)).map("class {}".format)


def noisy_logarithm(share: np.ndarray) -> pd.Series:
    return pd.Series(-np.log(share + 0.05) + RANDOM.normal(0, 0.1, ROWS))


LEAKS = [two_sided, turning, account_number, account_name, unique_text, time, category, noisy_logarithm]


@pytest.mark.parametrize("problem", ["binary", "multiclass", "regression"])
@pytest.mark.parametrize("leak", LEAKS, ids=lambda leak: leak.__name__)
def test_feature_that_contains_the_label_in_any_form_explains_most_of_it(leak, problem):
    labels = labels_of(problem)
    share = (labels.astype(float) - labels.min()) / np.ptp(labels.astype(float))

    assert figure_of(problem, leak(share), labels) > 0.8


def test_stations_that_report_in_turn_are_in_both_halves():
    """Every other row is of the first station, so that alternate halves would have one station each."""
    station = pd.Series(np.arange(ROWS) % 2).map({0: "north", 1: "south"})

    assert figure_of("binary", station, np.arange(ROWS) % 2 == 0) == 1


@pytest.mark.slow
def test_features_of_200_clean_tables_raise_no_false_alarm():
    """What rows have in common with the label is not in these features."""
    found = []
    for seed in range(200):
        random = np.random.default_rng(seed)
        rows = int(random.choice([100, 300, 1000]))
        columns = {
            "number": pd.Series(random.normal(size=rows)),
            "account": pd.Series(random.integers(0, rows // 4, rows)),
            "name": pd.Series(random.integers(0, rows // 4, rows)).map("account {}".format),
            "time": pd.Timestamp("2024-01-01") + pd.Series(pd.to_timedelta(random.random(rows), "D")),
            "few": pd.Series(random.choice(["a", "b", None], rows)),
        }
        labels = {
            "binary": random.random(rows) < 0.3,
            "multiclass": random.integers(0, 3, rows),
            "regression": random.lognormal(2, 1, rows),
        }
        for problem, label in labels.items():
            found += [
                (figure_of(problem, column, label), problem, name, rows) for name, column in columns.items()
            ]

    assert max(found)[0] < 0.8
