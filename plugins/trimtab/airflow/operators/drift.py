"""Operators that look at a new window with the champion, and retrain if the policy says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import BaseOperator, Context
from airflow.sdk.exceptions import AirflowSkipException

from trimtab.airflow.hooks.tracking_server import reach_server
from trimtab.airflow.notifications.alert import Alert, failure, links
from trimtab.airflow.operators.promotion import RETRAIN_PREFIX
from trimtab.airflow.operators.upstream import pull, pull_record, record_before, task_named
from trimtab.airflow.project_outputs import require_output
from trimtab.airflow.xcom import pull_plan


class MeasureDriftOperator(BaseOperator):
    """Scores the newest window with the champion, measures drift against its reference, keeps the verdict.

    Only complete windows are judged, and none that the champion has learnt from or was tested on. Windows
    missed before are judged first, in order; verdicts whose outcomes have come are completed. Before all
    that, a training that a verdict asked for and that has failed is written down with the verdict.

    | outcome | state |
    |---|---|
    | a verdict, whatever it says | success; of "investigate" whoever is on call is told |
    | no complete window has come since the data that the champion has seen | skipped, with the reason |
    | no champion, no window, MLflow does not answer | up for retry, then failed; nothing is triggered |

    Args:
        project: The project's root.
        windows: The output that holds one Parquet file per window, named after it: ``2024-04.parquet``.
        training: The DAG that `RetrainOperator` triggers.
    """

    params_section = "drift"  # what it reads of params.yaml
    ui_color = "#f1dfdf"

    def __init__(self, *, project: Path, windows: str, training: str, **kwargs: Any) -> None:
        # Each look reads what was found before it: one at a time, in backfills too.
        super().__init__(**{"max_active_tis_per_dag": 1, **kwargs})
        require_output(project, windows, argument="windows")
        self.project, self.windows, self.training = project, windows, training

    def execute(self, context: Context) -> dict[str, Any]:
        """Measure and decide; the XCom has the figures and where the report is."""
        from trimtab.pipeline.record import outputs_of
        from trimtab.registry import NothingToJudgeError, check_newest_window, trusted_types

        reach_server()
        self._note_failures(context)
        record, by = pull_record(self, context, self.project), f"{self.dag_id}/{context['run_id']}"
        trusted = trusted_types(self.project)
        with outputs_of(self.project, record.commit, lambda graph: [self.windows]) as (folder, graph):
            try:
                checked = check_newest_window(folder, graph, self.windows, dag_run=by, trusted=trusted)
            except NothingToJudgeError as err:
                raise AirflowSkipException(str(err)) from None
        for window in checked.also:
            self.log.info(
                "%s was missed or not complete before, or its outcomes have come: judged as well", window
            )
        self.log.info("%s: %s", checked.window, checked.sentence)
        return checked.plain()

    def alert(self, context: Context, *, failed: bool) -> Alert | None:
        """Tell of a failure, and of a verdict that is for a person."""
        if failed:
            return failure(context)
        verdict = context["ti"].xcom_pull(task_ids=self.task_id)
        if verdict["decision"] != "investigate":
            return None
        return Alert(
            kind="drift to look at",
            title=f"{self.dag_id}: a person should look at {verdict['window']}",
            facts={
                "found": verdict["sentence"],
                "run": context["run_id"],
                "blocks": "nothing, but no retrain follows",
                "to try": f"`trimtab drift report --window {verdict['window']}` saves its report",
            },
            links=links(context),
        )

    def _note_failures(self, context: Context) -> None:
        """A run that failed cannot say so itself; one that is paused or under way has no outcome yet."""
        from trimtab.registry import note_outcome, own_model, waiting_windows

        name = own_model(self.project)
        for window in waiting_windows(name):
            run_id = f"{RETRAIN_PREFIX}{window}"
            if context["ti"].get_dr_count(self.training, run_ids=[run_id], states=["failed"]):
                self.log.warning("The training that %s asked for has failed: %s", window, run_id)
                note_outcome(name, window, "failed")


class RetrainOperator(TriggerDagRunOperator):
    """Triggers training if the verdict says so: once per window, whatever the number of tries and clears.

    | outcome | state |
    |---|---|
    | the decision is "retrain" | success; the run `drift__<window>` is triggered |
    | ... and that run was there already | skipped |
    | the retrain has a result by now, or a later window was judged before this one | skipped |
    | any other decision | skipped, with the verdict's sentence |

    The triggered run gets the params this run was planned with, and the reason.

    Args:
        measured_by: Task id of the measurement.
        **kwargs: Everything ``TriggerDagRunOperator`` takes.
    """

    ui_color = "#f1dfdf"

    def __init__(self, *, measured_by: str, **kwargs: Any) -> None:
        super().__init__(
            logical_date=None,  # two runs may see the same window; the run id is what makes it once
            skip_when_already_exists=True,
            openlineage_inject_parent_info=False,  # the form refuses keys it does not know
            **kwargs,
        )
        self.measured_by = measured_by

    def execute(self, context: Context) -> None:
        """Trigger, or skip and say why."""
        verdict = pull(self, context, self.measured_by)
        if verdict["decision"] != "retrain":
            raise AirflowSkipException(verdict["sentence"])
        if not verdict["asks"]:
            raise AirflowSkipException(
                f"{verdict['window']} asks for nothing any more: its retrain has a result, or a later window"
                f" was judged before. {verdict['sentence']}"
            )
        self.trigger_run_id = f"{RETRAIN_PREFIX}{verdict['window']}"
        project = getattr(task_named(self, self.measured_by), "project", None)
        plan = pull_plan(context, record_before(self, project).plan)
        self.conf = {
            **plan.revision.overrides,
            "reason": f"drift in {verdict['window']}. {verdict['sentence']}"
            f" Report: MLflow run {verdict['run_id']}",
        }
        super().execute(context)
