"""Overrides: values that a run sets instead of those in ``params.yaml``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from textwrap import shorten

from trimtab.errors import ConfigError, closest
from trimtab.extension import find_code, find_extensions
from trimtab.flattening import flatten
from trimtab.json_value import JsonValue
from trimtab.params_file import PARAMS_FILE, load_yaml
from trimtab.pipeline.params.policy_overrides import SECTIONS, refuse_looser_policy
from trimtab.pipeline.params.shell_safety import find_danger, has_control_characters
from trimtab.pipeline.params.value_size import find_excess

MAX_VALUE_LENGTH = 100  # characters of a value in an error message
# What only a commit sets, and why a run cannot: see decisions 0022 and 0045.
TRUSTED_TYPES, SIGNING = "trusted_types", "signing"


def check_overrides(
    root: Path, overrides: Mapping[str, JsonValue], *, params: Path | None = None
) -> dict[str, JsonValue]:
    """Check overrides against ``params.yaml``.

    Args:
        root: The project's root.
        overrides: Dotted key to value.
        params: The params file to check against; by default the project's ``params.yaml``.

    Returns:
        The overrides that differ from ``params.yaml``. An integer becomes a float if ``params.yaml`` has a
        float.

    Raises:
        ConfigError: A key is not in ``params.yaml`` or only a commit may set it; or a value has another type
            or kind than the one in ``params.yaml``, is too large, is not safe in a command or a path, or
            loosens the promote policy.
    """
    if not overrides:
        return {}
    refuse_commit_only_params(overrides)
    current = dict(flatten(load_yaml(params or root / PARAMS_FILE), only_addressable=True))
    for key, value in sorted(overrides.items()):
        _require_bounded(key, value, current)
    text = (params or root / PARAMS_FILE).read_text(encoding="utf-8")
    _refuse_new_code(text, overrides)
    _refuse_looser_policy(text, overrides)
    return {
        key: valid
        for key, value in sorted(overrides.items())
        if (valid := _validate(root, key, value, current)) != current[key]
    }


def is_commit_only(key: str) -> bool:
    """Whether only a commit may set a param."""
    return bool(_why_commit_only(key))


def _why_commit_only(key: str) -> str:
    if key.rpartition(".")[2] == TRUSTED_TYPES:
        return "it lists the types that a loaded model may execute"
    if key.partition(".")[0] == SIGNING:
        return "it says whose signature a model must have"
    return ""


def refuse_commit_only_params(keys: Iterable[str]) -> None:
    """Check that a run may set params.

    Raises:
        ConfigError: Only a commit may set one of them.
    """
    for key in filter(is_commit_only, keys):
        raise ConfigError(
            f"The param '{key}' cannot be set for a run: {_why_commit_only(key)}",
            where=f"{PARAMS_FILE}: {key}",
            fix=f"change it in {PARAMS_FILE} in a reviewed commit; nothing has been run",
        )


def _require_bounded(key: str, value: JsonValue, current: Mapping[str, JsonValue]) -> None:
    """Refuse an unknown key, and a value that is too large to be looked at."""
    if key not in current:
        raise ConfigError(
            f"There is no param '{key}'{closest(key, current)}",
            where=PARAMS_FILE,
            fix="give a key of params.yaml; nothing has been run",
        )
    excess = find_excess(value)
    if excess:
        raise ConfigError(
            f"The value of the param '{key}' is too large: {excess}",
            where=f"{PARAMS_FILE}: {key}",
            fix=f"give a smaller value, or write this one into {PARAMS_FILE}; nothing has been run",
        )


def _validate(root: Path, key: str, value: JsonValue, current: Mapping[str, JsonValue]) -> JsonValue:
    wanted = type(current[key])
    if wanted is float and type(value) is int:
        return float(value)
    if type(value) is not wanted and (current[key] is not None or isinstance(value, list | dict)):
        raise ConfigError(
            f"The param '{key}' cannot be {_abbreviate(value)}: "
            f"it is a {type(value).__name__}, not a {wanted.__name__}",
            where=f"{PARAMS_FILE}: {key} = {_abbreviate(current[key])}",
            fix="give a value of the same type; nothing has been run",
        )
    elements = current[key]
    if isinstance(value, list) and isinstance(elements, list) and elements:
        _check_elements(key, value, elements)
    _check_safety(root, key, value, current[key])
    return value


def _refuse_new_code(text: str, overrides: Mapping[str, JsonValue]) -> None:
    """Refuse overrides after which the params file names other code than the commit does.

    The whole file is compared, since a value may be an alias of another one.
    """
    if not find_extensions([*overrides.values()]):  # then none can appear: most runs name none
        return
    from ruamel.yaml import YAML

    reader = YAML(typ="safe", pure=True)
    new = find_code(reader.load(apply_overrides(text, overrides))) - find_code(reader.load(text))
    if new:
        raise ConfigError(
            f"A run cannot name the extension '{min(new)}': only a commit says what may execute",
            where=f"{PARAMS_FILE}: {', '.join(overrides)}",
            fix=f"name it in {PARAMS_FILE} in a reviewed commit; nothing has been run",
        )


def _refuse_looser_policy(text: str, overrides: Mapping[str, JsonValue]) -> None:
    """Refuse overrides that loosen the promote policy or the objectives, also through an alias."""
    if not any(key.partition(".")[0] in SECTIONS for key in overrides) and "&" not in text:
        return
    from ruamel.yaml import YAML

    reader = YAML(typ="safe", pure=True)
    refuse_looser_policy(reader.load(text), reader.load(apply_overrides(text, overrides)))


def _check_safety(root: Path, key: str, value: JsonValue, current: JsonValue) -> None:
    danger = find_danger(value, current)
    if danger and (has_control_characters(value) or not _allows_any_text(root, key)):
        raise ConfigError(
            f"The param '{key}' cannot be {_abbreviate(value)}: {danger}",
            where=f"{PARAMS_FILE}: {key} = {_abbreviate(current)}",
            fix=f"give another value, write this one into {PARAMS_FILE}, or see docs/forking.md, `any_text`; "
            "nothing has been run",
        )


def _allows_any_text(root: Path, key: str) -> bool:
    """Whether a stage declares, in ``meta: {trimtab: {any_text: [key]}}``, that it quotes a param."""
    from trimtab.pipeline.graph import (
        Project,  # slow without a cached graph, and few runs need it
    )

    if not (root / ".dvc").is_dir():
        return False
    declared = [stage.setting("any_text") for stage in Project(root).graph().stages]
    return any(key in keys for keys in declared if isinstance(keys, list))


def _abbreviate(value: object) -> str:
    return shorten(repr(value), MAX_VALUE_LENGTH, placeholder="...")


def _check_elements(key: str, value: list[JsonValue], current: list[JsonValue]) -> None:
    known = {type(element) for element in current}
    for element in value:
        if type(element) not in known and not (float in known and type(element) is int):
            raise ConfigError(
                f"The param '{key}' cannot hold {_abbreviate(element)}: it is a {type(element).__name__}",
                where=f"{PARAMS_FILE}: {key} = {_abbreviate(current)}",
                fix="give elements of the same types; nothing has been run",
            )


def apply_overrides(text: str, overrides: Mapping[str, JsonValue]) -> str:
    """Return the text of a params file with overrides. Its comments and its order stay.

    Args:
        text: The text of ``params.yaml``.
        overrides: Dotted key to value, as :func:`check_overrides` returns them.
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
