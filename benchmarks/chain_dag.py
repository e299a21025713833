"""A chain of trivial stages as a DAG; copied into a DAGs folder as ``stages100.py`` or ``copies100.py``.

The first is a DVC project rendered by ``DvcDag``; the second the same ``cp`` commands as BashOperators. Each
has a DAG file of its own, so that the tasks of one do not parse the other.
"""

import re
import resource
import time
from pathlib import Path
from typing import Any

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

HERE = Path(__file__)
PROJECT = HERE.parents[1] / HERE.stem
LENGTH = int(re.sub(r"\D", "", HERE.stem) or 0)
BEGAN: list[float] = []


def begin(context: dict[str, Any]) -> None:
    """Look at the clock before ``execute``."""
    BEGAN.append(time.monotonic())


def end(context: dict[str, Any], result: Any) -> None:
    """Hand over what ``execute`` took, and the process's memory."""
    seconds = time.monotonic() - BEGAN.pop()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    context["ti"].xcom_push(key="benchmark", value={"seconds": seconds, "peak_mb": peak})


HOOKS = {"pre_execute": begin, "post_execute": end}

if HERE.stem.startswith("stages"):
    from trimtab.airflow import DvcDag

    dag = DvcDag(HERE.stem, project=PROJECT, default_args=HOOKS)
elif HERE.stem.startswith("copies"):
    with DAG(HERE.stem, default_args=HOOKS):
        before = None
        for number in range(LENGTH):
            source = f"link{number - 1}.txt" if number else "source.txt"
            task = BashOperator(
                task_id=f"link{number}", bash_command=f"cp {source} link{number}.txt", cwd=str(PROJECT)
            )
            if before:
                before >> task
            before = task
