"""The settings that hold over all pipelines of a repository: ``trimtab.yaml`` in its root."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from trimtab.config import Params, parse_params
from trimtab.errors import ConfigError, closest
from trimtab.params_file import load_yaml

SETTINGS_FILE = "trimtab.yaml"


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


def _require_plain_address(address: str) -> str:
    parts = urlsplit(address)
    if not parts.scheme or not (parts.netloc or parts.path.strip("/")):
        raise ValueError("it is no address such as https://mlflow.example.com")
    if parts.username is not None or parts.password is not None:
        raise ValueError("it has credentials, which belong into the environment: .env.example names them")
    return address.rstrip("/")


class DeploymentEnvironment(Params):
    """A value of section ``environments``: where ``trimtab promote --to`` finds dev, staging or prod.

    Attributes:
        mlflow: The address of its MLflow server, without credentials.
        remote: The name of its DVC remote in ``.dvc/config``.
    """

    mlflow: Annotated[str, AfterValidator(_require_plain_address)]
    remote: str = Field(min_length=1)


class RepositorySettings(Params):
    """The content of ``trimtab.yaml``.

    Attributes:
        drift: The limits of drift checks and retrains.
        environments: The environments to which versions are promoted, by name.
    """

    drift: DriftLimits = DriftLimits()
    environments: dict[str, DeploymentEnvironment] = Field(default_factory=dict)

    def environment(self, name: str) -> DeploymentEnvironment:
        """Return an environment.

        Raises:
            ConfigError: There is none of that name.
        """
        if name not in self.environments:
            raise ConfigError(
                f"There is no environment '{name}'{closest(name, self.environments)}",
                where=f"{SETTINGS_FILE}: environments",
                fix=f"declare it: `{name}: {{mlflow: https://mlflow.example.com, remote: {name}}}`",
            )
        return self.environments[name]


def load_repository_settings(repository: Path | None) -> RepositorySettings:
    """Read the settings of a repository; without the file they are the defaults.

    Args:
        repository: The root of the repository, as the commit that runs has it.

    Raises:
        ConfigError: The file cannot be read, a key is unknown, or a value is not valid.
    """
    file = repository / SETTINGS_FILE if repository else None
    if file is None or not file.exists():
        return RepositorySettings()
    return parse_params(RepositorySettings, load_yaml(file), where=str(file))
