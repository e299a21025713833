"""The task that measures the objectives: its result, its alerts, and when it is skipped."""

from __future__ import annotations

import json

import pytest
from airflow.sdk import DAG
from airflow.sdk.exceptions import AirflowSkipException

from tests.library.airflow.operators.promotions import end
from tests.library.receivers import webhook
from tests.library.slo.evidences import ago, entry, evidence, measured, verdict
from trimtab.airflow import CheckObjectivesOperator, alerting
from trimtab.airflow.operators.objectives import _payload
from trimtab.errors import ConfigError

RESPONSE = {"objective": 0.9, "period_windows": 10, "max_hours": 24}
ASKED = [verdict("2024-01", ago(days=9), decision="investigate")]


@pytest.fixture
def posted(monkeypatch):
    with webhook() as (posted, hook):
        monkeypatch.setenv("AIRFLOW_CONN_CHAT", json.dumps(hook))
        yield posted


@pytest.fixture
def dag(tmp_path):
    with DAG("objectives", default_args=alerting("chat")) as dag:
        CheckObjectivesOperator(task_id="objectives", project=tmp_path)
    return dag


def payload(kept, period: int):
    return _payload(measured(kept, response={**RESPONSE, "period_windows": period}))


def test_alert_of_a_spent_budget_says_what_is_frozen_by_what_and_what_to_do(posted, dag):
    end(dag, "objectives", {"objectives": payload(evidence(verdicts=ASKED), 10)})
    (message,) = posted
    for part in (
        "rides: an error budget is spent",
        "answer to drift: medium burn, 10 times too fast over 1 window",
        "2024-01: 'investigate' had no answer within 24 hours",
        "blocks: automatic promotion",
        "`trimtab slo --model rides`",
        "docs/alerts.md#error-budget-spent",
    ):
        assert part in message["text"]


def test_alert_of_a_burning_budget_freezes_nothing_yet(posted, dag):
    end(dag, "objectives", {"objectives": payload(evidence(verdicts=ASKED), 20)})
    (message,) = posted
    assert "rides: an error budget burns too fast" in message["text"]
    assert "blocks: nothing yet" in message["text"]


def test_budget_that_does_not_burn_sends_no_alert(posted, dag):
    answered = evidence(entry(1, 1, ago(days=99)), entry(2, 2, ago(days=8.5), was=1), verdicts=ASKED)
    end(dag, "objectives", {"objectives": payload(answered, 10)})
    assert posted == []


def test_alert_escapes_what_is_in_the_drift_log(posted, dag):
    hostile = [verdict("<!channel> `x`", ago(days=9), decision="investigate")]
    end(dag, "objectives", {"objectives": payload(evidence(verdicts=hostile), 10)})
    assert "<!channel>" not in posted[0]["text"]


def test_failure_sends_the_alert_of_any_task(posted, dag):
    end(dag, "objectives", {}, error=ValueError("the server is away"))
    assert posted[0]["text"].startswith("objectives: 'objectives' failed")


def test_project_without_objectives_is_skipped_and_an_invalid_one_fails(dag, tmp_path):
    task = dag.get_task("objectives")
    with pytest.raises(AirflowSkipException, match="declares no objective"):
        task.execute({})
    (tmp_path / "params.yaml").write_text("slo: {response: {objective: 2}}\n")
    with pytest.raises(ConfigError):
        task.execute({})
