"""Has the world moved? A window is measured against the champion's own reference and judged by a policy.

Each name is imported when it is first used, so that the command line starts without numpy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trimtab.drift.building import build_reference
    from trimtab.drift.declared import declared_reference
    from trimtab.drift.history import PastWindow
    from trimtab.drift.measurement import Measurement
    from trimtab.drift.measuring import measure
    from trimtab.drift.policy import DriftPolicy, Verdict, decide
    from trimtab.drift.reference import Reference
    from trimtab.drift.report import past_window, write_report
    from trimtab.drift.rules import Rule

__all__ = [
    "DriftPolicy",
    "Measurement",
    "PastWindow",
    "Reference",
    "Rule",
    "Verdict",
    "build_reference",
    "decide",
    "declared_reference",
    "measure",
    "past_window",
    "write_report",
]

_MODULES = {
    "building": ["build_reference"],
    "declared": ["declared_reference"],
    "history": ["PastWindow"],
    "measurement": ["Measurement"],
    "measuring": ["measure"],
    "policy": ["DriftPolicy", "Verdict", "decide"],
    "reference": ["Reference"],
    "report": ["past_window", "write_report"],
    "rules": ["Rule"],
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
