"""Trimtab's face in Airflow: the only sub-package that imports it.

What is imported here is imported at every parse of a DAG file, so none of it is heavy.
"""

from trimtab.airflow.dag import DvcDag
from trimtab.airflow.drift import MeasureDriftOperator, RetrainOperator
from trimtab.airflow.models import PromoteOperator, RegisterOperator
from trimtab.airflow.stages import PlanOperator, RecordOperator, StageOperator

__all__ = [
    "DvcDag",
    "MeasureDriftOperator",
    "PlanOperator",
    "PromoteOperator",
    "RecordOperator",
    "RegisterOperator",
    "RetrainOperator",
    "StageOperator",
]
