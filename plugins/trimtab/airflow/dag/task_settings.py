"""``meta: {airflow: …}`` of a stage: arguments of its task."""

from __future__ import annotations

import importlib.util
import os
import re
from datetime import timedelta
from typing import Annotated

from airflow.sdk import TriggerRule
from pydantic import AfterValidator, BeforeValidator, Field

from trimtab.airflow.airflow_compat import configured_executors
from trimtab.airflow.dag.pod_override import make_pod
from trimtab.config import Params, parse_params
from trimtab.errors import ConfigError, closest
from trimtab.pipeline.graph import PIPELINE_FILE, Stage, split_address

UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1}  # seconds
LONGEST = 10 * 365 * UNITS["d"]  # of a duration
# Set where DAG files are parsed and run without the executors of the cluster: `trimtab up`, and CI.
ONE_EXECUTOR = "TRIMTAB_ONE_EXECUTOR"
IN_POD = "AIRFLOW_IS_K8S_EXECUTOR_POD"  # set by Airflow: the task runs in its pod, with the LocalExecutor
POD_KEYS = ("pod_override", "KubernetesExecutor")  # of Airflow's executor_config


def _duration(value: object) -> timedelta | str:
    """Parse a number of seconds, or a text like ``1h 30m``; pydantic parses ISO 8601."""
    if isinstance(value, str) and value.upper().startswith("P"):
        return value
    if isinstance(value, str) and re.fullmatch(r"(\s*\d+(\.\d+)?\s*[dhms])+\s*", value):
        parts = re.findall(r"(\d+(?:\.\d+)?)\s*([dhms])", value)
        value = sum(float(number) * UNITS[unit] for number, unit in parts)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LONGEST:
        raise ValueError("give seconds, such as 90, or a text such as 1h 30m or PT1H30M")
    return timedelta(seconds=value)


def _positive(value: timedelta) -> timedelta:
    if not value:
        raise ValueError("it must be longer than 0 seconds")
    return value


def _trigger_rule(value: str) -> str:
    known = [rule.value for rule in TriggerRule]
    if value not in known:
        raise ValueError(f"there is no such rule{closest(value, known)}; Airflow has {', '.join(known)}")
    return value


def _no_pod(value: dict[str, object]) -> dict[str, object]:
    found = [key for key in POD_KEYS if key in value]
    if found:  # Airflow takes an object of Python there, and fails each task that has YAML
        raise ValueError(
            f"it takes no '{found[0]}'; write the pod under the key 'pod_override' of meta.airflow"
        )
    return value


Duration = Annotated[timedelta, Field(strict=False, ge=timedelta()), BeforeValidator(_duration)]


class TaskSettings(Params):
    """The keys of ``meta: {airflow: …}``.

    Each is the operator argument of the same name. ``pod_override`` is that key of ``executor_config``.

    Attributes:
        retries: How often the task is tried again after it failed.
        retry_delay: The time between two tries: seconds, or a text such as ``1h 30m``.
        execution_timeout: The time after which the task is killed and has failed, as for ``retry_delay``.
        pool: The pool whose slots the task takes.
        pool_slots: How many slots of the pool it takes.
        queue: The queue of the executor, such as that of the workers with a GPU.
        priority_weight: Which task of a pool or a queue starts first: the one with the highest weight.
        trigger_rule: Which states of its upstream tasks let it start.
        executor: The name of the executor that runs the task, if Airflow has several.
        executor_config: Settings of the executor, other than a pod.
        pod_override: The pod of the task, with Kubernetes: what differs from the template of the executor.
    """

    retries: int | None = Field(None, ge=0)
    retry_delay: Duration | None = None
    execution_timeout: Annotated[Duration, AfterValidator(_positive)] | None = None
    pool: str | None = Field(None, min_length=1, max_length=256)
    pool_slots: int | None = Field(None, ge=1)
    queue: str | None = Field(None, min_length=1, max_length=256)
    priority_weight: int | None = None
    trigger_rule: Annotated[str, AfterValidator(_trigger_rule)] | None = None
    executor: str | None = Field(None, min_length=1)
    executor_config: Annotated[dict[str, object], AfterValidator(_no_pod)] | None = None
    pod_override: dict[str, object] | None = None


def task_settings(stage: Stage) -> dict[str, object]:
    """Return the operator arguments that ``dvc.yaml`` gives for a stage's task.

    Where the environment variable ``TRIMTAB_ONE_EXECUTOR`` is set, every stage runs with the default
    executor. A pod override is then checked only if the kubernetes client is installed. In the pod of a task
    both are left out.

    Raises:
        ConfigError: A key is unknown, a value is invalid, or Airflow has no such executor; the message has
            file, stage and key.
    """
    given = stage.meta.get("airflow")
    if given is None:
        return {}
    file, name = split_address(stage.name)
    where = f"{file or PIPELINE_FILE}, stage '{name}', meta.airflow"
    if not isinstance(given, dict):
        raise ConfigError(f"{given!r} is no mapping of settings", where=where, fix="write `airflow: {…}`")
    settings = parse_params(TaskSettings, given, where=where).model_dump(exclude_none=True)
    pod = settings.pop("pod_override", None)
    in_pod = bool(os.environ.get(IN_POD))
    one_executor = in_pod or bool(os.environ.get(ONE_EXECUTOR))
    if pod is not None and not in_pod and (not one_executor or importlib.util.find_spec("kubernetes")):
        config = settings.get("executor_config", {})
        settings["executor_config"] = {**config, "pod_override": make_pod(pod, where=where)}
    if one_executor:
        settings.pop("executor", None)
    elif "executor" in settings:
        _require_executor(settings["executor"], where=where)
    return settings


def _require_executor(name: str, *, where: str) -> None:
    known = configured_executors()
    if name not in known:
        raise ConfigError(
            f"'executor' is '{name}', and Airflow has no such executor{closest(name, known)}",
            where=where,
            fix=f"add it to `[core] executor`, which has {', '.join(known)}, wherever DAG files are parsed; "
            f"to parse them without it, set {ONE_EXECUTOR}=true",
        )
