"""The params file, and YAML files as DVC reads them.

It is apart from the typed configuration: pydantic takes as long to import as a run that has nothing to do.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from trimtab.errors import ConfigError
from trimtab.merge_conflicts import refuse_conflict
from trimtab.yaml_limits import MAX_YAML_BYTES, refuse_bomb

PARAMS_FILE = "params.yaml"


def load_yaml(path: Path, *, largest: int = MAX_YAML_BYTES) -> dict[str, Any]:
    """Read a YAML file as DVC reads it (YAML 1.2).

    Args:
        path: The file.
        largest: The largest accepted size, bytes.

    Raises:
        ConfigError: The file is missing, cannot be read, is too large, is not YAML, or is not a mapping.
    """
    from ruamel.yaml import YAML, YAMLError  # not at DAG parse, which rarely reads YAML

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
        raise ConfigError("The file is not a mapping of keys to values", where=str(path))
    return content
