"""Whether automatic promotion is frozen, by the objectives of a commit."""

from __future__ import annotations

from datetime import datetime

from trimtab.slo.report import read_slo
from trimtab.slo_policy import SloPolicy


def find_freeze(model: str, policy: SloPolicy | None, now: datetime) -> str:
    """Return why no version of a model is promoted automatically; empty if promotions go on.

    Args:
        model: The registered model.
        policy: The objectives; None if there are none.
        now: The time.

    Raises:
        RegistryError: The objectives cannot be measured: the ledger is broken, or the server does not answer.
    """
    return read_slo(model, policy, now).frozen if policy else ""
