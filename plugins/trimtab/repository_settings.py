"""The limits that hold over all pipelines of a repository: ``trimtab.yaml`` in its root."""

from __future__ import annotations

import math
from pathlib import Path

from pydantic import Field

from trimtab.config import Params, parse_params
from trimtab.params_file import load_yaml

LIMITS_FILE = "trimtab.yaml"


class DriftLimits(Params):
    """Section ``drift``: the false alarms and the retrains of all models.

    Attributes:
        false_alarm_share: Share of the models that may raise a false alarm in one round of drift checks.
        retrains: Number of retrains in ``retrain_days`` days, over all models; by default without a limit.
        retrain_days: See ``retrains``.
    """

    false_alarm_share: float = Field(default=1.0, ge=0, le=1)
    retrains: int | None = Field(default=None, ge=0)
    retrain_days: int = Field(default=7, ge=1)

    def false_alarm_rate(self, own: float, models: int) -> float:
        """Return the false alarm rate of one model, so that all models together keep to their share.

        The chance that more than the share of the models raise a false alarm in one round is at most the
        model's own rate, however the models depend on each other: the generalized Bonferroni procedure
        (E. Lehmann & J. Romano, Annals of Statistics 33, 2005). A share of 0 is Bonferroni's own.

        Args:
            own: The rate that the policy of the model declares.
            models: Number of the models of the repository.
        """
        tolerated = math.floor(self.false_alarm_share * models + 1e-9)
        return own * min(1.0, (tolerated + 1) / models)


class RepositorySettings(Params):
    """The content of ``trimtab.yaml``.

    Attributes:
        drift: The limits of drift checks and retrains.
    """

    drift: DriftLimits = DriftLimits()


def load_repository_settings(repository: Path | None) -> RepositorySettings:
    """Read the limits of a repository; without the file there are none.

    Args:
        repository: The root of the repository, as the commit that runs has it.

    Raises:
        ConfigError: The file cannot be read, a key is unknown, or a value is not valid.
    """
    file = repository / LIMITS_FILE if repository else None
    if file is None or not file.exists():
        return RepositorySettings()
    return parse_params(RepositorySettings, load_yaml(file), where=str(file))
