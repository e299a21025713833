"""The stages of a long pipeline in task groups, which the graph of Airflow's UI shows closed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Container, Mapping

from airflow.sdk import DAG, TaskGroup

from trimtab.pipeline.graph import group_of

MANY = 20  # stages; the graph of fewer fits on a screen
FEWEST = 3  # stages in a group
SUFFIX = "-stages"
DIGITS = 6  # of a hash in an id


def stage_groups(tasks: Mapping[str, str], dag: DAG, parent: TaskGroup) -> dict[str, TaskGroup]:
    """Make a task group for each folder and each ``foreach`` stage of a pipeline with many stages.

    The groups change no task id: a task keeps its id when the pipeline grows.

    Args:
        tasks: Stage to the id of its task, with the prefix of ``parent``.
        dag: The DAG.
        parent: The task group of the pipeline.

    Returns:
        The group of each stage that is in one.
    """
    if len(tasks) <= MANY:
        return {}
    members: dict[str, list[str]] = {}
    for stage in tasks:
        members.setdefault(group_of(stage), []).append(stage)
    taken = set(tasks.values())
    found: dict[str, TaskGroup] = {}
    for name, stages in members.items():
        if not name or len(stages) < FEWEST:
            continue
        group = TaskGroup(
            group_id=_group_id(name, parent.child_id(""), taken),
            group_display_name=name,
            prefix_group_id=False,
            parent_group=parent,
            dag=dag,
        )
        taken.add(str(group.group_id))
        found |= dict.fromkeys(stages, group)
    return found


def _group_id(name: str, prefix: str, taken: Container[str]) -> str:
    """Return an id without ``prefix``, which no task and no other group of the pipeline has.

    It has a suffix, so that a task of the DAG may be named like a folder.
    """
    plain = re.sub(r"[^\w-]+", "_", name)
    if plain == name and f"{prefix}{plain}{SUFFIX}" not in taken:
        return f"{plain}{SUFFIX}"
    return f"{plain}{SUFFIX}-{hashlib.sha256(name.encode()).hexdigest()[:DIGITS]}"
