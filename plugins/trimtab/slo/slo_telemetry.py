"""What telemetry records of objectives: the budget that is left, and the burn rates."""

from __future__ import annotations

from trimtab.slo.report import SloReport
from trimtab.telemetry import instruments, record


def record_slo(report: SloReport) -> None:
    """Record the objectives of a model that were observed.

    Args:
        report: How they are.
    """
    for state in report.objectives:
        if not state.observed:
            continue
        of_objective = {instruments.MODEL: report.model, instruments.OBJECTIVE: state.name}
        record(instruments.BUDGET_REMAINING, state.remaining, of_objective)
        for burn in state.burns:
            # The alert fires if both windows are beyond its burn rate, so the lower one tells.
            lower = min(burn.long_rate, burn.short_rate)
            record(instruments.BURN_RATE, lower, {**of_objective, instruments.BURN: burn.name})
