"""A task with an alert of its own, and the context that its callbacks get."""

from __future__ import annotations

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG

from trimtab.airflow.notifications.alert import Alert

ALERT = Alert(
    kind="gate failed",
    title="flights: data gate 'validate_raw' has failed\nsecond line",
    facts={"found": "1 of 2 checks failed <!channel>\n{{ 7 * 7 }}", "nothing": "", "blocks": "train"},
    links={"report": "http://airflow/trimtab/reports/a/b/c"},
)


class Alerting(EmptyOperator):
    """A task with an alert of its own."""

    own: Alert | Exception | None = ALERT

    def alert(self, context, *, failed):
        if isinstance(self.own, Exception):
            raise self.own
        return self.own


def context(task, **more):
    class Instance:
        dag_id, task_id = "flights", task.task_id

    return {"task": task, "dag": task.dag, "run_id": "manual__2026-11-24", "ti": Instance(), **more}


def task(kind=Alerting, **attributes):
    with DAG("flights"):
        made, after = kind(task_id="judge"), EmptyOperator(task_id="train")
        made >> after
    for name, value in attributes.items():
        setattr(made, name, value)
    return made
