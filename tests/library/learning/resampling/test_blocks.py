"""Blocks: rows that depend on each other are drawn together, so that intervals are wide enough."""

from __future__ import annotations

import numpy as np
import pytest

from trimtab.learning.resampling import bootstrap
from trimtab.learning.resampling.blocks import (
    Blocks,
    Units,
    block_length,
    describe_blocks,
    select_units,
    to_blocks,
)
from trimtab.learning.resampling.bootstrap import Bootstrap, mean

REPETITIONS, RESAMPLES, CONFIDENCE = 300, 200, 0.95


def groups(number: int, rows: int) -> Units:
    return Units("account", np.repeat(np.arange(number), rows), ordered=False)


def times(number: int, rows: int = 1) -> Units:
    return Units("hour", np.repeat(np.arange(number), rows), ordered=True)


def autocorrelated(random: np.random.Generator, number: int, strength: float) -> np.ndarray:
    """Draw a stationary AR(1) series of unit variance."""
    shocks, found = random.normal(size=number), np.empty(number)
    found[0] = shocks[0]
    for place in range(1, number):
        found[place] = strength * found[place - 1] + (1 - strength**2) ** 0.5 * shocks[place]
    return found


def draw_times(random: np.random.Generator) -> tuple[np.ndarray, Units]:
    return autocorrelated(random, 400, 0.5), times(400)


def draw_groups(random: np.random.Generator) -> tuple[np.ndarray, Units]:
    units = groups(60, 5)
    return random.normal(size=60)[units.of_row] + random.normal(size=300), units


@pytest.mark.parametrize("draw", [draw_times, draw_groups])
def test_interval_of_dependent_rows_covers_the_truth_as_often_as_it_says_if_blocks_are_drawn(draw):
    random, hits = np.random.default_rng(0), np.zeros(2)
    for _ in range(REPETITIONS):
        values, units = draw(random)
        blocks = to_blocks([units], values[:, None])
        for place, chosen in enumerate(((), blocks)):
            found = Bootstrap(RESAMPLES, CONFIDENCE, 0, chosen).estimates([mean(values)], len(values))[0]
            hits[place] += found.low <= 0 <= found.high

    rows, whole = hits / REPETITIONS
    margin = 3 * (CONFIDENCE * (1 - CONFIDENCE) / REPETITIONS) ** 0.5  # of the simulation
    assert rows < CONFIDENCE - 3 * margin, "rows are not independent"
    # Blocks of so few autocorrelated rows miss some of the variance, as the docs show.
    assert CONFIDENCE - margin - 0.03 <= whole <= CONFIDENCE + margin


@pytest.mark.parametrize("strength", [0.3, 0.6, 0.8])
def test_block_length_of_an_autoregression_is_near_the_best_one(strength):
    random, number = np.random.default_rng(1), 4000
    found = [block_length(autocorrelated(random, number, strength)) for _ in range(5)]
    memory = 2 * strength / (1 - strength**2)  # of an AR(1) series, in the formula of Politis and White
    assert np.mean(found) == pytest.approx((1.5 * memory**2 * number) ** (1 / 3), rel=0.3)


def test_block_length_of_independent_values_is_close_to_one():
    random = np.random.default_rng(2)
    assert np.mean([block_length(random.normal(size=1000)) for _ in range(20)]) < 3


@pytest.mark.parametrize("series", [np.ones(50), np.zeros(10), np.full(10, np.nan)])
def test_block_length_of_values_that_do_not_differ_is_one(series):
    assert block_length(series) == 1


def test_block_length_leaves_three_blocks_at_least():
    assert block_length(np.arange(30.0)) <= 10


def test_series_with_the_longest_memory_decides_on_the_length():
    random = np.random.default_rng(3)
    slow, fast = autocorrelated(random, 500, 0.9), random.normal(size=500)
    (both,), (alone,) = (to_blocks([times(500)], np.column_stack(each)) for each in ((fast, slow), (fast,)))
    assert both.length == block_length(slow) > alone.length


def test_rows_of_a_group_and_of_a_time_are_drawn_together():
    for blocks in (Blocks(groups(40, 5), 1), Blocks(times(40, 5), 3)):
        weights = weights_of(blocks)
        by_unit = weights.reshape(RESAMPLES, 40, 5)
        assert (by_unit == by_unit[:, :, :1]).all()
        assert (by_unit[:, :, 0].sum(axis=1) == 40).all(), "as many units as there are"
        np.testing.assert_allclose(by_unit[:, :, 0].mean(axis=0), 1, atol=0.35)


def test_stretch_of_times_is_drawn_as_a_whole_and_goes_on_at_the_begin():
    weights = weights_of(Blocks(times(60), 20))
    steps = np.count_nonzero(np.diff(np.c_[weights, weights[:, :1]]), axis=1)
    assert steps.max() <= 6, "three stretches have six ends"
    assert weights[:, 0].mean() == pytest.approx(1, abs=0.2)


def test_stretches_of_one_time_are_drawn_like_groups():
    np.testing.assert_array_equal(weights_of(Blocks(times(50), 1)), weights_of(Blocks(groups(50, 1), 1)))


def test_resample_of_blocks_has_rows_of_every_stratum():
    strata = np.repeat([0, 0, 0, 0, 0, 0, 0, 1, 1, 2], 5)  # of ten groups; one alone has the last class
    blocks = Blocks(groups(10, 5), 1)
    sizes = [lambda weights, each=each: weights[:, strata == each].sum(axis=1) for each in range(3)]
    free = Bootstrap(RESAMPLES, CONFIDENCE, 0, (blocks,)).sample(sizes, 50)
    kept = Bootstrap(RESAMPLES, CONFIDENCE, 0, (blocks,)).sample(sizes, 50, strata=strata)
    assert min(each.draws.min() for each in free) == 0
    assert min(each.draws.min() for each in kept) > 0


def test_same_seed_draws_the_same_blocks_however_many_fit_in_memory(monkeypatch):
    values, units = draw_groups(np.random.default_rng(4))
    strata = values > 1

    def draws(seed: int, stream: int = 0) -> np.ndarray:
        drawn = Bootstrap(RESAMPLES, CONFIDENCE, seed, (Blocks(units, 1),))
        (found,) = drawn.sample([mean(values)], len(values), stream=stream, strata=strata)
        return found.draws

    whole = draws(0)
    monkeypatch.setattr(bootstrap, "CELLS_AT_ONCE", 7 * len(values))
    np.testing.assert_allclose(draws(0), whole, atol=1e-12)  # the order of summation differs
    assert (draws(1) != whole).any()
    assert (draws(0, stream=1) != whole).any()


def test_groups_and_times_together_widen_an_interval_more_than_either():
    random, units = np.random.default_rng(5), (groups(30, 20), times(20))
    by_time = Units("hour", np.tile(units[1].of_row, 30), ordered=True)
    of_group, of_time = random.normal(size=30)[units[0].of_row], random.normal(size=20)[by_time.of_row]
    values = of_group + of_time + random.normal(size=600)

    def width(*blocks: Blocks) -> float:
        (found,) = Bootstrap(RESAMPLES, CONFIDENCE, 0, blocks).estimates([mean(values)], 600)
        return found.high - found.low

    one, other = Blocks(units[0], 1), Blocks(by_time, 2)
    assert width(one, other) > max(width(one), width(other)) > width()


def test_jackknife_leaves_out_whole_groups():
    values, units = draw_groups(np.random.default_rng(6))
    of_groups = values.reshape(60, 5).mean(axis=1)
    error = bootstrap.jackknife_error(mean(values), len(values), [Blocks(units, 1)])
    assert error == pytest.approx(of_groups.std(ddof=1) / 60**0.5)


def test_jackknife_of_groups_and_times_adds_their_variances():
    values, units = draw_groups(np.random.default_rng(7))
    blocks = [Blocks(units, 1), Blocks(times(300), 4)]
    each = [bootstrap.jackknife_error(mean(values), 300, [one]) for one in blocks]
    assert bootstrap.jackknife_error(mean(values), 300, blocks) == pytest.approx(np.hypot(*each))


def test_cells_are_drawn_in_blocks_as_their_rows_are():
    cell = np.random.default_rng(8).integers(0, 4, 200)
    drawn = Bootstrap(RESAMPLES, CONFIDENCE, 0, (Blocks(groups(40, 5), 1),))
    sizes = [lambda weights, each=each: weights[:, cell == each].sum(axis=1) for each in range(4)]
    expected = np.column_stack([each.draws for each in drawn.sample(sizes, 200)])
    np.testing.assert_array_equal(drawn.cells(cell), expected)


def test_units_of_some_rows_are_numbered_anew():
    (found,) = select_units([groups(4, 2)], np.array([7, 2, 3]))
    assert (found.of_row.tolist(), found.number) == ([1, 0, 0], 2)
    (found,) = select_units([groups(4, 2)], np.arange(8) > 5)
    assert found.of_row.tolist() == [0, 0]


def test_description_names_what_is_drawn():
    blocks = Blocks(groups(40, 5), 1), Blocks(times(1200), 24)
    assert describe_blocks(()) == "the rows"
    assert describe_blocks(blocks[:1]) == "whole groups (40 values of 'account')"
    assert describe_blocks(blocks[1:]) == "stretches of 24 time(s) (1,200 values of 'hour')"
    assert describe_blocks(blocks).startswith("whole groups (40 values of 'account') and stretches of 24")


def weights_of(blocks: Blocks) -> np.ndarray:
    """Return the row weights of the resamples."""
    rows, seen = len(blocks.units.of_row), []

    def keep(weights: np.ndarray) -> np.ndarray:
        seen.append(weights)
        return weights[:, 0]

    Bootstrap(RESAMPLES, CONFIDENCE, 0, (blocks,)).sample([keep], rows)
    return np.vstack(seen[1:])
