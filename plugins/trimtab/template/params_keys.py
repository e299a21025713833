"""Deprecated keys in the text of a params file, replaced in place: comments and layout stay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from trimtab.deprecations import Deprecation
from trimtab.errors import ConfigError
from trimtab.params_file import PARAMS_FILE, load_yaml


def replace_params_keys(
    text: str, folder: Path, deprecations: Mapping[str, Deprecation]
) -> tuple[str, dict[str, str]]:
    """Replace the deprecated keys in the text of a params file.

    A section that a stage depends on is the project's own, whatever its name is. A key stays if the new one
    stands beside it: reading the file says which one to remove.

    Args:
        text: The text.
        folder: The folder of the file, for its ``dvc.yaml``.
        deprecations: The deprecated keys, as ``section.key``.

    Returns:
        The new text, and the replaced keys by old key.
    """
    from ruamel.yaml import YAML, YAMLError
    from ruamel.yaml.comments import CommentedMap

    if not any(name.rpartition(".")[2] in text for name in deprecations):
        return text, {}
    try:
        content = YAML().load(text)
    except YAMLError:  # every other command says what is wrong with it
        return text, {}
    own = set(_sections_of_stages(folder))
    lines, renamed = text.splitlines(keepends=True), {}
    for name, deprecation in deprecations.items():
        section, _, old = name.partition(".")
        new = deprecation.new.partition(".")[2]
        values = content.get(section) if isinstance(content, dict) and section not in own else None
        if not isinstance(values, CommentedMap) or new in values or old not in (values.lc.data or {}):
            continue
        number, column = values.lc.key(old)
        line = lines[number]
        lines[number] = line[:column] + line[column:].replace(old, new, 1)
        renamed[name] = deprecation.new
    return "".join(lines), renamed


def _sections_of_stages(folder: Path) -> Iterator[str]:
    """Yield the sections of ``params.yaml`` that stages use: by their name, or as a whole in ``params``."""
    try:
        stages: Any = load_yaml(folder / "dvc.yaml").get("stages")
    except ConfigError:  # there is none, or every other command says what is wrong with it
        return
    for name, stage in (stages or {}).items():
        yield name
        for entry in (stage or {}).get("params") or ():
            keys = entry.get(PARAMS_FILE) or () if isinstance(entry, dict) else (entry,)
            yield from (key for key in keys if "." not in key)
