from __future__ import annotations

import time

import pytest

from tests.library.registry.one_challenger import compare_with_champion
from trimtab import telemetry
from trimtab.config import parse_params
from trimtab.errors import ConfigError
from trimtab.learning import BINARY
from trimtab.registry import Approval, PromotePolicy, find_champion, promote, roll_back
from trimtab.registry.ledger.ledger import Ledger
from trimtab.registry.promotion.champion_switch import reconcile

NAME = "contenders"
WEAK, STRONG, STRONG_AGAIN = 1, 2, 3


def test_first_version_is_promoted(aliases, contest, collector):
    decision = contest(WEAK)
    telemetry.flush()

    assert decision.promoted
    assert "good enough for the first champion" in decision.sentence
    assert find_champion(NAME).version == WEAK
    assert aliases() == {"champion": WEAK}
    since = collector.values("trimtab.champion.since", "trimtab.model")[NAME]
    assert time.time() - 3600 < since <= time.time()
    assert 0.5 < collector.values("trimtab.champion.metric", "trimtab.metric")["roc_auc"] <= 1


def test_better_challenger_is_promoted_and_the_ledger_has_the_reason(client, aliases, contest, crown):
    crown(WEAK)

    decision = contest(STRONG, by="training/2")

    assert decision.promoted
    assert aliases() == {"champion": STRONG, "previous": WEAK}
    assert client.get_model_version(NAME, "2").tags["trimtab.decision"] == decision.sentence
    assert "on 300 rows" in decision.sentence
    entry = Ledger.read(client, NAME).last
    assert (entry.champion, entry.was, entry.how, entry.by) == (STRONG, WEAK, "promoted", "training/2")
    assert (entry.reason, entry.person) == (decision.sentence, False)
    assert entry.comparison["gain"]["low"] > 0
    assert contest(STRONG, by="training/2") == decision, "a retry gives the same answer"
    assert contest(STRONG, by="training/3").sentence == "contenders version 2 is the champion already"
    assert len(Ledger.read(client, NAME).entries) == 2


def test_descriptions_in_mlflow_begin_with_who_is_champion_and_with_the_gain(client, aliases, contest, crown):
    crown(WEAK)
    decision = contest(STRONG, by="training/2")
    since = Ledger.read(client, NAME).last.at

    new, old = (client.get_model_version(NAME, number).description for number in "21")
    headline, gain, *_ = new.split("\n\n")
    assert headline == f"**Champion since {since}**, promoted by training/2: {decision.sentence}"
    assert gain.startswith(f"Gain over version {WEAK}: **+0.")
    assert old.startswith(f"**Was champion until {since}**, then version {STRONG}, promoted by training/2: ")
    contest(STRONG_AGAIN)
    refused = client.get_model_version(NAME, "3").description
    assert refused.startswith("**Not promoted**: contenders version 3 is not better than version 2")
    assert refused.count("**Not promoted**") == 1


@pytest.mark.parametrize("number", [WEAK, STRONG_AGAIN], ids=["worse", "equal"])
def test_challenger_that_is_not_better_is_not_promoted(client, aliases, contest, crown, number):
    crown(STRONG)

    decision = contest(number)

    assert not decision.promoted
    assert f"is not better than version {STRONG}" in decision.sentence
    assert aliases() == {"champion": STRONG, "challenger": number}
    assert len(Ledger.read(client, NAME).entries) == 1


def test_content_that_was_rolled_back_from_is_promoted_only_by_a_person(client, aliases, contest, crown):
    crown(WEAK)
    crown(STRONG)
    roll_back(NAME, by="alice", reason="complaints")

    automatic = contest(STRONG, by="training/9")
    assert not automatic.promoted
    assert "A person decides on contenders version 2: this content has been champion" in automatic.sentence
    assert aliases()["champion"] == WEAK

    approved = contest(STRONG, policy="approval", approval=Approval(True, "bob", "it was the weather"))
    assert approved.promoted
    assert "Approved by bob: it was the weather" in approved.sentence
    assert Ledger.read(client, NAME).last.person
    assert Ledger.read(client, NAME).retired == frozenset()


@pytest.mark.parametrize(
    ("policy", "approval", "promoted", "says"),
    [
        ("never", None, False, "the policy is 'never'"),
        ("never", Approval(True, "bob"), False, "the policy is 'never'"),
        ("approval", None, False, "nobody was asked to approve"),
        ("approval", Approval(False), False, "nobody answered within 72 hours"),
        ("approval", Approval(True), False, "nobody answered"),
        ("approval", Approval(False, "bob", "not on a Friday"), False, "Rejected by bob: not on a Friday"),
        ("approval", Approval(True, "bob"), True, "Approved by bob"),
    ],
)
def test_promotion_follows_policy_and_approval(client, aliases, contest, policy, approval, promoted, says):
    decision = contest(STRONG, policy=policy, approval=approval)

    assert decision.promoted is promoted
    assert says in decision.sentence
    assert aliases() == ({"champion": STRONG} if promoted else {"challenger": STRONG})
    if promoted:
        assert Ledger.read(client, NAME).last.by == "bob in training/1"


@pytest.mark.parametrize(
    ("by", "triggered_by", "promoted"),
    [("alice", "alice", False), ("bob", "alice", True), ("alice", "", True)],
)
def test_run_that_a_person_triggered_is_approved_by_another_one_where_the_policy_says_so(
    aliases, contest, by, triggered_by, promoted
):
    approval = Approval(True, by, triggered_by=triggered_by)

    decision = contest(STRONG, policy="approval", second_person=True, approval=approval)

    assert decision.promoted is promoted
    assert aliases() == ({"champion": STRONG} if promoted else {"challenger": STRONG})
    if not promoted:
        assert "alice triggered the run, and promote.second_person asks for another" in decision.sentence


def test_person_may_reject_what_he_triggered(contest):
    approval = Approval(False, "alice", triggered_by="alice")
    decision = contest(STRONG, policy="approval", second_person=True, approval=approval)
    assert decision.sentence.startswith("Rejected by alice")


def test_approval_does_not_promote_a_challenger_that_is_not_better(contest, crown):
    crown(STRONG)

    assert not contest(WEAK, policy="approval", approval=Approval(True, "bob")).promoted


def test_promote_returns_none_when_the_champion_changed_since_the_comparison(
    contenders, template, aliases, crown
):
    policy = PromotePolicy(resamples=100)
    crown(WEAK)
    examined = compare_with_champion(
        contenders[STRONG], policy, test=template.test, label="late", metric=BINARY.metrics["roc_auc"]
    )
    crown(STRONG_AGAIN)

    assert promote(contenders[STRONG], examined, policy, by="training/1") is None
    assert aliases() == {"champion": STRONG_AGAIN, "previous": WEAK}


def test_promote_again_completes_the_aliases_when_the_first_try_died_after_the_ledger(
    client, aliases, contest, crown
):
    crown(WEAK)
    reconcile(client, NAME).append(
        client, champion=STRONG, how="promoted", by="training/1", reason="it was better"
    )

    decision = contest(STRONG, by="training/1")

    assert (decision.promoted, decision.sentence) == (True, "it was better")
    assert aliases() == {"champion": STRONG, "previous": WEAK}


def test_promote_policy_refuses_unknown_values():
    for given, message in (
        ({"min_gian": 0.1}, "did you mean 'min_gain'"),
        ({"min_gain": -0.1}, "min_gain"),
        ({"slices": {"column": ["origin"]}}, "unknown key 'slices.column'"),
        ({"policy": "aproval"}, "approval"),
        ({"confidence": 1.0}, "confidence"),
    ):
        with pytest.raises(ConfigError, match=message):
            parse_params(PromotePolicy, given, where="params.yaml: promote")


FROZEN = "automatic promotion is frozen, because an error budget is spent"


def test_frozen_promotion_is_refused_with_the_reason_and_changes_nothing(client, aliases, contest, crown):
    crown(WEAK)

    decision = contest(STRONG, frozen=FROZEN)

    assert not decision.promoted
    assert decision.sentence.endswith(f"Not promoted: {FROZEN}")
    assert aliases() == {"champion": WEAK, "challenger": STRONG}
    assert len(Ledger.read(client, NAME).entries) == 1


@pytest.mark.parametrize(
    ("approval", "promoted"),
    [
        (Approval(True, "bob", "checked"), True),
        (Approval(False, "bob"), False),
        (Approval(True, ""), False),
    ],
    ids=["approved", "rejected", "unanswered"],
)
def test_frozen_promotion_goes_with_the_approval_of_a_person_alone(
    client, contest, crown, approval, promoted
):
    crown(WEAK)

    assert contest(STRONG, frozen=FROZEN, approval=approval).promoted is promoted

    last = Ledger.read(client, NAME).last
    assert (last.person, last.champion) == ((True, STRONG) if promoted else (False, WEAK))


def test_policy_never_stays_never_while_promotions_are_frozen(contest, crown):
    crown(WEAK)
    decision = contest(STRONG, frozen=FROZEN, approval=Approval(True, "bob"), policy="never")
    assert not decision.promoted
