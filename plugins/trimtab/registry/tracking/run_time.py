"""When a run began and ended, as MLflow has it.

Whoever may write runs may have left it out, or written any number.
"""

from __future__ import annotations

from datetime import UTC, datetime

from trimtab.registry.tracking.mlflow_client import Entity


def run_began(run: Entity) -> str:
    """Return when a run began: ISO 8601, UTC. A time that cannot be is that of 1970, the longest ago.

    Args:
        run: A run of MLflow.
    """
    return _to_text(run.info.start_time)


def run_ended(run: Entity) -> str:
    """Return when a run ended: ISO 8601, UTC. A time that cannot be is that of 1970, the longest ago.

    Args:
        run: A run of MLflow.
    """
    return _to_text(run.info.end_time)


def _to_text(milliseconds: int | None) -> str:
    try:
        moment = datetime.fromtimestamp((milliseconds or 0) / 1000, UTC)
    except (OverflowError, OSError, ValueError):  # beyond the calendar
        moment = datetime.fromtimestamp(0, UTC)
    return moment.isoformat(timespec="seconds")
