"""Register, compare and promote the model of a checkout, without Airflow."""

from __future__ import annotations

from dataclasses import replace

import pytest

from trimtab.errors import GateError, RegistryError
from trimtab.registry import Approval, find_champion
from trimtab.registry.promotion.checkout_registration import (
    compare_checkout,
    promote_from_checkout,
    publish_checkout,
)


def register(checkout, ask=None, frozen=""):
    """Publish the checkout and promote it; a policy without approval asks nobody."""
    (version,) = publish_checkout(checkout.root, checkout.graph, reason="by hand", by="alice")
    decision = promote_from_checkout(
        [version],
        checkout.root,
        checkout.graph,
        by="alice",
        ask=ask or (lambda sentence: pytest.fail(sentence)),
        find_freeze=lambda: frozen,
    )
    return version, decision


def set_policy(checkout, policy: str) -> None:
    params = checkout.root / "params.yaml"
    params.write_text(params.read_text().replace("promote:\n", f"promote:\n  policy: {policy}\n"))


def test_checkout_is_registered_with_its_commit_and_promoted(checkout):
    set_policy(checkout, "automatic")

    version, decision = register(checkout)

    assert (version.tag("by"), version.tag("reason")) == ("alice", "by hand")
    assert len(version.tag("git_revision")) == 40
    assert decision.promoted
    assert find_champion(checkout.name).version == version.version


@pytest.mark.parametrize("approved", [True, False])
def test_checkout_is_promoted_only_when_the_asked_person_approves(checkout, approved):
    set_policy(checkout, "approval")
    asked: list[str] = []

    def ask(sentence: str) -> Approval:
        asked.append(sentence)
        return Approval(approved, "bob")

    _, decision = register(checkout, ask)

    assert len(asked) == 1
    assert "good enough for the first champion" in asked[0]
    assert decision.promoted is approved
    assert bool(find_champion(checkout.name)) is approved


def test_checkout_is_compared_by_the_weight_that_its_model_declares(checkout):
    (version,) = publish_checkout(checkout.root, checkout.graph, reason="by hand", by="alice")
    graph = replace(
        checkout.graph,
        artifacts=tuple(
            replace(each, meta={**each.meta, "weight": "distnce"}) if each.type == "model" else each
            for each in checkout.graph.artifacts
        ),
    )

    with pytest.raises(RegistryError, match="There is no column 'distnce'; did you mean 'distance'"):
        compare_checkout([version], checkout.root, graph)


def test_checkout_with_a_failed_gate_is_not_registered(checkout, assert_nothing_registered):
    checkout.report("validate_model", verdict="fail")

    with pytest.raises(GateError, match="did not pass"):
        register(checkout)

    assert_nothing_registered(checkout.name)


@pytest.mark.parametrize("approved", [True, False])
def test_frozen_checkout_is_promoted_only_when_a_person_approves(checkout, approved):
    set_policy(checkout, "automatic")
    asked: list[str] = []

    def ask(sentence):
        asked.append(sentence)
        return Approval(approved, "alice")

    _, decision = register(checkout, ask, frozen="promotions are frozen, because a budget is spent")

    assert "But promotions are frozen" in asked[0]
    assert decision.promoted is approved
    assert (find_champion(checkout.name) is not None) is approved
