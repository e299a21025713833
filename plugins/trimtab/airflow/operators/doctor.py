"""The operator that examines the worker it runs on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowFailException, AirflowNotFoundException

from trimtab.airflow.operators.mlflow_operator import MlflowOperator

if TYPE_CHECKING:
    from trimtab.doctor import Check, Finding


class DoctorOperator(MlflowOperator):
    """Runs the checks of `trimtab doctor` where runs fail: on a worker, as a task, with the worker's rights.

    | outcome | state |
    |---|---|
    | no error; warnings are in the log | success |
    | a check found an error | failed, no retry; the log and the XCom ``findings`` have all findings |

    Args:
        project: The project's root.
        connections: Airflow connections that tasks of the project use, beside those of ``TRIMTAB_ALERTS``.
        **kwargs: Everything :class:`MlflowOperator` takes.
    """

    ui_color = "#dfe7f1"

    def __init__(self, *, project: Path, connections: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.project, self.connections = project, tuple(connections)

    def execute(self, context: Context) -> str:
        """Run all checks; return the worst status."""
        from trimtab.doctor import XCOM_KEY, examine, findings_to_dict

        found = []
        for finding in examine(self._checks()):
            found.append(finding)
            log = {"ok": self.log.info, "warning": self.log.warning, "error": self.log.error}[finding.status]
            log("%s: %s%s", finding.check, finding.seen, f"\n  to do: {finding.fix}" if finding.fix else "")
        context["ti"].xcom_push(key=XCOM_KEY, value=[finding.to_dict() for finding in found])
        errors = [finding for finding in found if finding.status == "error"]
        if errors:
            lines = [f"{each.check}: {each.seen}\n  to do: {each.fix}" for each in errors]
            raise AirflowFailException("\n".join([f"{len(errors)} error(s) on this worker", *lines]))
        return str(findings_to_dict(found, host="")["status"])

    def _checks(self) -> dict[str, Check]:
        from trimtab.airflow.doctor_checks import check_connections, check_project
        from trimtab.doctor import machine_checks

        checks = machine_checks(self.project)
        return {
            "project": lambda: check_project(self.project),
            **checks,
            "MLflow": lambda: self._check_mlflow(checks["MLflow"]),
            "Airflow connection": lambda: check_connections(self.connections),
        }

    def _check_mlflow(self, check: Check) -> Iterator[Finding]:
        from trimtab.doctor import Finding

        try:
            configured = self.hook.is_configured()
        except AirflowNotFoundException:
            yield Finding(
                "MLflow",
                "error",
                f"the connection '{self.mlflow_conn_id}' does not exist for this task",
                f"`airflow connections add {self.mlflow_conn_id}`",
            )
            return
        with self.hook.tracking_server() if configured else nullcontext():
            yield from check()
