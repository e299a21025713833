"""How long things are kept: section ``retention`` of ``params.yaml``."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from trimtab.config import PARAMS_FILE, Params, load_params


class RetentionPolicy(Params):
    """Section ``retention`` of ``params.yaml``; all of it in days.

    Attributes:
        champion_days: A version that was champion within them is live: all it was made of is kept.
        candidate_days: A version that never was champion is kept for so long.
        verdict_days: The run of a drift verdict is kept for so long.
        report_days: What a failed stage left in ``TRIMTAB_HOME`` is kept for so long.
        object_days: An object of DVC's cache that nothing names is kept for so long since it was written;
            this is longer than any run takes.
    """

    champion_days: int = Field(default=730, ge=1)
    candidate_days: int = Field(default=90, ge=1)
    verdict_days: int = Field(default=730, ge=1)
    report_days: int = Field(default=30, ge=1)
    object_days: int = Field(default=30, ge=1)


def read_policy(root: Path) -> RetentionPolicy:
    """Read the policy of a project.

    Raises:
        ConfigError: It cannot be used.
    """
    return load_params(RetentionPolicy, "retention", root / PARAMS_FILE)
