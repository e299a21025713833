"""What the tests of DAGs share: the edges of a DAG, and projects with given stages."""

from __future__ import annotations

import json


def edges(dag):
    return {(task.task_id, follower) for task in dag.tasks for follower in task.downstream_task_ids}


def with_stages(project, stages, **files):
    """A project with these stages in its ``dvc.yaml``."""
    return project({"dvc.yaml": json.dumps({"stages": stages}), **files})
