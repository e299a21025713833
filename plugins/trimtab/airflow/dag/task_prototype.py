"""Tasks made after a first one, at a tenth of the cost of Airflow's constructor."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from airflow.sdk import Asset, TaskGroup

from trimtab.airflow.operators.stage import StageOperator


class Mould:
    """Makes tasks that differ from a given one in their stage only, in the same DAG and group.

    A pipeline may have thousands of stages, and a DAG file is parsed every few seconds.

    Args:
        task: The first one. Whatever Airflow keeps of it the others get too, each its own lists and mappings.
    """

    def __init__(self, task: StageOperator) -> None:
        self._task = task
        self._own = [name for name, value in vars(task).items() if isinstance(value, (list, set, dict))]

    def cast(
        self,
        *,
        task_id: str,
        stage: str,
        upstream: Mapping[str, str],
        assets: Mapping[str, Asset],
        doc_md: str,
    ) -> StageOperator:
        """Make another task.

        Args:
            task_id: Without the group's prefix.
            stage: See :class:`StageOperator`, as for what follows.
            upstream: The stages it directly depends on.
            assets: Path of an output to its asset.
            doc_md: What the UI shows of it.
        """
        made = object.__new__(type(self._task))
        own: dict[str, Any] = made.__dict__
        group: TaskGroup = self._task.task_group
        own.update(vars(self._task))
        own.update((name, copy.copy(own[name])) for name in self._own)
        own.update(task_id=group.child_id(task_id), task_group=None, _dag=None)
        own.update(upstream_task_ids=set(), downstream_task_ids=set(), outlets=list(assets.values()))
        own.update(stage=stage, upstream=upstream, assets=assets, doc_md=doc_md, _task_display_name=stage)
        group.add(made)
        own["task_group"] = group
        made.dag = self._task.dag
        return made
