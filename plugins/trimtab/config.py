"""Typed, frozen configuration from a section of ``params.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from trimtab.errors import ConfigError, closest
from trimtab.escaping import without_credentials
from trimtab.params_file import PARAMS_FILE, load_yaml


class Params(BaseModel):
    """The base of every configuration model: frozen, no unknown keys, no conversion of types."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


ParamsT = TypeVar("ParamsT", bound=Params)


def load_params(model: type[ParamsT], section: str, path: Path = Path(PARAMS_FILE)) -> ParamsT:
    """Read one top-level section of a params file.

    Args:
        model: The section's model.
        section: The top-level key, by convention the stage's name.
        path: The params file.

    Raises:
        ConfigError: The section or a key is missing, a key is unknown, or a value has the wrong type or is
            out of range. The message names every such key, and the known key that is most similar.
    """
    content = load_yaml(path)
    if section not in content:
        raise ConfigError(
            f"The section is missing: {section}{closest(section, content)}",
            where=str(path),
            fix=f"add '{section}:' with the keys {', '.join(model.model_fields) or '(none)'}",
        )
    return parse_params(model, content[section] or {}, where=f"{path}: {section}")


def parse_params(
    model: type[ParamsT], values: Any, *, where: str, context: Mapping[str, Any] | None = None
) -> ParamsT:
    """Validate the values of a section against its model.

    Args:
        model: The section's model.
        values: Keys and values, as read from YAML.
        where: The file and the section, for the message.
        context: What the validators of the model know beside the values.

    Raises:
        ConfigError: As for :func:`load_params`.
    """
    try:
        return model.model_validate(values, context=context)
    except ValidationError as err:
        problems = [_describe(problem, model) for problem in err.errors()]
        raise ConfigError(
            f"{len(problems)} value(s) are not valid: " + "; ".join(problems),
            where=where,
            fix="correct them; nothing has been run",
        ) from err


def _describe(problem: Any, model: type[BaseModel]) -> str:
    key = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        return f"unknown key '{key}'{closest(str(problem['loc'][-1]), model.model_fields)}"
    if problem["type"] == "missing":
        return f"'{key}' is missing"
    if not key:  # a rule about several keys
        return str(problem["msg"])
    value = problem["input"]
    shown = without_credentials(value) if isinstance(value, str) and "@" in value else value
    return f"'{key}' is {shown!r}: {problem['msg']}"
