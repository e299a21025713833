"""When a run ended, as MLflow has it: whoever may write runs may have left it out, or written any number."""

from __future__ import annotations

from datetime import UTC, datetime

from trimtab.registry.tracking.mlflow_client import Entity


def run_ended(run: Entity) -> str:
    """Return when a run ended: ISO 8601, UTC. A time that cannot be is that of 1970, the longest ago.

    Args:
        run: A run of MLflow.
    """
    try:
        moment = datetime.fromtimestamp((run.info.end_time or 0) / 1000, UTC)
    except (OverflowError, OSError, ValueError):  # beyond the calendar
        moment = datetime.fromtimestamp(0, UTC)
    return moment.isoformat(timespec="seconds")
