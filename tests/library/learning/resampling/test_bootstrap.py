"""Intervals: right as often as they say, the same every time, paired where it matters."""

from __future__ import annotations

from math import erf

import numpy as np
import pytest

from trimtab.learning import BINARY
from trimtab.learning.resampling import bootstrap
from trimtab.learning.resampling.bootstrap import Bootstrap, share, within


def draw(random: np.random.Generator, rows: int, apart: float) -> tuple[np.ndarray, np.ndarray]:
    labels = random.random(rows) < 0.3
    return labels, 1 / (1 + np.exp(-random.normal(apart * labels)))


@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_interval_covers_the_truth_as_often_as_it_says(confidence):
    random, apart, sets = np.random.default_rng(0), 1.0, 200
    truth = (1 + erf(apart / 2)) / 2  # AUC of two normal distributions of unit variance

    hits = 0
    for number in range(sets):
        labels, scores = draw(random, 300, apart)
        (found,) = Bootstrap(200, confidence, number).estimates(
            [BINARY.statistic(BINARY.metrics["roc_auc"], labels, scores)], 300
        )
        hits += found.low <= truth <= found.high

    margin = 3 * (confidence * (1 - confidence) / sets) ** 0.5 + 0.02  # of the simulation, and of 200 draws
    assert hits / sets == pytest.approx(confidence, abs=margin)


def test_paired_difference_is_surer_than_the_figures_it_is_of():
    labels, scores = draw(np.random.default_rng(1), 1000, 1.0)
    close = np.clip(scores + np.random.default_rng(2).normal(0, 0.02, 1000), 0, 1)
    one, other = Bootstrap(200, 0.95, 0).sample(
        [BINARY.statistic(BINARY.metrics["roc_auc"], labels, values) for values in (scores, close)], 1000
    )

    paired = np.std(one.minus(other).draws)

    assert paired < np.std(one.draws) / 3
    assert one.minus(one).draws.any() == False  # noqa: E712


def test_another_stream_draws_other_rows():
    holds, drawn = np.arange(100) < 30, Bootstrap(200, 0.95, 0)
    (one,), (other,) = (drawn.sample([share(holds)], 100, stream=stream) for stream in (0, 1))

    assert abs(np.corrcoef(one.draws, other.draws)[0, 1]) < 0.3


def test_resample_has_as_many_rows_of_each_stratum_as_there_are():
    kind = np.random.default_rng(5).integers(0, 3, 200)
    sizes = [within(lambda weights: weights.sum(axis=1), np.flatnonzero(kind == each)) for each in range(3)]

    *drawn, first = Bootstrap(50, 0.95, 0).sample([*sizes, lambda weights: weights[:, 0]], 200, strata=kind)

    assert all((each.draws == each.value).all() for each in drawn)
    assert len(np.unique(first.draws)) > 1, "the rows themselves are drawn"


def test_same_seed_gives_the_same_figures_however_many_fit_in_memory(monkeypatch):
    labels, scores = draw(np.random.default_rng(3), 500, 1.0)
    auc = BINARY.statistic(BINARY.metrics["roc_auc"], labels, scores)
    whole = Bootstrap(200, 0.95, 0).estimates([auc], 500)

    monkeypatch.setattr(bootstrap, "CELLS_AT_ONCE", 3 * 500)

    assert Bootstrap(200, 0.95, 0).estimates([auc], 500) == whole
    assert Bootstrap(200, 0.95, 1).estimates([auc], 500) != whole


def test_figure_of_some_rows_is_that_of_a_table_of_them():
    labels, scores = draw(np.random.default_rng(4), 500, 1.0)
    some = np.flatnonzero(np.arange(500) % 3 == 0)
    part = within(BINARY.statistic(BINARY.metrics["brier"], labels[some], scores[some]), some)

    assert part(np.ones((1, 500))) == pytest.approx(np.mean((scores[some] - labels[some]) ** 2))


def test_figure_that_some_resample_does_not_have_has_no_interval():
    one_late = np.arange(50) == 0
    (found,) = Bootstrap(200, 0.95, 0).estimates(
        [BINARY.statistic(BINARY.metrics["roc_auc"], one_late, np.linspace(0, 1, 50))], 50
    )

    assert np.isfinite(found.value)
    assert found.interval is None


def test_cells_are_drawn_as_their_rows_would_be():
    counts = np.array([10, 30, 60])
    drawn = Bootstrap(2000, 0.95, 0).cells(np.repeat(np.arange(3), counts))

    assert (drawn.sum(axis=1) == 100).all()
    np.testing.assert_allclose(drawn.mean(axis=0), counts, rtol=0.05)
    np.testing.assert_allclose(drawn.var(axis=0), counts * (1 - counts / 100), rtol=0.15)


ROW_WEIGHTS = np.random.default_rng(1).gamma(2, 1, 400)


def test_row_weights_are_drawn_with_their_rows():
    values = np.random.default_rng(0).normal(5, 1, 400)
    weighted = Bootstrap(300, 0.95, 0, row_weights=ROW_WEIGHTS)

    (found,) = weighted.sample([bootstrap.mean(values)], 400)

    top, total = Bootstrap(300, 0.95, 0).sample(
        [bootstrap.mean(values * ROW_WEIGHTS), bootstrap.mean(ROW_WEIGHTS)], 400
    )
    assert found.value == pytest.approx(np.average(values, weights=ROW_WEIGHTS))
    np.testing.assert_allclose(found.draws, top.draws / total.draws)


def test_cells_have_the_weights_of_their_rows():
    cell = np.arange(400) % 3
    weighted = Bootstrap(50, 0.95, 0, row_weights=ROW_WEIGHTS)

    drawn = weighted.cells(cell)

    of_rows = weighted.sample([lambda weights: weights[:, cell == 1].sum(axis=1)], 400)[0]
    np.testing.assert_allclose(drawn[:, 1], of_rows.draws)
    np.testing.assert_allclose(drawn.mean(axis=0), np.bincount(cell, weights=ROW_WEIGHTS), rtol=0.05)


def test_wide_interval_of_weighted_rows_leaves_their_outlier_out():
    """The outlier decides on the error, unless it has no weight."""
    values = np.append(np.random.default_rng(0).normal(1, 1, 399), 1e4)

    def width(weight: float) -> float:
        boot = Bootstrap(300, 0.9, 0, row_weights=np.append(np.ones(399), weight))
        (sampled,) = boot.sample([bootstrap.mean(values)], 400)
        low, high = boot.wide_interval(sampled, bootstrap.mean(values), 400)
        return high - low

    assert width(0) < 0.3
    assert width(1) > 30


def test_jackknife_error_of_a_mean_is_its_standard_error():
    values = np.random.default_rng(0).normal(0, 3, 20_000)
    assert bootstrap.jackknife_error(bootstrap.mean(values), len(values)) == pytest.approx(
        3 / len(values) ** 0.5, rel=0.2
    )
    assert bootstrap.jackknife_error(bootstrap.mean(values[:50]), 50) == pytest.approx(
        values[:50].std(ddof=1) / 50**0.5
    )


def test_wide_interval_holds_the_percentile_interval_and_depends_on_a_single_outlier():
    values = np.append(np.random.default_rng(0).normal(1, 1, 399), 1e4)
    root = bootstrap.mean(values**2)
    boot = Bootstrap(500, 0.9, 0)

    def rms(weights):
        return np.sqrt(root(weights))

    (sampled,) = boot.sample([rms], 400)
    low, high = boot.interval(sampled)
    wide = boot.wide_interval(sampled, rms, 400)

    assert wide[0] <= low
    assert wide[1] >= high
    assert wide[0] < 0.0 < low, "without the outlier the figure is almost 0"
