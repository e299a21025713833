"""Trimtab's face in Airflow: the only sub-package that imports it.

Each name is imported when it is first used: a DAG file is parsed every few seconds, and pays for what it
uses.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trimtab.airflow.assets import dvc_asset
    from trimtab.airflow.dag.dvc_dag import DvcDag, DvcTaskGroup
    from trimtab.airflow.notifications.alert import Alert
    from trimtab.airflow.notifications.notifier import alerting
    from trimtab.airflow.operators.approval import ApproveOperator
    from trimtab.airflow.operators.drift import MeasureDriftOperator, RetrainOperator
    from trimtab.airflow.operators.gate import GateOperator
    from trimtab.airflow.operators.plan import PlanOperator
    from trimtab.airflow.operators.promotion import PromoteOperator, RollBackOperator
    from trimtab.airflow.operators.registration import CompareOperator, RegisterOperator
    from trimtab.airflow.operators.scoring import ScoreOperator, ShadowOperator
    from trimtab.airflow.operators.stage import RecordOperator, StageOperator
    from trimtab.airflow.operators.verify import VerifyOperator

__all__ = [
    "Alert",
    "ApproveOperator",
    "CompareOperator",
    "DvcDag",
    "DvcTaskGroup",
    "GateOperator",
    "MeasureDriftOperator",
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
]

_MODULES = {
    "assets": ["dvc_asset"],
    "dag.dvc_dag": ["DvcDag", "DvcTaskGroup"],
    "notifications.alert": ["Alert"],
    "notifications.notifier": ["alerting"],
    "operators.approval": ["ApproveOperator"],
    "operators.drift": ["MeasureDriftOperator", "RetrainOperator"],
    "operators.gate": ["GateOperator"],
    "operators.plan": ["PlanOperator"],
    "operators.promotion": ["PromoteOperator", "RollBackOperator"],
    "operators.registration": ["CompareOperator", "RegisterOperator"],
    "operators.scoring": ["ScoreOperator", "ShadowOperator"],
    "operators.stage": ["RecordOperator", "StageOperator"],
    "operators.verify": ["VerifyOperator"],
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
