"""Promotion, approval and rollback: their alerts, through real receivers, and when they are skipped."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from airflow.sdk import DAG
from airflow.sdk.exceptions import AirflowSkipException

from tests.receivers import webhook
from trimtab.airflow import (
    ApproveOperator,
    CompareOperator,
    PromoteOperator,
    RegisterOperator,
    RollBackOperator,
    alerting,
)
from trimtab.airflow.notifications.notifier import AlertNotifier

DECIDED = {
    "promoted": True,
    "sentence": "Approved by alice: looks fine. Surely better by 0.01 <!channel>",
    "model": "flights",
    "version": 3,
    "was": 2,
    "challenger_figures": {"roc_auc": 0.71},
    "champion_figures": {"roc_auc": 0.7},
}
ENTRY = {
    "model": "flights",
    "champion": 1,
    "was": 3,
    "by": "alice in rollback/r",
    "reason": "complaints",
    "url": "",
}
COMPARED = {
    "policy": "approval",
    "verdict": "better",
    "sentence": "Surely better",
    "deadline_hours": 48.0,
    "champion": 2,
    "challenger_figures": {"roc_auc": 0.71},
    "champion_figures": {},
    "run_id": "r1",
}
MADE = {
    "name": "flights",
    "version": 3,
    "reason": "drift in 2013-06",
    "url": "http://mlflow/#/models/flights/versions/3",
}


@pytest.fixture
def posted(monkeypatch):
    with webhook() as (posted, hook):
        monkeypatch.setenv("AIRFLOW_CONN_CHAT", json.dumps(hook))
        yield posted


@pytest.fixture
def dag():
    project = Path("/nowhere")
    with DAG("training", default_args=alerting("chat")) as dag:
        register = RegisterOperator(task_id="register", project=project, reason="r")
        compare = CompareOperator(task_id="compare", project=project, registered_by=register)
        names = {"registered_by": register, "compared_by": compare}
        approve = ApproveOperator(task_id="approve", **names)
        PromoteOperator(task_id="promote", project=project, approved_by=approve, **names)
        RollBackOperator(task_id="roll_back", project=project)
    return dag


def end(dag, task_id, results, *, error=None):
    """Let Airflow tell of a task that has ended, when the run's tasks have these results."""
    task = dag.get_task(task_id)

    class Instance:
        dag_id = "training"

        def xcom_pull(self, *, task_ids, **_):
            return results[task_ids]

    Instance.task_id = task_id
    context = {"task": task, "dag": dag, "run_id": "r", "ti": Instance()}
    ((on_failure,), (on_success,)) = task.on_failure_callback, task.on_success_callback
    if error:
        on_failure({**context, "exception": error})
    else:
        on_success(context)


def test_alert_of_a_promotion_names_both_models_the_user_and_the_reason(posted, dag):
    end(dag, "promote", {"promote": DECIDED, "register": MADE})
    (message,) = posted
    for part in (
        "flights version 3 is promoted",
        "Approved by alice: looks fine",
        "&lt;!channel&gt;",
        "champion before: version 2",
        "roc_auc 0.7100",
        "drift in 2013-06",
        "http://mlflow/#/models/flights/versions/3",
        "docs/alerts.md#model-promoted",
    ):
        assert part in message["text"]


@pytest.mark.parametrize(
    "sentence",
    ["Rejected by alice: no. Better", "Better. Nobody answered within 48 hours: not promoted", "Not better"],
)
def test_alert_of_a_version_that_is_not_promoted_says_how_to_promote_it(posted, dag, sentence):
    decided = {**DECIDED, "promoted": False, "sentence": sentence}
    end(dag, "promote", {"promote": decided, "register": MADE})
    (message,) = posted
    assert "flights version 3 is not promoted" in message["text"]
    assert f"decision: {sentence}" in message["text"]
    assert "champion: version 2" in message["text"]
    assert "`trimtab promote 3 --reason …`" in message["text"]


def test_version_that_is_champion_already_sends_no_alert(posted, dag):
    end(dag, "promote", {"promote": {**DECIDED, "promoted": False, "was": 3}, "register": MADE})
    assert posted == []


def test_alert_of_a_rollback_names_the_user_the_reason_and_the_version_before(posted, dag):
    end(dag, "roll_back", {"roll_back": ENTRY})
    (message,) = posted
    assert message["text"].startswith("flights is rolled back to version 1\nchampion before: version 3")
    for part in ("reason: complaints", "by: alice in rollback/r", "docs/alerts.md#model-rolled-back"):
        assert part in message["text"]


@pytest.mark.parametrize("task_id", ["approve", "promote", "roll_back"])
def test_failure_sends_the_alert_of_any_task(posted, dag, task_id):
    end(dag, task_id, {}, error=ValueError("the server is away"))
    (message,) = posted
    assert message["text"].startswith(f"training: '{task_id}' failed\nerror: the server is away")


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


def test_promotion_runs_behind_a_skipped_approval_and_not_behind_a_failed_one(dag):
    assert dag.get_task("promote").trigger_rule == "none_failed"
    assert dag.get_task("approve").trigger_rule == "all_success"


def test_promotion_is_skipped_where_nothing_was_registered(dag):
    with pytest.raises(AirflowSkipException, match="No version was registered and compared"):
        dag.get_task("promote").execute({"ti": results(), "run_id": "r"})


def results(**known):
    """A task instance that sees the results of these tasks, and of no other."""

    class Instance:
        def xcom_pull(self, *, task_ids, **_):
            return known.get(task_ids)

    return Instance()
