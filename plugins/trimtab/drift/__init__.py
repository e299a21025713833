"""Has the world moved? A window is measured against the champion's own reference and judged by a policy.

Each name is imported when it is first used, so that the command line starts without numpy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trimtab.drift.measurement import Measurement, measure
    from trimtab.drift.policy import DriftPolicy, PastWindow, Rule, Verdict, decide, declared_reference
    from trimtab.drift.profile import Reference, build_reference
    from trimtab.drift.report import past_window, write_report

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
    "measurement.measurement": ["Measurement"],
    "measurement.window_measurement": ["measure"],
    "policy.verdict": ["DriftPolicy", "Verdict", "decide"],
    "policy.reference_choice": ["declared_reference"],
    "policy.performance_rules": ["Rule"],
    "policy.window_history": ["PastWindow"],
    "profile.builder": ["build_reference"],
    "profile.reference_profile": ["Reference"],
    "report.report": ["past_window", "write_report"],
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
