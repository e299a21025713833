"""Deprecated names: what to write instead, and until when the old name works.

``deprecations.yaml`` is the one list. A deprecated name works for two minor versions, with a warning.
After that it is refused, but stays in the list: ``trimtab update`` rewrites it in a project of any age.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from trimtab import __version__
from trimtab.params_file import load_yaml

LIST = Path(__file__).with_suffix(".yaml")
WORKS_FOR = 2  # minor versions

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Deprecation:
    """A deprecated name.

    Attributes:
        old: The deprecated name: ``section.key`` of a params file, or the full name of a Python object.
        new: What to write instead.
        since: The version that deprecated it, such as ``0.2``.
    """

    old: str
    new: str
    since: str

    @property
    def removed_in(self) -> str:
        """The version that refuses the old name."""
        major, minor = _minor_version(self.since)
        return f"{major}.{minor + WORKS_FOR}"

    @property
    def is_removed(self) -> bool:
        """Whether this version of the library refuses the old name."""
        return _minor_version(__version__) >= _minor_version(self.removed_in)

    def __str__(self) -> str:
        return (
            f"'{self.old}' is deprecated since {self.since}, and {self.removed_in} refuses it: "
            f"write '{self.new}'; `trimtab update` rewrites it"
        )


@dataclass(frozen=True)
class Deprecations:
    """The list of deprecated names, by kind and old name.

    Attributes:
        params: Keys of params files.
        python: Names of Python objects.
    """

    params: Mapping[str, Deprecation]
    python: Mapping[str, Deprecation]


@cache
def read_deprecations(file: Path = LIST) -> Deprecations:
    """Read a list of deprecated names, by default that of this version of the library."""
    lists = load_yaml(file)
    return Deprecations(
        **{
            kind: {
                old: Deprecation(old, new, since)
                for since, names in (lists.get(kind) or {}).items()
                for old, new in names.items()
            }
            for kind in ("params", "python")
        }
    )


def rename_params(section: str, values: Any, known: Collection[str]) -> Any:
    """Return the values of a section of ``params.yaml`` with current keys, and warn of deprecated ones.

    Args:
        section: The section.
        values: Its values, as read from YAML.
        known: The current keys.

    Raises:
        ValueError: A deprecated key is refused by now, or stands beside the new one.
    """
    if not isinstance(values, Mapping) or all(key in known for key in values):  # the list need not be read
        return values
    renamed = {}
    for key, value in values.items():
        deprecation = read_deprecations().params.get(f"{section}.{key}")
        new = deprecation.new.removeprefix(f"{section}.") if deprecation else key
        if deprecation and deprecation.is_removed:
            raise ValueError(f"'{key}' is now '{new}'; `trimtab update` rewrites it")
        if deprecation and new in values:
            raise ValueError(f"'{key}' is the deprecated name of '{new}', which is there too: remove '{key}'")
        if deprecation:
            _warn(deprecation)
        renamed[new] = value
    return renamed


def find_renamed(name: str) -> object | None:
    """Return the Python object that a deprecated name stands for, and warn; None for any other name.

    Args:
        name: The full name, such as ``trimtab.drift.Verdict``.
    """
    deprecation = read_deprecations().python.get(name)
    if deprecation is None or deprecation.is_removed:
        return None
    _warn(deprecation)
    module, _, attribute = deprecation.new.rpartition(".")
    found: object = getattr(import_module(module), attribute)
    return found


@cache
def _warn(deprecation: Deprecation) -> None:
    """Warn once in a process."""
    log.warning("%s", deprecation)


def _minor_version(version: str) -> tuple[int, int]:
    major, minor = version.split(".")[:2]
    return int(major), int(minor)
