"""The control room: is the live model all right, what is to be done, what ran, and who was champion when.

It reads what the system keeps (ledger, drift log, gate reports, plans, task states) and writes nothing. It
knows no Airflow: ``trimtab.airflow.control_room`` brings what Airflow keeps, and serves the pages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trimtab.lazy_names import lazy_names

if TYPE_CHECKING:
    from trimtab.control_room.caches import dag_cache, figures_cache, summaries_cache
    from trimtab.control_room.gates import GateState, GateSummary, build_gate, summarize
    from trimtab.control_room.live import LiveState, read_live
    from trimtab.control_room.live_policies import LivePolicies
    from trimtab.control_room.live_text import show_live
    from trimtab.control_room.pages import (
        Frame,
        Links,
        ledger_page,
        live_page,
        pair_page,
        pipeline_page,
        script_hash,
    )
    from trimtab.control_room.stages import StageGroup, StageTask, build_groups
    from trimtab.control_room.state import minutes
    from trimtab.control_room.todo import TodoItem, incident_items, model_items, sort_items
    from trimtab.control_room.version_pair import VersionPair, describe_gain, read_pair
    from trimtab.control_room.windows import WindowFigures, parse_figures

__all__ = [
    "Frame",
    "GateState",
    "GateSummary",
    "Links",
    "LivePolicies",
    "LiveState",
    "StageGroup",
    "StageTask",
    "TodoItem",
    "VersionPair",
    "WindowFigures",
    "build_gate",
    "build_groups",
    "dag_cache",
    "describe_gain",
    "figures_cache",
    "incident_items",
    "ledger_page",
    "live_page",
    "minutes",
    "model_items",
    "pair_page",
    "parse_figures",
    "pipeline_page",
    "read_live",
    "read_pair",
    "script_hash",
    "show_live",
    "sort_items",
    "summaries_cache",
    "summarize",
]

__getattr__ = lazy_names(
    __name__,
    {
        "caches": ["dag_cache", "figures_cache", "summaries_cache"],
        "gates": ["GateState", "GateSummary", "build_gate", "summarize"],
        "live": ["LiveState", "read_live"],
        "live_policies": ["LivePolicies"],
        "live_text": ["show_live"],
        "pages": [
            "Frame",
            "Links",
            "ledger_page",
            "live_page",
            "pair_page",
            "pipeline_page",
            "script_hash",
        ],
        "stages": ["StageGroup", "StageTask", "build_groups"],
        "state": ["minutes"],
        "todo": ["TodoItem", "incident_items", "model_items", "sort_items"],
        "version_pair": ["VersionPair", "describe_gain", "read_pair"],
        "windows": ["WindowFigures", "parse_figures"],
    },
)
