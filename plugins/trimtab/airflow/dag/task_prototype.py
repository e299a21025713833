"""A task that others are cloned from, at a tenth of the cost of Airflow's constructor."""

from __future__ import annotations

import copy
from collections.abc import Mapping

from airflow.sdk import Asset, TaskGroup

from trimtab.airflow.airflow_compat import reset_dag, set_display_name
from trimtab.airflow.operators.stage import StageOperator


class TaskPrototype:
    """A constructed task of a stage; its clones are tasks of other stages in the same DAG and task group.

    A pipeline may have thousands of stages, and a DAG file is parsed every few seconds.

    Args:
        task: The constructed task. A clone gets every attribute, and its own copy of each list, set and dict.
    """

    def __init__(self, task: StageOperator) -> None:
        self._task = task
        self._mutable = [name for name, value in vars(task).items() if isinstance(value, (list, set, dict))]

    def clone(
        self,
        *,
        task_id: str,
        stage: str,
        upstream: Mapping[str, str],
        assets: Mapping[str, Asset],
        doc_md: str,
    ) -> StageOperator:
        """Make the task of another stage.

        Args:
            task_id: Its id, without the prefix that the group adds.
            stage: See :class:`StageOperator`.
            upstream: See :class:`StageOperator`.
            assets: See :class:`StageOperator`.
            doc_md: Its doc in the UI.
        """
        made = object.__new__(type(self._task))
        own: dict[str, object] = made.__dict__
        group: TaskGroup = self._task.task_group
        own.update(vars(self._task))
        own.update((name, copy.copy(own[name])) for name in self._mutable)
        reset_dag(own)
        set_display_name(own, stage)
        own.update(task_id=group.child_id(task_id), outlets=list(assets.values()))
        own.update(stage=stage, upstream=upstream, assets=assets, doc_md=doc_md)
        group.add(made)
        own["task_group"] = group
        made.dag = self._task.dag
        return made
