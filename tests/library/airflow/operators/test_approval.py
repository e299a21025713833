"""The task that asks for an approval: its alert, and when it is skipped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk.exceptions import AirflowSkipException

from tests.library.airflow.operators.promotions import COMPARED, MADE, end, results
from trimtab import telemetry
from trimtab.airflow import (
    ApproveOperator,
)
from trimtab.airflow.notifications.notifier import AlertNotifier

DEADLINE = datetime(2013, 6, 3, 12, 30, tzinfo=UTC)


def test_alert_of_an_approval_goes_to_the_recipients_of_the_dag(posted, dag, monkeypatch):
    task = dag.get_task("approve")
    assert [type(notifier) for notifier in task.notifiers] == [AlertNotifier]
    task.set_question(COMPARED, MADE, deadline=DEADLINE)
    assert f"[flights version 3]({MADE['url']})" in task.body

    end(dag, "approve", {})

    (message,) = posted
    assert message["text"].startswith("Promote flights version 3?\n")
    for part in (
        "Surely better",
        "until: 2013-06-03 12:30 UTC; without an answer the version is not promoted",
        "/tasks/approve/required_actions",
        "#approval-wanted",
    ):
        assert part in message["text"]


def test_approval_that_is_answered_sends_no_alert(posted, dag):
    end(dag, "approve", {})
    assert posted == []


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"policy": "automatic"}, "Nobody is asked: promote.policy is 'automatic'. Surely better"),
        ({"policy": "never"}, "Nobody is asked: promote.policy is 'never'. Surely better"),
        ({"verdict": "not better", "sentence": "Worse"}, "Nobody is asked: Worse"),
        ({"verdict": "champion", "sentence": "It is champion"}, "Nobody is asked: It is champion"),
    ],
)
def test_approval_is_skipped_with_the_reason_where_nobody_is_asked(dag, changed, reason):
    with pytest.raises(AirflowSkipException) as skipped:
        dag.get_task("approve").execute({"ti": results(compare=COMPARED | changed, register=MADE)})
    assert str(skipped.value) == reason


def test_question_of_an_approval_escapes_hostile_text():
    text = "better. # now <b>x</b> ![p](http://evil)\n\n# heading | x"
    operator = ApproveOperator(task_id="approve", compared_by="compare", registered_by="register")
    figures = {"champion_figures": {}, "champion": None, "challenger_figures": {"roc|auc": 0.8}}
    compared = {**figures, "sentence": text, "run_id": "1a", "deadline_hours": 3}
    operator.set_question(compared, {"name": "m", "version": 1, "reason": text, "url": ""}, deadline=DEADLINE)

    assert r"roc\|auc" in operator.body
    assert operator.body.count(r"better. # now &lt;b&gt;x&lt;/b&gt; !\[p\](http://evil) # heading \| x") == 2


def test_question_names_who_may_not_approve_where_another_person_has_to():
    operator = ApproveOperator(task_id="approve", compared_by="compare", registered_by="register")
    for second_person, triggered_by, told in (
        (True, "al|ice", True),
        (True, "", False),
        (False, "al|ice", False),
    ):
        operator.set_question(
            COMPARED | {"second_person": second_person}, MADE, deadline=DEADLINE, triggered_by=triggered_by
        )
        assert (r"al\|ice triggered this run, so another person" in operator.body) is told


@pytest.fixture
def answered(dag, monkeypatch):
    """Let a person, or nobody, answer the question of a run; return the task and the answer's result."""

    def complete(option, comment, *, user=None, left=timedelta(hours=1)):
        told = {
            "responded_by_user": user,
            "chosen_options": [option],
            "params_input": {"comment": comment},
        }
        asked: list[ApproveOperator] = []
        monkeypatch.setattr(HITLOperator, "execute", lambda self, context: asked.append(self))
        monkeypatch.setattr(HITLOperator, "execute_complete", lambda self, context, event: told)
        known = {
            ("approve", "deadline"): (datetime.now(UTC) + left).isoformat(),
            ("compare", "return_value"): COMPARED,
            ("register", "return_value"): MADE,
        }
        ti = SimpleNamespace(
            xcom_pull=lambda *, task_ids, key="return_value", **_: known.get((task_ids, key))
        )
        task = dag.get_task("approve")
        result = task.execute_complete({"ti": ti, "run_id": "r"}, {})
        assert task.subject == "Promote flights version 3?", "what the rendered templates keep"
        return asked, result

    return complete


ALICE = {"id": "1", "name": "alice"}


def test_approval_needs_no_comment(answered):
    asked, result = answered("Approve", None, user=ALICE)
    assert (asked, result) == ([], {"approved": True, "by": "alice", "comment": ""})


def test_rejection_without_a_comment_is_asked_again_until_the_same_deadline(answered):
    ((task,), _) = answered("Reject", "  ", user=ALICE)
    assert task.sentence == "The rejection had no comment: answer again. Surely better"
    assert timedelta(minutes=59) < task.response_timeout <= timedelta(hours=1)


@pytest.mark.parametrize(
    ("comment", "user", "left"),
    [
        ("too slow", ALICE, timedelta(hours=1)),
        (None, None, timedelta(hours=1)),  # the default of Airflow, after the deadline
        (None, ALICE, timedelta(seconds=-1)),
    ],
    ids=["with a comment", "by nobody", "after the deadline"],
)
def test_rejection_counts(answered, comment, user, left):
    asked, result = answered("Reject", comment, user=user, left=left)
    assert asked == []
    assert result == {"approved": False, "by": "alice" if user else "", "comment": comment or ""}


def test_deadline_of_an_approval_that_somebody_moved_is_at_most_that_of_the_policy(answered):
    ((task,), _) = answered("Reject", "", user=ALICE, left=timedelta(days=900))
    assert task.response_timeout == timedelta(hours=COMPARED["deadline_hours"])


def test_collector_receives_whether_a_person_is_asked(dag, collector, monkeypatch):
    answer = {"responded_by_user": {"name": "alice"}, "chosen_options": ["Approve"], "params_input": {}}
    monkeypatch.setattr(
        HITLOperator, "execute", lambda self, context: None
    )  # it waits for Airflow's database
    monkeypatch.setattr(HITLOperator, "execute_complete", lambda self, context, event: answer)
    task, context = (
        dag.get_task("approve"),
        {
            "ti": results(compare=COMPARED, register=MADE),
            "dag_run": SimpleNamespace(triggering_user_name=None),
            "run_id": "r",
        },
    )

    task.execute(context)
    telemetry.flush()
    assert task.execute_complete(context, {})["approved"]
    telemetry.flush()

    waiting = [point for point in collector.points if point.name == "trimtab.approvals.waiting"]
    assert [(point.value, point.attributes["trimtab.model"]) for point in waiting] == [
        (1, "flights"),
        (0, "flights"),
    ]


def test_person_is_asked_where_a_spent_budget_freezes_automatic_promotion(dag, monkeypatch):
    monkeypatch.setattr(HITLOperator, "execute", lambda self, context: "asked")
    frozen = COMPARED | {"policy": "automatic", "frozen": "automatic promotion is frozen <b>"}
    run = SimpleNamespace(triggering_user_name="alice")
    task = dag.get_task("approve")

    context = {"ti": results(compare=frozen, register=MADE), "dag_run": run}

    assert task.execute(context) == "asked"
    assert task.body.startswith("Automatic promotion is frozen &lt;b&gt;.\n\nSurely better")


def test_nobody_is_asked_where_the_policy_is_never_and_a_budget_is_spent(dag):
    frozen = COMPARED | {"policy": "never", "frozen": "automatic promotion is frozen"}
    with pytest.raises(AirflowSkipException, match="'never'"):
        dag.get_task("approve").execute({"ti": results(compare=frozen, register=MADE)})
