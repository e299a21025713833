"""Which windows are good: quality, fairness, answers to drift, and scores."""

from __future__ import annotations

import pytest

from tests.library.slo.evidences import ago, entry, evidence, state, verdict

PERIOD = {"objective": 0.9, "period_windows": 12}


def bad(name: str, kept, **more) -> tuple[float, float]:
    found = state(kept, name, **PERIOD, **more)
    return found.bad, found.observed


@pytest.mark.parametrize(("drop", "expected"), [(0.05, 0), (0.1, 0), (0.11, 1), (-0.2, 0)])
def test_window_is_bad_if_the_metric_dropped_by_more_than_the_maximum(drop, expected):
    kept = evidence(verdicts=[verdict("2024-01", ago(days=3), drop=drop)])
    assert bad("quality", kept, max_drop=0.1) == (expected, 1)


def test_looser_drift_policy_of_a_run_makes_no_window_good():
    """The verdict says that nothing was exceeded, but the drop is there."""
    kept = evidence(verdicts=[verdict("2024-01", ago(days=3), drop=0.3, exceeded=())])
    assert bad("quality", kept, max_drop=0.1) == (1, 1)


@pytest.mark.parametrize("rule", ["max_metric_drop", "max_estimated_metric_drop"])
def test_without_a_maximum_the_bound_of_the_drift_policy_decides(rule):
    windows = [
        verdict("2024-01", ago(days=3), drop=0.5),
        verdict("2024-02", ago(days=2), exceeded=(rule,), drop=0.05),
    ]
    assert bad("quality", evidence(verdicts=windows)) == (1, 2)


def test_verdict_of_an_earlier_release_without_a_drop_counts_by_its_bound():
    windows = [
        verdict("2024-01", ago(days=3), drop=None),
        verdict("2024-02", ago(days=2), drop=None, exceeded=("max_metric_drop",)),
        verdict("2024-03", ago(days=1), drop=None, figure=None),
    ]
    assert bad("quality", evidence(verdicts=windows), max_drop=0.1) == (1, 2), "the third is not known"


def test_window_is_unfair_if_a_slice_dropped_or_the_gate_of_the_model_found_it_unfair():
    windows = [
        verdict("2024-01", ago(days=3)),
        verdict("2024-02", ago(days=2), slice_drop=0.3),
        verdict("2024-03", ago(days=1), champion="2"),
    ]
    kept = evidence(verdicts=windows, unfair=frozenset({2}))
    assert bad("fairness", kept, max_slice_drop=0.2) == (2, 3)
    assert bad("fairness", evidence(verdicts=windows), max_slice_drop=0.2) == (1, 3)


def test_window_without_slices_says_nothing_about_fairness():
    kept = evidence(verdicts=[verdict("2024-01", ago(days=3), slice_drop=None, figure=None)])
    assert bad("fairness", kept, max_slice_drop=0.2) == (0, 0)


ASKED = [verdict("2024-01", ago(hours=100), decision="investigate")]
HOURS = {"max_hours": 72}


def test_verdict_without_an_answer_is_bad_once_the_time_is_over():
    assert bad("response", evidence(verdicts=ASKED), **HOURS) == (1, 1)
    waiting = [verdict("2024-01", ago(hours=10), decision="investigate")]
    assert bad("response", evidence(verdicts=waiting), **HOURS) == (0, 0), "nothing is known yet"


@pytest.mark.parametrize("how", ["promoted", "rolled back", "kept"])
@pytest.mark.parametrize(("hours", "expected"), [(90, 0), (20, 1)])
def test_new_champion_and_decision_answer_if_they_are_in_time(how, hours, expected):
    answer = entry(2, 1 if how == "kept" else 2, ago(hours=hours), was=1, how=how)
    kept = evidence(entry(1, 1, ago(days=300)), answer, verdicts=ASKED)
    assert bad("response", kept, **HOURS) == (expected, 1)


def test_entry_before_the_verdict_is_no_answer():
    kept = evidence(entry(1, 1, ago(hours=101)), verdicts=ASKED)
    assert bad("response", kept, **HOURS) == (1, 1)


@pytest.mark.parametrize(
    ("outcome", "at", "expected"),
    [
        ("refused", ago(hours=99), 0),
        ("refused", ago(hours=1), 1),
        ("failed", ago(hours=99), 1),
        ("refused", "", 1),
    ],
)
def test_retrain_that_gave_no_better_model_answers_and_one_that_failed_does_not(outcome, at, expected):
    asked = verdict("2024-01", ago(hours=100), decision="retrain", outcome=outcome, outcome_at=at)
    assert bad("response", evidence(verdicts=[asked]), **HOURS) == (expected, 1)


def test_window_that_asks_nothing_is_good():
    kept = evidence(verdicts=[verdict("2024-01", ago(days=3), decision="watch")])
    assert bad("response", kept, **HOURS) == (0, 1)


@pytest.mark.parametrize(
    ("scored", "expected"),
    [({}, (1, 1)), ({"2024-01": ago(hours=100)}, (0, 1)), ({"2024-01": ago(hours=1)}, (1, 1))],
)
def test_window_is_bad_if_its_scores_came_late_or_never(scored, expected):
    kept = evidence(verdicts=[verdict("2024-01", ago(hours=80))], scored=scored)
    assert bad("scores", kept, max_hours=24) == expected


def test_scores_that_are_not_due_yet_are_neither_good_nor_bad():
    kept = evidence(verdicts=[verdict("2024-01", ago(hours=3))])
    assert bad("scores", kept, max_hours=24) == (0, 0)
