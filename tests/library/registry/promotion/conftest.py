"""Promotions and rollbacks among the contenders."""

from __future__ import annotations

import pytest

from tests.library.registry.fixtures import STRONG, WEAK
from tests.library.registry.one_challenger import compare_with_champion
from tests.library.registry.switching import model
from trimtab.learning import BINARY
from trimtab.registry import PromotePolicy, promote
from trimtab.registry.promotion.champion_switch import reconcile, switch_champion

__all__ = ["contest", "crown", "live", "model"]

NAME = "contenders"


@pytest.fixture
def contest(aliases, contenders, template):
    """Let a version compete."""

    def compete(number, by="training/1", approval=None, frozen="", **policy):
        given = PromotePolicy(resamples=100, **policy)
        examined = compare_with_champion(
            contenders[number],
            given,
            test=template.test,
            label="late",
            metric=BINARY.metrics[given.metric_name(BINARY)],
        )
        return promote(contenders[number], examined, given, by=by, approval=approval, frozen=frozen)

    return compete


@pytest.fixture
def crown(client, aliases):
    """Make a version champion, as if it had been for ever."""

    def set_champion(number, by="before"):
        return switch_champion(
            client, reconcile(client, NAME), champion=number, how="promoted", by=by, reason="r"
        )

    return set_champion


@pytest.fixture
def live(client, aliases):
    """The weak model was champion, the strong one is."""
    for number in (WEAK, STRONG):
        switch_champion(
            client, reconcile(client, NAME), champion=number, how="promoted", by="training/1", reason="r"
        )
    return aliases
