"""The operators of a drift check: measure the newest window, and trigger training."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import BaseOperator, Context
from airflow.sdk.exceptions import AirflowSkipException

from trimtab.airflow.notifications.alert import Alert
from trimtab.airflow.notifications.alert_texts import drift_alert, task_failed_alert
from trimtab.airflow.operators.mlflow_operator import MlflowOperator
from trimtab.airflow.operators.promotion import RETRAIN_PREFIX
from trimtab.airflow.operators.upstream_tasks import (
    Upstream,
    pull_record,
    pull_result,
    record_before,
    upstream_levels,
    upstream_reference,
)
from trimtab.airflow.project_outputs import require_output
from trimtab.airflow.xcom import pull_plan
from trimtab.airflow.xcom_payloads import DriftVerdict

if TYPE_CHECKING:
    from trimtab.registry import CheckedWindow


class MeasureDriftOperator(MlflowOperator):
    """Scores the newest window with the champion, measures drift against its reference, keeps the verdict.

    It checks complete windows only, and none that the champion was trained or tested on. It checks windows
    that were missed before, in order, and completes verdicts whose labels have arrived. Before all that, it
    notes the failure of a training that an earlier verdict asked for.

    | outcome | state |
    |---|---|
    | a verdict, whatever it says | success; "investigate" sends an alert |
    | no complete window since the champion's data | skipped, with the reason |
    | no champion, no window, MLflow does not answer | up for retry, then failed; nothing is triggered |

    Args:
        project: The project's root.
        windows: The output that holds one Parquet file for each window, named after it:
            ``2024-04.parquet``. A template.
        training: The DAG that :class:`RetrainOperator` triggers. A template.
        record: The record of the run; see :class:`~trimtab.airflow.RegisterOperator`.
        **kwargs: Everything :class:`MlflowOperator` takes.
    """

    template_fields = ("windows", "training", "record", *MlflowOperator.template_fields)
    params_section = "drift"  # of params.yaml: its fields are in the trigger form
    ui_color = "#f1dfdf"

    def __init__(
        self,
        *,
        project: Path,
        windows: str,
        training: str,
        record: Upstream | None = None,
        **kwargs: Any,
    ) -> None:
        # A check reads the verdicts before it, so there is one at a time, in backfills too.
        super().__init__(**{"max_active_tis_per_dag": 1, **kwargs})
        require_output(project, windows, argument="windows")
        self.project, self.windows, self.training = project, windows, training
        self.record = upstream_reference(record, argument="record")

    def execute(self, context: Context) -> DriftVerdict:
        """Measure and decide; return the figures and the MLflow run of the report."""
        from trimtab.pipeline.record import open_recorded_outputs
        from trimtab.registry import (
            NoWindowToCheckError,
            check_newest_window,
            drift_extensions,
            read_model_name,
            read_model_trust,
        )

        with self.hook.tracking_server() as address:
            self._note_failures(context)
            record, by = pull_record(self, context, self.project), f"{self.dag_id}/{context['run_id']}"
            # Not those of the record, which an XCom names.
            trusted, extensions = read_model_trust(self.project), drift_extensions(self.project)
            with open_recorded_outputs(self.project, record.commit, lambda graph: [self.windows]) as (
                folder,
                graph,
            ):
                try:
                    checked = check_newest_window(
                        folder, graph, self.windows, dag_run=by, trusted=trusted, extensions=extensions
                    )
                except NoWindowToCheckError as err:
                    raise AirflowSkipException(str(err)) from None
            self.push_artifact_page(context, address, checked.run_id, "report.html")
        for window in checked.also:
            self.log.info("%s is checked too: it was missed or incomplete, or its labels arrived", window)
        self.log.info("%s: %s", checked.window, checked.sentence)
        return {**_payload(checked), "model": read_model_name(self.project)}

    def alert(self, context: Context, *, failed: bool) -> Alert | None:
        """Describe a failure, or a verdict that a person should investigate."""
        if failed:
            return task_failed_alert(context)
        verdict: DriftVerdict = context["ti"].xcom_pull(task_ids=self.task_id)
        return drift_alert(context, verdict) if verdict["decision"] == "investigate" else None

    def _note_failures(self, context: Context) -> None:
        """Note the trainings that have failed, since a failed run cannot note it itself."""
        from trimtab.registry import pending_windows, read_model_name, record_retrain_outcome

        name = read_model_name(self.project)
        for window in pending_windows(name):
            run_id = f"{RETRAIN_PREFIX}{window}"
            if context["ti"].get_dr_count(self.training, run_ids=[run_id], states=["failed"]):
                self.log.warning("The training that %s asked for has failed: %s", window, run_id)
                record_retrain_outcome(name, window, "failed")


class RetrainOperator(TriggerDagRunOperator):
    """Triggers training if the verdict says so: once for each window, whatever the retries and clears.

    | outcome | state |
    |---|---|
    | the decision is "retrain" | success; the run `drift__<window>` is triggered |
    | the decision is "retrain", and that run exists | skipped |
    | the retrain has a result by now, or a later window was checked before this one | skipped |
    | any other decision | skipped, with the verdict's sentence |

    The triggered run gets the params of this run's plan, and the reason.

    Args:
        measured_by: The drift check: its task, its output or its task id. Airflow adds the upstream edge.
        **kwargs: Everything ``TriggerDagRunOperator`` takes.
    """

    template_fields = ("measured_by", *TriggerDagRunOperator.template_fields)
    ui_color = "#f1dfdf"

    def __init__(self, *, measured_by: Upstream, **kwargs: Any) -> None:
        super().__init__(
            logical_date=None,  # two runs may check the same window; the run id makes the trigger unique
            skip_when_already_exists=True,
            openlineage_inject_parent_info=False,  # the trigger form refuses keys it does not know
            **kwargs,
        )
        self.measured_by = upstream_reference(measured_by, argument="measured_by")

    def execute(self, context: Context) -> None:
        """Trigger, or skip with the reason."""
        verdict: DriftVerdict = pull_result(self, context, self.measured_by)
        if verdict["decision"] != "retrain":
            raise AirflowSkipException(verdict["sentence"])
        if not verdict["asks"]:
            raise AirflowSkipException(
                f"{verdict['window']} asks for no retrain any more: its retrain has a result, or a later"
                f" window was checked before. {verdict['sentence']}"
            )
        self.trigger_run_id = f"{RETRAIN_PREFIX}{verdict['window']}"
        plan = pull_plan(context, record_before(self, _measured_project(self)).plan)
        self.conf = {
            **plan.revision.overrides,
            "reason": f"drift in {verdict['window']}. {verdict['sentence']}"
            f" Report: MLflow run {verdict['run_id']}",
        }
        super().execute(context)


def _measured_project(task: BaseOperator) -> Path | None:
    """Return the project of the nearest drift check upstream; None if there is none."""
    for level in upstream_levels(task):
        for each in level:
            if isinstance(each, MeasureDriftOperator):
                return each.project
    return None


def _payload(checked: CheckedWindow) -> DriftVerdict:
    return {
        "window": checked.window,
        "champion": checked.champion,
        "rows": checked.rows,
        "metric": checked.metric,
        "reference_figure": checked.reference_figure,
        "window_figure": checked.window_figure,
        "score_psi": checked.score_psi,
        "decision": checked.decision,
        "sentence": checked.sentence,
        "run_id": checked.run_id,
        "asks": checked.asks,
        "also": list(checked.also),
    }
