from __future__ import annotations

import pandas as pd
import pytest

from trimtab import registry
from trimtab.errors import ConfigError, ProjectError, RegistryError
from trimtab.registry import (
    Comparison,
    PromotePolicy,
    Version,
    compare,
    find_champion,
    promote,
)
from trimtab.registry.ledger import Ledger
from trimtab.registry.promote import decide

NAME = "contenders"
WEAK, STRONG, STRONG_AGAIN = 1, 2, 3


@pytest.fixture
def contest(aliases, contenders, template):
    """Let a version compete."""

    def compete(number, by="training/1", **policy):
        return promote(contenders[number], PromotePolicy(**policy), test=template.test, label="late", by=by)

    return compete


def test_first_version_becomes_champion(aliases, contest):
    decision = contest(WEAK)

    assert decision.promoted
    assert decision.champion_figures == {}
    assert 0.5 < decision.challenger_figures["roc_auc"] < 0.7
    assert find_champion(NAME).version == WEAK
    assert aliases() == {"champion": WEAK}


def test_better_model_replaces_the_champion(client, aliases, contest):
    contest(WEAK)

    decision = contest(STRONG)

    assert decision.promoted
    assert decision.challenger_figures["roc_auc"] > decision.champion_figures["roc_auc"]
    assert aliases() == {"champion": STRONG, "previous": WEAK}
    assert client.get_model_version(NAME, "2").tags["trimtab.decision"] == decision.sentence
    assert "on 300 rows" in decision.sentence


def test_worse_model_does_not(aliases, contest):
    contest(STRONG)

    decision = contest(WEAK)

    assert not decision.promoted
    assert f"does not replace version {STRONG}" in decision.sentence
    assert aliases() == {"champion": STRONG, "challenger": WEAK}


def test_equal_model_does_not(aliases, contest):
    contest(STRONG)

    decision = contest(STRONG_AGAIN)

    assert decision.challenger_figures == decision.champion_figures
    assert not decision.promoted
    assert aliases() == {"champion": STRONG, "challenger": STRONG_AGAIN}


def test_gain_that_is_too_small_does_not_promote(contest):
    contest(WEAK)

    assert not contest(STRONG, min_gain=0.9).promoted


def test_retry_changes_nothing_and_gives_the_same_answer(client, aliases, contest):
    contest(WEAK)
    first = contest(STRONG, by="training/2")
    before = client.get_model_version(NAME, "2").tags

    assert contest(STRONG, by="training/2") == first
    assert aliases() == {"champion": STRONG, "previous": WEAK}
    assert client.get_model_version(NAME, "2").tags == before


def test_champion_that_is_trained_again_stays_champion(aliases, contest):
    contest(STRONG)

    again = contest(STRONG, by="training/2")

    assert not again.promoted
    assert again.sentence == "contenders version 2 is the champion already"
    assert aliases() == {"champion": STRONG}


def test_ledger_says_who_became_champion_by_what(client, contest):
    contest(WEAK)
    decision = contest(STRONG, by="training/2")

    entry = Ledger.read(client, NAME).last
    assert (entry.champion, entry.was, entry.how, entry.by) == (STRONG, WEAK, "promoted", "training/2")
    assert entry.reason == decision.sentence
    assert entry.comparison["challenger"] == decision.challenger_figures


def test_challenger_loses_the_name_when_it_becomes_champion(aliases, contest):
    contest(WEAK)
    contest(STRONG, min_gain=0.9)
    assert aliases() == {"champion": WEAK, "challenger": STRONG}

    contest(STRONG)

    assert aliases() == {"champion": STRONG, "previous": WEAK}


def test_window_that_cannot_tell_models_apart_moves_no_alias(aliases, contenders, template, tmp_path):
    one_class = tmp_path / "one_class.parquet"
    pd.read_parquet(template.test).query("late").to_parquet(one_class)

    for test, label in ((one_class, "late"), (template.test, "delayed")):
        with pytest.raises(RegistryError, match="cannot tell models apart"):
            promote(contenders[WEAK], PromotePolicy(), test=test, label=label, by="t")

    assert aliases() == {}


def test_rows_without_a_label_are_left_out(aliases, contenders, template, tmp_path):
    table = pd.read_parquet(template.test)
    table["late"] = table["late"].astype("float").mask(table.index < 100)
    table.to_parquet(tmp_path / "partly.parquet")

    assert compare(contenders[WEAK], test=tmp_path / "partly.parquet", label="late").rows == 200


def test_window_and_label_are_found_by_type(project):
    assert registry.test_window(project.graph).path == "made/test.parquet"
    assert registry.label_of(project.graph) == "late"


def test_window_without_a_label_says_what_to_add(project):
    with pytest.raises(ProjectError, match=r"meta: \{label: late\}"):
        registry.label_of(project.declare("test-window", meta={}).graph)


def test_undeclared_window_says_what_to_add(project):
    with pytest.raises(ProjectError, match="type: test-window"):
        registry.test_window(project.declare("test-window", type="other").graph)


@pytest.mark.parametrize(
    ("metric", "challenger", "champion", "promoted"),
    [
        ("roc_auc", 0.8, 0.7, True),
        ("roc_auc", 0.7, 0.7, False),
        ("roc_auc", 0.6, 0.7, False),
        ("brier", 0.1, 0.2, True),
        ("brier", 0.2, 0.2, False),
        ("log_loss", 0.5, 0.4, False),
    ],
)
def test_losses_are_better_when_lower(metric, challenger, champion, promoted):
    def version(number):
        return Version("flights", number, "run", created=True, key="", metrics={}, tags={})

    comparison = Comparison(version(2), version(1), {metric: challenger}, {metric: champion}, rows=10)

    assert decide(comparison, PromotePolicy(metric=metric)).promoted is promoted


def test_policy_refuses_what_it_does_not_know():
    from trimtab.config import parse_params

    with pytest.raises(ConfigError, match="did you mean 'min_gain'"):
        parse_params(PromotePolicy, {"min_gian": 0.1}, where="params.yaml: promote")
    with pytest.raises(ConfigError, match="min_gain"):
        parse_params(PromotePolicy, {"min_gain": -0.1}, where="params.yaml: promote")
