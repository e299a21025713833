"""The operators of recovery: the drill, and whether its proof still holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from trimtab.airflow.notifications.alert import Alert
from trimtab.airflow.notifications.alert_texts import drill_alert, readiness_alert, task_failed_alert
from trimtab.airflow.operators.mlflow_operator import MlflowOperator


class RecoveryOperator(MlflowOperator):
    """An operator that is about the backups of a model.

    Args:
        project: The project's root.
        backup: The backup location: a folder, an address, or the name of a DVC remote. A template. By default
            that of the variable TRIMTAB_BACKUP.
        model: The registered model; that of the project if not given. A template.
        **kwargs: Everything :class:`MlflowOperator` takes.
    """

    template_fields = ("backup", "model", *MlflowOperator.template_fields)
    ui_color = "#dfe7f1"

    def __init__(
        self, *, project: Path, backup: str | None = None, model: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.project, self.backup, self.model = project, backup, model

    def model_name(self) -> str:
        """Return the name of the registered model."""
        from trimtab.registry import read_model_name

        return self.model or read_model_name(self.project)


class DrillOperator(RecoveryOperator):
    """Restores the newest backup into an empty place, rebuilds the champion there, and records the times.

    | outcome | state |
    |---|---|
    | the champion was rebuilt, identical, within the objectives of `recovery` | success |
    | a file is lost or altered, the champion differs, the copy is too old, or it took too long | failed, no retry; sends an alert |
    | MLflow or the backup location does not answer, or no location is set | up for retry, then failed |

    The worker needs room for the backup in its folder of temporary files, and starts an MLflow server on a port
    of its loopback interface. Each drill is an MLflow run, whatever its outcome.

    Args:
        **kwargs: Everything :class:`RecoveryOperator` takes.
    """  # noqa: E501  a row of the table

    def execute(self, context: Context) -> dict[str, object]:
        """Run the drill; return its record."""
        from trimtab.registry.recovery import find_backup_location, read_recovery_policy, run_drill

        policy, source = read_recovery_policy(self.project), find_backup_location(self.backup)
        with self.hook.tracking_server():
            drill = run_drill(
                self.project,
                self.model_name(),
                policy,
                source,
                by=f"{self.dag_id}/{context['run_id']}",
                log_line=self.log.info,
            )
        if drill.verdict == "failed":
            raise AirflowFailException("\n".join(drill.problems))
        self.log.info("%s", drill.sentence)
        return drill.to_dict()

    def alert(self, context: Context, *, failed: bool) -> Alert | None:
        """Describe why the drill failed; that it could not run is the alert of any failed task."""
        if not failed:
            return None
        found = isinstance(context.get("exception"), AirflowFailException)
        return drill_alert(context) if found else task_failed_alert(context)


class CheckRecoveryOperator(RecoveryOperator):
    """Checks that the last drill was good, is not too old, and that cache and backup are where they were then.

    | outcome | state |
    |---|---|
    | the last drill still proves that a recovery works | success |
    | the last drill failed or is too old, or a setting of cache, remote or backup has changed since | failed, no retry; sends an alert |
    | no backup location is set, and there never was a drill | skipped |
    | MLflow or the backup location does not answer | up for retry, then failed |

    Args:
        **kwargs: Everything :class:`RecoveryOperator` takes.
    """  # noqa: E501  a row of the table

    def execute(self, context: Context) -> None:
        """Check; an error names each doubt."""
        import os

        from trimtab.registry.recovery import (
            BACKUP_VARIABLE,
            check_readiness,
            has_drills,
            read_recovery_policy,
        )

        source = self.backup or os.environ.get(BACKUP_VARIABLE, "")
        with self.hook.tracking_server():
            model = self.model_name()
            if not source and not has_drills(model):
                raise AirflowSkipException(
                    f"{BACKUP_VARIABLE} is not set, and no recovery drill was ever run: docs/recovery.md"
                )
            problems = check_readiness(self.project, model, read_recovery_policy(self.project), source)
        if problems:
            raise AirflowFailException("\n".join(problems))

    def alert(self, context: Context, *, failed: bool) -> Alert | None:
        """Describe the doubts; that they could not be checked is the alert of any failed task."""
        if not failed:
            return None
        found = isinstance(context.get("exception"), AirflowFailException)
        return readiness_alert(context) if found else task_failed_alert(context)
