"""The policies of a checkout that the live part of the control room judges by."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from trimtab.config import load_params
from trimtab.params_file import PARAMS_FILE, load_yaml
from trimtab.params_sections import DriftPolicy, RecoveryPolicy
from trimtab.slo_policy import SloPolicy, read_slo_policy


@dataclass(frozen=True)
class LivePolicies:
    """The policies in force. Without a checkout, none is known.

    Attributes:
        drift: The drift policy; None if it is not known, or there is no drift check.
        recovery: The recovery policy; its defaults if it is not known.
        objectives: The objectives; None if there are none, or they are not known.
    """

    drift: DriftPolicy | None = None
    recovery: RecoveryPolicy = field(default_factory=RecoveryPolicy)
    objectives: SloPolicy | None = None

    @classmethod
    def read(cls, root: Path) -> Self:
        """Read the policies of a project; outside of one, none is known.

        Raises:
            ConfigError: A section of ``params.yaml`` cannot be used.
        """
        from trimtab.registry.recovery import read_recovery_policy

        file = root / PARAMS_FILE
        drift = file.is_file() and "drift" in load_yaml(file)
        return cls(
            load_params(DriftPolicy, "drift", file) if drift else None,
            read_recovery_policy(root),
            read_slo_policy(root),
        )
