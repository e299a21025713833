"""The pod override of a stage: YAML of ``dvc.yaml`` as the object that Airflow's KubernetesExecutor takes.

The client's own deserializer ignores unknown keys and turns any value into a text. So each key and type is
checked here against the client's models. The client is imported only for a stage that has a pod override:
that takes seconds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from trimtab.errors import ConfigError, closest

if TYPE_CHECKING:
    from kubernetes.client import V1Pod

BASE = "base"  # the container in which the executor runs the task
INSTALL = "install the client wherever DAG files are parsed: `pip install 'trimtab[kubernetes]'`"
PRIMITIVES: Mapping[str, type] = {"str": str, "int": int, "bool": bool, "float": float}
# The fields of the client's models that hold quantities. They are texts to it; YAML may have a number.
QUANTITIES = {("V1ResourceRequirements", "limits"), ("V1ResourceRequirements", "requests")}
QUANTITIES |= {("V1VolumeResourceRequirements", name) for name in ("limits", "requests")}
QUANTITIES |= {("V1EmptyDirVolumeSource", "size_limit"), ("V1PodSpec", "overhead")}
_LIST, _DICT = re.compile(r"list\[(.+)\]"), re.compile(r"dict[(\[]str, (.+)[)\]]")


class _InvalidError(ValueError):
    """A value is invalid; the message starts with its key."""


def make_pod(values: Mapping[str, object], *, where: str) -> V1Pod:
    """Return the pod whose fields replace those of the executor's pod template.

    Args:
        values: The pod in the keys of a Kubernetes manifest, such as ``spec``.
        where: File, stage and section, for the message.

    Raises:
        ConfigError: A key is unknown, a value has another type, the first container is not Airflow's, or the
            client is not installed.
    """
    try:
        import kubernetes.client  # noqa: F401
    except ImportError as err:
        raise ConfigError("The kubernetes client is not installed", where=where, fix=INSTALL) from err
    try:
        pod = _build("V1Pod", values, "pod_override")
        _require_task_container(pod)
    except _InvalidError as err:
        raise ConfigError(
            str(err), where=where, fix="correct it; `kubectl explain pod.spec` describes the fields"
        ) from err
    return pod


def _require_task_container(pod: V1Pod) -> None:
    """Require that the first container is the task's: the executor merges containers by their position."""
    if pod.spec is None:
        return
    first = pod.spec.containers[0] if pod.spec.containers else None
    key = "'pod_override.spec.containers"
    if first is None or first.name != BASE:
        name = repr(first.name) if first else "no container"
        raise _InvalidError(
            f"{key}' has {name} first: Airflow runs the task in the first one, and calls it '{BASE}'"
        )
    if first.args is not None:
        raise _InvalidError(f"{key}.0.args' would replace the command with which Airflow starts the task")


def _build(kind: str, value: object, key: str) -> Any:
    """Return a value as the client has it.

    Args:
        kind: A type of the client, such as ``list[V1Container]``.
        value: The value of the YAML file.
        key: Its dotted key.
    """
    if kind in PRIMITIVES:
        return _primitive(PRIMITIVES[kind], value, key)
    if match := _LIST.fullmatch(kind):
        if not isinstance(value, list):
            raise _InvalidError(f"'{key}' is {value!r}, and must be a list")
        return [_build(match[1], each, f"{key}.{number}") for number, each in enumerate(value)]
    if match := _DICT.fullmatch(kind):
        return {name: _build(match[1], each, f"{key}.{name}") for name, each in _mapping(value, key).items()}
    if kind in ("object", "datetime"):  # a number or a text, such as a port; a time is never set by a user
        return value
    return _build_model(kind, _mapping(value, key), key)


def _build_model(kind: str, values: Mapping[str, object], key: str) -> Any:
    from kubernetes import client

    model = getattr(client, kind)
    names = {shown: name for name, shown in model.attribute_map.items()}
    fields = {}
    for shown, value in values.items():
        inner = f"{key}.{shown}"
        if shown not in names:
            raise _InvalidError(f"unknown key '{inner}'{closest(shown, names)}")
        name = names[shown]
        given = _with_quantities(value, inner) if (kind, name) in QUANTITIES else value
        fields[name] = _build(model.openapi_types[name], given, inner)
    try:
        return model(**fields)
    except ValueError as err:  # a required field is missing
        raise _InvalidError(f"'{key}': {err}") from err


def _with_quantities(value: object, key: str) -> object:
    """Return quantities, such as ``2`` or ``500m``, as texts."""
    from kubernetes.utils import parse_quantity

    if isinstance(value, Mapping):
        return {name: _with_quantities(each, f"{key}.{name}") for name, each in value.items()}
    try:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise ValueError
        parse_quantity(value)
    except ValueError as err:
        raise _InvalidError(f"'{key}' is {value!r}, and must be a quantity such as 2, 500m or 4Gi") from err
    return str(value)


def _primitive(kind: type, value: object, key: str) -> object:
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not kind:
        hint = "; write it in quotes" if kind is str and not isinstance(value, list | dict) else ""
        raise _InvalidError(f"'{key}' is {value!r}, and must be of type {kind.__name__}{hint}")
    return value


def _mapping(value: object, key: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
        raise _InvalidError(f"'{key}' is {value!r}, and must be a mapping")
    return value
