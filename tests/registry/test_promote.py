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
from trimtab.registry.promote import decide

NAME = "promotions"
WEAK, STRONG, STRONG_AGAIN = 1, 2, 3


@pytest.fixture(scope="module")
def versions(server, template, tmp_path_factory, weak, strong, strong_again):
    """Three registered versions: a weak model, a strong one, and another with the same predictions."""
    project = template.copy(tmp_path_factory.mktemp("promote"), NAME)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", server)
        published = [project.publish(model) for model in (weak, strong, strong_again)]
    return {version.version: version for version in published}


@pytest.fixture
def aliases(client, versions):
    """What the aliases point to."""

    def look():
        return {name: int(number) for name, number in client.get_registered_model(NAME).aliases.items()}

    for alias in look():
        client.delete_registered_model_alias(NAME, alias)
    return look


@pytest.fixture
def contest(aliases, versions, template):
    """Let a version compete."""

    def compete(number, **policy):
        return promote(versions[number], PromotePolicy(**policy), test=template.test, label="late")

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


def test_retry_changes_nothing(client, aliases, contest):
    contest(WEAK)
    contest(STRONG)
    before = client.get_model_version(NAME, "2").tags

    again = contest(STRONG)

    assert not again.promoted
    assert again.sentence == "promotions version 2 is the champion already"
    assert aliases() == {"champion": STRONG, "previous": WEAK}
    assert client.get_model_version(NAME, "2").tags == before


def test_retry_after_death_between_the_aliases_completes_them(client, aliases, contest):
    # given that only `previous` had been set when the worker was killed
    contest(WEAK)
    client.set_registered_model_alias(NAME, "previous", str(WEAK))
    client.set_registered_model_alias(NAME, "challenger", str(STRONG))

    assert contest(STRONG).promoted
    assert aliases() == {"champion": STRONG, "previous": WEAK}


def test_retry_after_death_before_the_last_alias_completes_it(client, aliases, contest):
    contest(WEAK)
    contest(STRONG)
    client.set_registered_model_alias(NAME, "challenger", str(STRONG))

    assert not contest(STRONG).promoted
    assert aliases() == {"champion": STRONG, "previous": WEAK}


def test_window_that_cannot_tell_models_apart_moves_no_alias(aliases, versions, template, tmp_path):
    one_class = tmp_path / "one_class.parquet"
    pd.read_parquet(template.test).query("late").to_parquet(one_class)

    for test, label in ((one_class, "late"), (template.test, "delayed")):
        with pytest.raises(RegistryError, match="cannot tell models apart"):
            promote(versions[WEAK], PromotePolicy(), test=test, label=label)

    assert aliases() == {}


def test_rows_without_a_label_are_left_out(aliases, versions, template, tmp_path):
    table = pd.read_parquet(template.test)
    table["late"] = table["late"].astype("float").mask(table.index < 100)
    table.to_parquet(tmp_path / "partly.parquet")

    assert compare(versions[WEAK], test=tmp_path / "partly.parquet", label="late").rows == 200


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
