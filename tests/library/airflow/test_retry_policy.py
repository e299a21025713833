"""When a failed task is tried again."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from airflow.sdk.definitions.retry_policy import RetryAction

from trimtab.airflow import retrying
from trimtab.airflow.retry_policy import OutagePolicy
from trimtab.errors import RegistryError, RegistryOutageError, RemoteError

RETRIES = retrying()["retries"]


def decide(error: Exception, try_number: int, cleared_after: int = 0):
    context = {"ti": SimpleNamespace(task=SimpleNamespace(retries=RETRIES))}
    return OutagePolicy().evaluate(error, try_number, RETRIES + cleared_after, context)


@pytest.mark.parametrize("error", [RemoteError("The remote failed"), RegistryOutageError("No answer")])
def test_outage_is_waited_for_with_growing_pauses_until_airflow_has_no_try_left(error):
    decisions = [decide(error, number) for number in range(1, RETRIES + 1)]

    assert {decision.action for decision in decisions} == {RetryAction.RETRY}
    assert [decision.retry_delay.total_seconds() for decision in decisions] == [10, 20, 40, 80, 120, 120]


@pytest.mark.parametrize("error", [RuntimeError("a bug"), RegistryError("MLflow requires credentials")])
def test_other_error_is_tried_three_times(error):
    actions = [decide(error, number).action for number in (1, 2, 3)]

    assert actions == [RetryAction.RETRY, RetryAction.RETRY, RetryAction.FAIL]


def test_tries_are_counted_from_the_last_clear():
    decision = decide(RemoteError("The remote failed"), try_number=4, cleared_after=3)

    assert (decision.action, decision.retry_delay) == (RetryAction.RETRY, timedelta(seconds=10))
    assert decide(RuntimeError("a bug"), try_number=6, cleared_after=3).action is RetryAction.FAIL


def test_dag_with_retrying_is_serialized(project):
    from airflow.serialization.serialized_objects import DagSerialization

    from trimtab.airflow import DvcDag

    dag = DvcDag("d", project=project().root, default_args={**retrying()})

    (task,) = (
        t for t in DagSerialization.from_dict(DagSerialization.to_dict(dag)).tasks if t.task_id == "plan"
    )
    assert (task.retries, task.has_retry_policy) == (RETRIES, True)
