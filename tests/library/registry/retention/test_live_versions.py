"""The live versions of a model."""

from __future__ import annotations

import pytest

from tests.library.registry.retention.prunable import DECISION, OLD, numbers, prune
from tests.library.registry.retention.world import make_old
from trimtab.registry.promotion.champion_switch import reconcile, switch_champion
from trimtab.registry.retention.live_versions import find_live_versions
from trimtab.registry.retention.retention_policy import RetentionPolicy

REASONS = ["alias", "tag", "champion", "retired", "undecided", "young"]


@pytest.mark.parametrize(
    "why",
    [pytest.param(why, marks=[] if why in ("tag", "champion") else pytest.mark.slow) for why in REASONS],
)
def test_prune_keeps_a_version_that_is_protected(client, candidates, name, age, database, why):
    age(2) if why in ("undecided", "young") else age(1, 2)
    if why == "alias":
        client.set_registered_model_alias(name, "shadow", "1")
    elif why == "tag":
        client.set_model_version_tag(name, "1", "paper", "figure 3")
    elif why in ("champion", "retired"):
        for champion, how in ((1, "promoted"), (3, "rolled back" if why == "retired" else "promoted")):
            switch_champion(
                client, reconcile(client, name), champion=champion, how=how, by="alice", reason="r"
            )
    elif why == "undecided":
        make_old(database, name, 1, OLD)
    else:
        client.set_model_version_tag(name, "1", DECISION, "not better")

    shown = prune(candidates, name, "--yes")

    assert numbers(client, name) == {1, 3}, shown


@pytest.fixture
def switched(client, aliases):
    """Version 1 was champion until today, version 2 is."""
    for champion in (1, 2):
        switch_champion(
            client,
            reconcile(client, "contenders"),
            champion=champion,
            how="promoted",
            by="alice",
            reason="r",
        )


def test_live_versions_are_those_with_an_alias_and_former_champions_within_the_policy(client, switched):
    client.set_registered_model_alias("contenders", "shadow", "3")

    found = find_live_versions(client, "contenders", RetentionPolicy(champion_days=1))

    until = found.ledger.last.at[:10]
    assert dict(found.reasons) == {1: f"previous, champion until {until}", 2: "champion", 3: "shadow"}
    client.delete_registered_model_alias("contenders", "shadow")


def test_live_versions_of_a_model_without_aliases_and_ledger_are_none(client, aliases):
    found = find_live_versions(client, "contenders", RetentionPolicy())

    assert (dict(found.reasons), found.ledger.entries) == ({}, ())
