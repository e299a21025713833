"""All objectives of a model: how it is, and whether promotions are frozen."""

from __future__ import annotations

from tests.library.slo.evidences import ago, entry, evidence, measured, months, verdict

QUALITY = {"objective": 0.9, "period_windows": 20, "max_drop": 0.1}
FRESH = {"objective": 0.9, "period_days": 100, "max_days": 50}


def windows(*drops: float):
    names = months(len(drops))
    return [
        verdict(name, ago(days=len(drops) - place), drop=drop)
        for place, (name, drop) in enumerate(zip(names, drops, strict=True))
    ]


def kept_at(at: str):
    return entry(2, 1, at, was=1, how="kept", person=True)


FIRST = entry(1, 1, ago(days=40))


def test_promotions_go_on_while_budget_is_left():
    report = measured(evidence(verdicts=windows(0.3, *[0.0] * 9)), quality=QUALITY)
    assert (report.frozen, report.health) == ("", "ok")


def test_spent_budget_freezes_promotions_and_says_what_a_person_can_do():
    report = measured(evidence(verdicts=windows(0.3, 0.3, *[0.0] * 9)), quality=QUALITY)
    assert report.health == "act"
    for part in ("'rides' is frozen", "quality, 2 windows bad of the 2", "approve", "trimtab slo unfreeze"):
        assert part in report.frozen


def test_decision_of_a_person_unfreezes_until_the_next_fault():
    spent = windows(0.3, 0.3, *[0.0] * 9)  # the faults are 11 and 10 days ago
    unfrozen = measured(evidence(FIRST, kept_at(ago(days=2)), verdicts=spent), quality=QUALITY)
    assert (unfrozen.frozen, unfrozen.health) == ("", "watch"), "the budget is still spent"
    assert unfrozen.decided_at == ago(days=2)
    another = windows(0.3, 0.3, *[0.0] * 8, 0.3)
    assert measured(evidence(FIRST, kept_at(ago(days=2)), verdicts=another), quality=QUALITY).frozen


def test_decision_before_the_budget_was_spent_covers_nothing_after_it():
    spent = windows(0.3, 0.3, *[0.0] * 9)
    assert measured(evidence(FIRST, kept_at(ago(days=10.5)), verdicts=spent), quality=QUALITY).frozen


def test_promotion_by_a_person_is_no_decision_that_promotions_go_on():
    spent = windows(0.3, 0.3, *[0.0] * 9)
    promoted = entry(2, 2, ago(days=2), was=1, person=True)
    assert measured(evidence(FIRST, promoted, verdicts=spent), quality=QUALITY).frozen


def test_decision_covers_a_model_that_was_old_before_it_and_still_is():
    kept = evidence(entry(1, 1, ago(days=90)), kept_at(ago(days=5)))
    report = measured(kept, model_freshness=FRESH)
    assert report.objectives[0].spent
    assert report.frozen == ""


def test_alert_that_pages_asks_a_person_to_act_without_freezing():
    report = measured(evidence(verdicts=windows(*[0.0] * 9, 0.3)), quality=QUALITY)
    assert (report.frozen, report.health) == ("", "act")


def test_objective_that_was_not_measured_is_not_all_right():
    assert measured(evidence(), quality=QUALITY).health == "watch"


def test_model_without_objectives_is_never_frozen():
    report = measured(evidence(verdicts=windows(0.9)))
    assert (report.objectives, report.frozen, report.health) == ((), "", "ok")
