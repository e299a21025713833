"""The values and comments of ``params.yaml``, for the trigger form.

A DAG file is parsed every few seconds. So this module uses the parser in C, which takes a hundredth of the
time of DVC's. ``trimtab.pipeline.params.overrides`` checks the params of a run with DVC's parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from trimtab.errors import ConfigError
from trimtab.params_file import PARAMS_FILE, load_yaml

MOST = 5_000  # values: aliases of aliases make more than any file holds
DEEPEST = 50  # mappings within each other
LONGEST = 400  # characters of a comment

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Yaml12(_Loader):
    """YAML 1.2 as DVC reads it: ``1e-3`` is a number, ``yes`` is a text and ``010`` is ten."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012  as PyYAML has it

    def construct_integer(self, node: yaml.ScalarNode) -> int:
        """Turn a text into an integer: decimal, ``0o17`` or ``0xff``."""
        text = self.construct_scalar(node)
        return int(text, 0 if re.match(r"[-+]?0[box]", text) else 10)


for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?(0b[01_]+|0o[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)", "-+0123456789"),
    (
        "float",
        r"[-+]?([0-9][0-9_]*\.[0-9_]*([eE][-+]?[0-9]+)?|[0-9][0-9_]*[eE][-+]?[0-9]+|\.[0-9_]+([eE][-+]?[0-9]+)?)"
        r"|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
        "-+0123456789.",
    ),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("timestamp", r"\d{4}-\d\d?-\d\d?([Tt ].*)?", "0123456789"),
    ("merge", r"<<", "<"),
):
    _Yaml12.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"(?:{_pattern})\Z"), list(_first))
_Yaml12.add_constructor("tag:yaml.org,2002:int", _Yaml12.construct_integer)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value that is no mapping.

    Attributes:
        key: The dotted key.
        value: The value in the file.
        comment: The comment in its line, or in the lines above it.
    """

    key: str
    value: object
    comment: str = ""


def read_leaves(root: Path) -> list[Leaf]:
    """Return every value of a project's ``params.yaml`` that has a dotted key; none without that file.

    Raises:
        ConfigError: The file is no mapping in YAML, or has too many values for a form.
    """
    file = root / PARAMS_FILE
    if not file.is_file():
        return []
    try:
        text = file.read_text(encoding="utf-8")
        loader = _Yaml12(text)
        node = loader.get_single_node()
        leaves = []
        for leaf in _leaves(loader, node, text.splitlines(), ""):
            leaves.append(leaf)
            if len(leaves) > MOST:
                raise ConfigError(f"The file has more than {MOST} values", where=str(file))
    except (yaml.YAMLError, UnicodeDecodeError, ValueError):
        load_yaml(file)  # raises the same error as the other commands
        raise
    if not isinstance(node, yaml.MappingNode):
        load_yaml(file)
    return leaves


def _leaves(loader: _Yaml12, node: yaml.Node | None, lines: list[str], prefix: str) -> Iterator[Leaf]:
    if not isinstance(node, yaml.MappingNode) or prefix.count(".") > DEEPEST:
        return
    loader.flatten_mapping(node)
    for key_node, value_node in node.value:
        key = key_node.value
        if not isinstance(key_node, yaml.ScalarNode) or not key_node.tag.endswith(":str") or "." in key:
            continue
        if isinstance(value_node, yaml.MappingNode):
            yield from _leaves(loader, value_node, lines, f"{prefix}{key}.")
        else:
            value = loader.construct_object(value_node, deep=True)
            yield Leaf(f"{prefix}{key}", value, _comment(key_node, value_node, lines))


def _comment(key: yaml.Node, value: yaml.Node, lines: list[str]) -> str:
    """The comment behind the value, or behind the key, or in the lines above."""
    end = value.end_mark if value.end_mark.column else key.end_mark
    for mark in (end, key.end_mark):
        rest = lines[mark.line][mark.column :].lstrip(": ") if mark.line < len(lines) else ""
        if rest.startswith("#"):
            return _short(rest)
    above: list[str] = []
    for line in reversed(lines[: key.start_mark.line]):
        if line.find("#") != key.start_mark.column or line[: key.start_mark.column].strip():
            break
        above.insert(0, line)
    return _short(" ".join(line.strip().lstrip("# ") for line in above))


def _short(comment: str) -> str:
    text = "".join(char for char in comment.strip().lstrip("# ") if char.isprintable())
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} …"
