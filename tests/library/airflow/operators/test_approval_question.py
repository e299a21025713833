"""What a person reads who is asked for an approval."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from tests.library.airflow.operators.promotions import COMPARED, MADE
from trimtab.airflow.operators.approval_question import QuestionFacts, approval_question

FACTS = QuestionFacts(datetime(2013, 6, 3, 12, 30, tzinfo=UTC), (), "", "", {})
PAGE = "http://mlflow/#/experiments/1/runs/r1/artifacts/comparison/report.html"
FULL = COMPARED | {
    "challenger_figures": {"roc_auc": 0.71, "log_loss": 0.42},
    "champion_figures": {"roc_auc": 0.7, "log_loss": 0.4},
    "gains": {
        "roc_auc": {"gain": 0.01, "low": 0.004, "high": 0.016},
        "log_loss": {"gain": -0.02, "low": -0.05, "high": 0.01},
    },
    "losses": ["log_loss"],
    "worse": [{"name": "origin = E|WR", "rows": 1200, "gain": -0.03, "low": -0.05, "high": -0.01}],
    "costs": {
        "challenger": {"train_seconds": 61.25, "megabytes": 1.5},
        "champion": {"score_milliseconds": 4},
    },
}


def test_question_has_gain_interval_and_direction_of_every_metric():
    question = approval_question(FULL, MADE, FACTS)
    assert "| roc_auc | higher | 0.7100 | 0.7000 | +0.0100 (+0.0040 to +0.0160), surely better |" in question
    assert "| log_loss | lower | 0.4200 | 0.4000 | −0.0200 (−0.0500 to +0.0100), not sure |" in question


def test_question_names_what_got_worse_and_what_both_models_cost():
    question = approval_question(FULL, MADE, FACTS)
    assert r"- origin = E\|WR, 1,200 rows: −0.0300 (−0.0500 to −0.0100), surely worse" in question
    assert "| version 3 | 61.2 | not recorded | 1.500 |" in question
    assert "| version 2, champion | not recorded | 4.00 | not recorded |" in question


def test_question_links_the_reports_and_says_until_when_and_by_whom_it_is_answered():
    gates = {
        f"gate_{number}": f"http://airflow/trimtab/reports/training/r/gate_{number}" for number in range(12)
    }
    question = approval_question(FULL, MADE, QuestionFacts(FACTS.deadline, ("alice", "b*b"), "", PAGE, gates))
    assert f"[Comparison of both]({PAGE})" in question
    assert "[gate_1](http://airflow/trimtab/reports/training/r/gate_1)" in question
    assert "and 2 more" in question
    assert "Answer by 2013-06-03 12:30 UTC" in question
    assert r"May answer: alice, b\*b." in question


def test_question_links_no_address_that_is_none_of_a_server():
    question = approval_question(
        FULL, MADE | {"url": "data:text/html,x"}, replace(FACTS, comparison="javascript:alert(1)")
    )
    assert "javascript" not in question
    assert "data:" not in question
    closed = approval_question(FULL, MADE, replace(FACTS, comparison="http://a/) [x](http://evil"))
    assert "](http://evil" not in closed


def test_question_of_an_earlier_release_needs_only_the_keys_it_had():
    question = approval_question(COMPARED, MADE, FACTS)
    assert "| roc_auc |  | 0.7100 |  |  |" in question
    assert "run `r1`, artifact `comparison/report.html`" in question
    assert "everybody who may edit" in question
