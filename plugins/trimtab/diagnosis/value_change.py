"""A named value that differs between two runs: a param, a metric, a package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trimtab.json_value import JsonValue


@dataclass(frozen=True)
class ValueChange:
    """A value that differs.

    Attributes:
        name: Its name.
        before: The value in the earlier run; None if it had none.
        after: The value in the run; likewise.
    """

    name: str
    before: JsonValue
    after: JsonValue


def value_changes(
    before: Mapping[str, JsonValue], after: Mapping[str, JsonValue], *, only_shared: bool = False
) -> list[ValueChange]:
    """Return the values that differ, in the order of their names.

    Args:
        before: The values of the earlier run by name.
        after: Those of the run.
        only_shared: Leave out values that the run does not have.
    """
    names = (name for name in sorted(before.keys() | after.keys()) if name in after or not only_shared)
    return [
        ValueChange(name, before.get(name), after.get(name))
        for name in names
        if (name in before) != (name in after) or before.get(name) != after.get(name)
    ]
