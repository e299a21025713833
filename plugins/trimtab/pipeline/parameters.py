"""Values of params files: what there is, and what a run may set instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from trimtab.config import load_yaml
from trimtab.errors import ConfigError, closest

PARAMS_FILE = "params.yaml"


def leaves(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield ``(dotted key, value)`` for every value that is no mapping and that dots can name."""
    for key, value in values.items():
        if not isinstance(key, str) or "." in key:
            continue
        if isinstance(value, Mapping):
            yield from leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def check_overrides(root: Path, overrides: Mapping[str, Any]) -> dict[str, Any]:
    """Check values given for a run against ``params.yaml``.

    Args:
        root: The project's root.
        overrides: Dotted key to value.

    Returns:
        Those that differ from what ``params.yaml`` already says; an integer where it holds a number with a
        point comes back as one.

    Raises:
        ConfigError: A key is not in ``params.yaml``, or its value there has another type.
    """
    if not overrides:
        return {}
    current = dict(leaves(load_yaml(root / PARAMS_FILE)))
    return {
        key: checked
        for key, value in sorted(overrides.items())
        if (checked := _checked(key, value, current)) != current[key]
    }


def _checked(key: str, value: Any, current: Mapping[str, Any]) -> Any:
    if key not in current:
        raise ConfigError(
            f"There is no param '{key}'{closest(key, current)}",
            where=PARAMS_FILE,
            fix="give a key of params.yaml; nothing has been run",
        )
    wanted = type(current[key])
    if wanted is float and type(value) is int:
        return float(value)
    if type(value) is not wanted and current[key] is not None:
        raise ConfigError(
            f"The param '{key}' cannot be {value!r}: it is a {type(value).__name__}, not a {wanted.__name__}",
            where=f"{PARAMS_FILE}: {key} = {current[key]!r}",
            fix="give a value of the same type; nothing has been run",
        )
    return value


def apply_overrides(text: str, overrides: Mapping[str, Any]) -> str:
    """Return the text of a params file with values set, its comments and order kept.

    Args:
        text: Content of ``params.yaml``.
        overrides: Dotted keys, as :func:`check_overrides` returns them.
    """
    from dvc.utils.serialize import dumps_yaml, parse_yaml_for_update

    values = parse_yaml_for_update(text, PARAMS_FILE)
    for key, value in overrides.items():
        *parents, last = key.split(".")
        target = values
        for parent in parents:
            target = target[parent]
        target[last] = value
    return str(dumps_yaml(values))
