"""The task that asks for an approval: its alert, and when it is skipped."""

from __future__ import annotations

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


def test_alert_of_an_approval_goes_to_the_recipients_of_the_dag(posted, dag, monkeypatch):
    task = dag.get_task("approve")
    assert [type(notifier) for notifier in task.notifiers] == [AlertNotifier]
    task.set_question(COMPARED, MADE)
    assert f"[MLflow]({MADE['url']})" in task.body

    end(dag, "approve", {})

    (message,) = posted
    assert message["text"].startswith("Promote flights version 3?\n")
    for part in (
        "Surely better",
        "48 hours from now",
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
    operator.set_question(compared, {"name": "m", "version": 1, "reason": text, "url": ""})

    assert r"roc\|auc" in operator.body
    assert operator.body.count(r"better. # now &lt;b&gt;x&lt;/b&gt; !\[p\](http://evil) # heading \| x") == 2


def test_question_names_who_may_not_approve_where_another_person_has_to():
    operator = ApproveOperator(task_id="approve", compared_by="compare", registered_by="register")
    for second_person, triggered_by, told in (
        (True, "al|ice", True),
        (True, "", False),
        (False, "al|ice", False),
    ):
        operator.set_question(COMPARED | {"second_person": second_person}, MADE, triggered_by=triggered_by)
        assert (r"al\|ice triggered this run, so another person" in operator.body) is told


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
