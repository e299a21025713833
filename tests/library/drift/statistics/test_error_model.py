"""The additive model of errors on bins."""

import numpy as np
import pytest

from trimtab.drift.statistics.error_model import ErrorModel

ROWS = 20_000


@pytest.fixture(scope="module")
def drawn():
    """Bins of two columns, and an error that both make larger."""
    rng = np.random.default_rng(0)
    bins = {"a": rng.choice(3, ROWS, p=[0.5, 0.3, 0.2]), "b": rng.integers(0, 2, ROWS)}
    errors = np.array([1.0, 2.0, 4.0])[bins["a"]] + bins["b"] + rng.exponential(0.1, ROWS)
    counts = {"a": np.bincount(bins["a"], minlength=3), "b": np.bincount(bins["b"], minlength=2)}
    return bins, errors, counts


def fit(bins, errors, counts, **ordered):
    groups = {name: np.arange(len(each)) for name, each in counts.items()}
    ordered = {name: ordered.get(name, 0) for name in counts}
    means = {"absolute": float(errors.mean())}
    return ErrorModel.fit({"absolute": errors}, means, bins, groups, ordered, counts)


def test_expected_error_of_the_reference_is_its_mean(drawn):
    _, errors, counts = drawn
    assert fit(*drawn).expect(counts)["absolute"] == pytest.approx(errors.mean(), rel=1e-5)


def test_expected_error_follows_the_bins_of_the_window(drawn):
    expected = fit(*drawn).expect({"a": np.array([0, 0, 100]), "b": np.array([0, 100])})
    assert expected["absolute"] == pytest.approx(4 + 1 + 0.1, rel=0.02)


def test_bin_without_a_row_in_the_reference_has_the_mean_error(drawn):
    bins, errors, counts = drawn
    more = {**counts, "a": np.append(counts["a"], 0)}
    model = fit(bins, errors, more)
    expected = model.expect({"a": np.array([0, 0, 0, 10]), "b": counts["b"]})
    assert expected["absolute"] == pytest.approx(errors.mean(), rel=0.01)


def test_bins_of_a_group_have_one_effect(drawn):
    bins, errors, counts = drawn
    groups = {"a": np.array([0, 0, 1]), "b": np.arange(2)}
    ordered = {"a": 0, "b": 0}
    model = ErrorModel.fit({"absolute": errors}, {"absolute": 1.0}, bins, groups, ordered, counts)
    first, second, third = model.effects["absolute"]["a"]
    assert first == second < third


def test_effects_of_ordered_bins_are_a_smooth_curve_that_few_rows_at_its_end_do_not_bend():
    rng = np.random.default_rng(0)
    places = np.concatenate([rng.integers(0, 9, 5000), np.full(5, 9)])
    errors = 1.0 * places + rng.normal(0, 3, len(places))
    counts = {"a": np.bincount(places)}

    alone, smooth = (fit({"a": places}, errors, counts, a=number) for number in (0, 10))

    slopes = [np.diff(model.effects["absolute"]["a"]) for model in (alone, smooth)]
    assert abs(slopes[0][-1] - 1) > 0.5
    assert slopes[1] == pytest.approx(1, abs=0.4)


def test_merged_model_of_halves_is_close_to_that_of_all_rows(drawn):
    bins, errors, counts = drawn
    halves = [
        fit(
            {name: each[rows] for name, each in bins.items()},
            errors[rows],
            {name: np.bincount(each[rows], minlength=len(counts[name])) for name, each in bins.items()},
        )
        for rows in (slice(None, ROWS // 2), slice(ROWS // 2, None))
    ]
    merged = halves[0].merge(halves[1], 0.5, counts)
    assert merged.expect(counts)["absolute"] == pytest.approx(errors.mean(), rel=1e-4)
    for name, effects in fit(*drawn).effects["absolute"].items():
        assert merged.effects["absolute"][name] == pytest.approx(effects, abs=0.02)
