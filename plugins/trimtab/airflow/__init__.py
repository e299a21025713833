"""Trimtab's face in Airflow: the only sub-package that imports it.

Each name is imported when it is first used: a DAG file is parsed every few seconds, and pays for what it
uses.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trimtab.airflow.alerts import alerting
    from trimtab.airflow.approval import ApproveOperator
    from trimtab.airflow.assets import dvc_asset
    from trimtab.airflow.dag import DvcDag, DvcTaskGroup
    from trimtab.airflow.drift import MeasureDriftOperator, RetrainOperator
    from trimtab.airflow.gates import GateOperator
    from trimtab.airflow.models import CompareOperator, RegisterOperator
    from trimtab.airflow.oncall import Alert
    from trimtab.airflow.planning import PlanOperator
    from trimtab.airflow.promotion import PromoteOperator, RollBackOperator
    from trimtab.airflow.scoring import ScoreOperator, ShadowOperator
    from trimtab.airflow.stages import RecordOperator, StageOperator
    from trimtab.airflow.verifying import VerifyOperator

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
    "alerts": ["alerting"],
    "approval": ["ApproveOperator"],
    "assets": ["dvc_asset"],
    "dag": ["DvcDag", "DvcTaskGroup"],
    "drift": ["MeasureDriftOperator", "RetrainOperator"],
    "gates": ["GateOperator"],
    "models": ["CompareOperator", "RegisterOperator"],
    "oncall": ["Alert"],
    "planning": ["PlanOperator"],
    "promotion": ["PromoteOperator", "RollBackOperator"],
    "scoring": ["ScoreOperator", "ShadowOperator"],
    "stages": ["RecordOperator", "StageOperator"],
    "verifying": ["VerifyOperator"],
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
