from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from trimtab.errors import ConfigError, RegistryError
from trimtab.learning import BINARY, Dependence
from trimtab.registry import PromotePolicy
from trimtab.registry.loading.model_loading import load_version
from trimtab.registry.promotion.comparison import compare_versions
from trimtab.registry.promotion.promote_policy import SlicePolicy
from trimtab.registry.promotion.promotion_rules import apply_rules
from trimtab.registry.tracking.seal import write_seal
from trimtab.registry.tracking.server import connection

POLICY = PromotePolicy(resamples=100)
WEAK, STRONG = 1, 2


@pytest.fixture
def meet(aliases, contenders, template):  # without the ledger of another test
    """Compare two versions."""

    def run(new, old, *, test=template.test, label="late", policy=POLICY, **more):
        with connection():
            metric = BINARY.metrics[policy.metric_name(BINARY)]
            (found,) = compare_versions([new], old, policy, test=test, label=label, metric=metric, **more)
            return found

    return run


def test_comparison_scores_both_versions_on_the_same_rows(contenders, meet):
    found = meet(contenders[STRONG], contenders[WEAK])

    assert set(found.pairs) == set(BINARY.comparison_metrics)
    assert found.rows == 300
    assert all(pair.gain > 0 for pair in found.pairs.values())
    assert found.challenger_figures["roc_auc"] == pytest.approx(found.pairs["roc_auc"].challenger)


def test_comparison_ignores_rows_without_a_label(contenders, meet, template, tmp_path):
    table = pd.read_parquet(template.test)
    table["late"] = table["late"].astype("float").mask(table.index < 100)
    table.to_parquet(tmp_path / "partly.parquet")

    assert meet(contenders[WEAK], None, test=tmp_path / "partly.parquet").rows == 200


def test_comparison_refuses_a_window_with_only_one_label(contenders, meet, template, tmp_path):
    one_class = tmp_path / "one_class.parquet"
    pd.read_parquet(template.test).query("late").to_parquet(one_class)

    for test, label in ((one_class, "late"), (template.test, "delayed")):
        with pytest.raises(RegistryError, match="models cannot be compared"):
            meet(contenders[WEAK], None, test=test, label=label)


def test_comparison_has_only_slices_that_are_large_enough(contenders, meet):
    policy = PromotePolicy(resamples=100, slices=SlicePolicy(columns=["carrier", "hour"], min_rows=50))

    found = {part.name: part for part in meet(contenders[STRONG], contenders[WEAK], policy=policy).slices}

    assert found["carrier = UA"].pair.gain > 0
    assert sum(part.rows for name, part in found.items() if name.startswith("carrier")) == 300
    assert found["hour = 5.0"].pair is None


@pytest.mark.parametrize(
    ("column", "message"), [("carier", "did you mean 'carrier'"), ("distance", "300 values")]
)
def test_comparison_refuses_columns_that_make_no_slices(contenders, meet, column, message):
    with pytest.raises(ConfigError, match=message):
        meet(contenders[STRONG], None, policy=PromotePolicy(slices=SlicePolicy(columns=[column])))


def test_comparison_leaves_the_decision_to_a_person_when_the_champion_does_not_load(
    contenders, meet, monkeypatch
):
    def load(version, into, trusted, problem):
        if version.version == WEAK:
            raise RegistryError("The model files of contenders version 1 are broken")
        return load_version(version, into)

    monkeypatch.setattr("trimtab.registry.promotion.comparison.load_version", load)

    found = meet(contenders[STRONG], contenders[WEAK])

    assert "cannot be loaded: The model files" in found.obstacle
    assert apply_rules(found, POLICY, retired=False).verdict == "a person decides"


def test_comparison_leaves_the_decision_to_a_person_when_the_window_lacks_columns_of_the_champion(
    contenders, meet, template, tmp_path, monkeypatch
):
    # given a challenger that reads less, and a window made for it
    def load(version, into, trusted, problem):
        model = load_version(version, into)
        if version.version == STRONG:
            object.__setattr__(model, "predict", lambda rows, problem=None: (rows["hour"] / 24).to_numpy())
        return model

    monkeypatch.setattr("trimtab.registry.promotion.comparison.load_version", load)
    pd.read_parquet(template.test).drop(columns="carrier").to_parquet(tmp_path / "less.parquet")

    found = meet(contenders[STRONG], contenders[WEAK], test=tmp_path / "less.parquet")

    assert "cannot score the window" in found.obstacle
    assert "reads: carrier" in found.obstacle


def recorded(version, **tags):
    """A version with other facts on record; it may have been published before there were such facts."""
    kept = {"data_until": ""} | tags
    tags = version.tags | {f"trimtab.{name}": value for name, value in kept.items()}
    return dataclasses.replace(version, tags=tags, seal=write_seal(tags, {}))


def until(learnt, seen):
    return {"learnt_until": learnt, "seen_until": seen}


JUNE, JULY, AUGUST = "2013-06-01", "2013-07-01", "2013-08-01"


@pytest.mark.parametrize(
    ("champion", "challenger", "obstacle"),
    [
        ({}, {}, ""),
        ({"data_until": JUNE}, {"data_until": JUNE}, ""),
        ({"data_until": JULY}, {"data_until": JUNE}, "past the challenger's 2013-06-01"),
        ({"data_until": JULY}, {}, "the challenger's end is unknown"),
        (until(JUNE, JULY), until(JUNE, JULY), ""),
        (until(JUNE, JULY), until(JULY, AUGUST), ""),
        (until(JULY, AUGUST), until(JUNE, JULY), "training data go until 2013-07-01"),
        (until(JULY, AUGUST), until(JUNE, AUGUST), "training data go until 2013-07-01"),  # two held out
        (until(JUNE, AUGUST), until(JULY, AUGUST), ""),
        (until(JUNE, "2013-06-15"), until(JUNE, JULY), ""),
        ({"data_until": JULY}, until(JULY, AUGUST), ""),
        ({"data_until": JULY}, until(JUNE, JULY), "training data go until 2013-07-01"),
        ({}, until(JUNE, JULY), "training data have no known end"),
    ],
)
def test_champion_is_not_compared_on_a_window_that_it_may_have_learnt_from(
    contenders, meet, champion, challenger, obstacle
):
    found = meet(recorded(contenders[STRONG], **challenger), recorded(contenders[WEAK], **champion))

    assert obstacle in found.obstacle
    assert bool(found.obstacle) == bool(obstacle)
    assert bool(found.pairs) != bool(obstacle)


def test_comparison_weights_rows_in_figures_gains_and_slices(contenders, meet, template, tmp_path):
    table = pd.read_parquet(template.test)
    table.assign(share=(table.index < 150) * 2).to_parquet(tmp_path / "weighted.parquet")
    table.head(150).to_parquet(tmp_path / "half.parquet")
    policy = PromotePolicy(resamples=100, slices=SlicePolicy(columns=["carrier"], min_rows=20))
    both = contenders[STRONG], contenders[WEAK]

    weighted = meet(*both, test=tmp_path / "weighted.parquet", policy=policy, weight="share")
    half = meet(*both, test=tmp_path / "half.parquet", policy=policy)

    assert weighted.weight == "share"
    assert weighted.challenger_figures == pytest.approx(half.challenger_figures)
    assert {name: pair.gain for name, pair in weighted.pairs.items()} == pytest.approx(
        {name: pair.gain for name, pair in half.pairs.items()}
    )
    gains = [{each.name: each.pair.gain for each in one.slices if each.pair} for one in (weighted, half)]
    assert {name: gains[0][name] for name in gains[1]} == pytest.approx(gains[1])


def test_comparison_refuses_a_challenger_that_reads_the_weight(contenders, meet):
    with pytest.raises(RegistryError, match="reads the weight 'distance' of the rows"):
        meet(contenders[STRONG], contenders[WEAK], weight="distance")


def test_comparison_draws_groups_and_leaves_out_slices_with_too_few(contenders, meet, template, tmp_path):
    table = pd.read_parquet(template.test)
    table["account"] = table.index // 3
    table["desk"] = (table.index < 27).astype(str)  # nine accounts
    table.to_parquet(tmp_path / "grouped.parquet")
    policy = PromotePolicy(resamples=100, slices=SlicePolicy(columns=["desk"], min_rows=20))

    found = meet(
        contenders[STRONG],
        contenders[WEAK],
        test=tmp_path / "grouped.parquet",
        policy=policy,
        dependence=Dependence(group="account"),
    )

    (blocks,) = found.blocks
    assert str(blocks) == "whole groups (100 values of 'account')"
    assert {part.name: part.pair is not None for part in found.slices} == {
        "desk = False": True,
        "desk = True": False,
    }
