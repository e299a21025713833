"""Drift: measure a window against the champion's reference profile, and decide by policy what follows.

Each name is imported when it is first used, so that the command line starts without numpy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trimtab.lazy_names import lazy_names

if TYPE_CHECKING:
    from trimtab.drift.measurement import Measurement, measure
    from trimtab.drift.policy import (
        DriftExtensions,
        DriftPolicy,
        DriftRule,
        DriftVerdict,
        LastRetrain,
        PastWindow,
        choose_feature_reference,
        decide,
    )
    from trimtab.drift.profile import ReferenceProfile, build_reference
    from trimtab.drift.report import to_past_window, write_report

__all__ = [
    "DriftExtensions",
    "DriftPolicy",
    "DriftRule",
    "DriftVerdict",
    "LastRetrain",
    "Measurement",
    "PastWindow",
    "ReferenceProfile",
    "build_reference",
    "choose_feature_reference",
    "decide",
    "measure",
    "to_past_window",
    "write_report",
]

__getattr__ = lazy_names(
    __name__,
    {
        "measurement": ["Measurement", "measure"],
        "policy": [
            "DriftExtensions",
            "DriftPolicy",
            "DriftRule",
            "DriftVerdict",
            "LastRetrain",
            "PastWindow",
            "choose_feature_reference",
            "decide",
        ],
        "profile": ["ReferenceProfile", "build_reference"],
        "report": ["to_past_window", "write_report"],
    },
)
