"""Differences of the environment between two runs: hosts, Python and packages."""

from __future__ import annotations

from collections.abc import Mapping

from trimtab.diagnosis.value_change import ValueChange, value_changes
from trimtab.pipeline.execution import HostEnvironment

NOT_RECORDED = "not recorded"


def environment_changes(
    before: Mapping[str, HostEnvironment], after: Mapping[str, HostEnvironment]
) -> list[ValueChange]:
    """Return what differs: hosts, Python, platform, and the version of each package.

    If stages of one run had different environments, every version is listed.

    Args:
        before: The environment of each stage of the earlier run.
        after: That of each stage of the run.
    """
    return value_changes(_facts(before), _facts(after)) if before and after else []


def environment_note(before: Mapping[str, HostEnvironment], after: Mapping[str, HostEnvironment]) -> str:
    """Say which run's environment is not known; empty if both are."""
    absent = [name for name, found in (("the earlier run", before), ("this run", after)) if not found]
    return f"the environment of {' and '.join(absent)} is {NOT_RECORDED}" if absent else ""


def _facts(environments: Mapping[str, HostEnvironment]) -> dict[str, str]:
    values: dict[str, set[str]] = {}
    for each in environments.values():
        facts = {"host": each.host, "Python": each.python, "platform": each.platform, **each.packages}
        for name, value in facts.items():
            values.setdefault(name, set()).add(value)
    return {name: ", ".join(sorted(found)) for name, found in values.items()}
