"""DAGs, operators, hooks and notifiers for Airflow: the only package that imports Airflow.

Each name is imported when it is first used: a DAG file is parsed every few seconds and pays for what it
imports.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trimtab.lazy_names import lazy_names

if TYPE_CHECKING:
    from trimtab.airflow.assets import dvc_asset
    from trimtab.airflow.dag.dvc_dag import DvcDag, DvcTaskGroup
    from trimtab.airflow.hooks.mlflow_hook import MlflowHook
    from trimtab.airflow.notifications.alert import Alert
    from trimtab.airflow.notifications.notifier import AlertNotifier, alerting
    from trimtab.airflow.operators.approval import ApproveOperator
    from trimtab.airflow.operators.comparison import CompareOperator
    from trimtab.airflow.operators.doctor import DoctorOperator
    from trimtab.airflow.operators.drift import MeasureDriftOperator, RetrainOperator
    from trimtab.airflow.operators.drill import CheckRecoveryOperator, DrillOperator
    from trimtab.airflow.operators.gate import GateOperator
    from trimtab.airflow.operators.incident import IncidentOperator
    from trimtab.airflow.operators.objectives import CheckObjectivesOperator
    from trimtab.airflow.operators.plan import PlanOperator
    from trimtab.airflow.operators.promotion import PromoteOperator
    from trimtab.airflow.operators.registration import RegisterOperator
    from trimtab.airflow.operators.rollback import RollBackOperator
    from trimtab.airflow.operators.scoring import ScoreOperator, ShadowOperator
    from trimtab.airflow.operators.stage import RecordOperator, StageOperator
    from trimtab.airflow.operators.verify import VerifyOperator
    from trimtab.airflow.retry_policy import retrying

__all__ = [
    "Alert",
    "AlertNotifier",
    "ApproveOperator",
    "CheckObjectivesOperator",
    "CheckRecoveryOperator",
    "CompareOperator",
    "DoctorOperator",
    "DrillOperator",
    "DvcDag",
    "DvcTaskGroup",
    "GateOperator",
    "IncidentOperator",
    "MeasureDriftOperator",
    "MlflowHook",
    "PlanOperator",
    "PromoteOperator",
    "RecordOperator",
    "RegisterOperator",
    "RetrainOperator",
    "RollBackOperator",
    "ScoreOperator",
    "ShadowOperator",
    "StageOperator",
    "VerifyOperator",
    "alerting",
    "dvc_asset",
    "retrying",
]

__getattr__ = lazy_names(
    __name__,
    {
        "assets": ["dvc_asset"],
        "dag.dvc_dag": ["DvcDag", "DvcTaskGroup"],
        "hooks.mlflow_hook": ["MlflowHook"],
        "notifications.alert": ["Alert"],
        "notifications.notifier": ["AlertNotifier", "alerting"],
        "operators.approval": ["ApproveOperator"],
        "operators.comparison": ["CompareOperator"],
        "operators.doctor": ["DoctorOperator"],
        "operators.drill": ["CheckRecoveryOperator", "DrillOperator"],
        "operators.drift": ["MeasureDriftOperator", "RetrainOperator"],
        "operators.gate": ["GateOperator"],
        "operators.incident": ["IncidentOperator"],
        "operators.objectives": ["CheckObjectivesOperator"],
        "operators.plan": ["PlanOperator"],
        "operators.promotion": ["PromoteOperator"],
        "operators.registration": ["RegisterOperator"],
        "operators.rollback": ["RollBackOperator"],
        "operators.scoring": ["ScoreOperator", "ShadowOperator"],
        "operators.stage": ["RecordOperator", "StageOperator"],
        "operators.verify": ["VerifyOperator"],
        "retry_policy": ["retrying"],
    },
)
