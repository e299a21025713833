"""Typed, frozen configuration, read from a section of ``params.yaml``."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from trimtab.errors import ConfigError, closest
from trimtab.merge_conflicts import refuse_conflict
from trimtab.yaml_limits import MAX_YAML_BYTES, refuse_bomb

PARAMS_FILE = "params.yaml"


class Params(BaseModel):
    """Base of every configuration model: frozen, strict about names, strict about types."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


ParamsT = TypeVar("ParamsT", bound=Params)


def load_yaml(path: Path, *, largest: int = MAX_YAML_BYTES) -> dict[str, Any]:
    """Read a YAML file as DVC reads it (YAML 1.2).

    Args:
        path: The file.
        largest: How many bytes it may have.

    Raises:
        ConfigError: The file is missing, cannot be read, is not YAML, too large, or holds no mapping.
    """
    from ruamel.yaml import YAML, YAMLError  # not where a DAG is parsed, which hardly ever reads YAML

    try:
        text = path.read_text(encoding="utf-8")
        refuse_bomb(text, where=str(path), largest=largest)
        content = YAML(typ="safe", pure=True).load(text)
    except FileNotFoundError as err:
        raise ConfigError(
            "The file does not exist", where=str(path), fix="run from the project's root folder"
        ) from err
    except OSError as err:
        raise ConfigError(f"The file cannot be read: {err.strerror}", where=str(path)) from err
    except (YAMLError, UnicodeDecodeError) as err:
        refuse_conflict(path, ConfigError)
        raise ConfigError(f"The file is not valid YAML: {err}", where=str(path)) from err
    if not isinstance(content, dict):
        raise ConfigError("The file holds no mapping of keys to values", where=str(path))
    return content


def load_params(model: type[ParamsT], section: str, path: Path = Path(PARAMS_FILE)) -> ParamsT:
    """Read one top-level section of a params file into its model.

    Args:
        model: The section's model.
        section: Top-level key, by convention the stage's name.
        path: The params file.

    Raises:
        ConfigError: The section or a value is missing, has another type, is out of range, or a key is
            unknown; the message names every such key, and the nearest known one.
    """
    content = load_yaml(path)
    if section not in content:
        raise ConfigError(
            f"There is no section '{section}'{closest(section, content)}",
            where=str(path),
            fix=f"add '{section}:' with the keys {', '.join(model.model_fields) or '(none)'}",
        )
    return parse_params(model, content[section] or {}, where=f"{path}: {section}")


def parse_params(model: type[ParamsT], values: Any, *, where: str) -> ParamsT:
    """Validate plain values against a model.

    Raises:
        ConfigError: As for :func:`load_params`; ``where`` says which file and section it was.
    """
    try:
        return model.model_validate(values)
    except ValidationError as err:
        problems = [_describe(problem, model) for problem in err.errors()]
        raise ConfigError(
            f"{len(problems)} value(s) cannot be used: " + "; ".join(problems),
            where=where,
            fix="correct them; nothing has been run",
        ) from err


def _describe(problem: Any, model: type[BaseModel]) -> str:
    key = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        return f"unknown key '{key}'{closest(str(problem['loc'][-1]), model.model_fields)}"
    if problem["type"] == "missing":
        return f"'{key}' is missing"
    if not key:  # a rule about several keys at once
        return str(problem["msg"])
    return f"'{key}' is {problem['input']!r}: {problem['msg']}"
