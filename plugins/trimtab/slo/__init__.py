"""Service level objectives of the live model: error budgets, burn rates, and the freeze of promotions.

They are measured from what is kept already: ledger, drift log, scores and gates. See docs/slo.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trimtab.lazy_names import lazy_names

if TYPE_CHECKING:
    from trimtab.slo.freeze import find_freeze
    from trimtab.slo.objective_state import BurnState, Fault, ObjectiveState
    from trimtab.slo.report import SloReport, measure_slo, read_slo
    from trimtab.slo.slo_telemetry import record_slo
    from trimtab.slo.slo_text import show_slo

__all__ = [
    "BurnState",
    "Fault",
    "ObjectiveState",
    "SloReport",
    "find_freeze",
    "measure_slo",
    "read_slo",
    "record_slo",
    "show_slo",
]

__getattr__ = lazy_names(
    __name__,
    {
        "freeze": ["find_freeze"],
        "objective_state": ["BurnState", "Fault", "ObjectiveState"],
        "report": ["SloReport", "measure_slo", "read_slo"],
        "slo_telemetry": ["record_slo"],
        "slo_text": ["show_slo"],
    },
)
