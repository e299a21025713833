"""The model before the champion, compared with it on a window: what the last retrain gains there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from trimtab.drift import LastRetrain
from trimtab.drift.policy import GAIN_CONFIDENCE
from trimtab.errors import ConfigError, ModelError, RegistryError
from trimtab.learning import Dependence, Metric
from trimtab.registry.ledger import Ledger
from trimtab.registry.loading import ModelTrust, ScoringModel, load_version
from trimtab.registry.promotion import Champion, PromotePolicy, compare_models
from trimtab.registry.provenance import DataExtent
from trimtab.registry.tracking import Version, temporary_folder

if TYPE_CHECKING:
    from mlflow import MlflowClient

POLICY = PromotePolicy(confidence=GAIN_CONFIDENCE)  # without slices: the whole window decides


@dataclass(frozen=True)
class Predecessor:
    """The model before the champion, loaded once for all windows of a check.

    Attributes:
        client: An MLflow client.
        number: Its version.
        champion: The champion.
        label: The column of the label.
        trusted: What the current checkout trusts: types that its model may hold, and keys that sign it.
        dependence: The columns by which rows depend on each other.
    """

    client: MlflowClient
    number: int
    champion: Champion
    label: str
    trusted: ModelTrust
    dependence: Dependence

    @classmethod
    def find(
        cls,
        client: MlflowClient,
        champion: Champion,
        label: str,
        *,
        trusted: ModelTrust,
        dependence: Dependence,
    ) -> Self | None:
        """Return the model that a rollback goes back to; None if the ledger has none.

        The ledger of a champion that was set in another way, or that was altered, says nothing about it.
        """
        ledger = Ledger.read(client, champion.version.name)
        if ledger.problems or ledger.champion != champion.version.version or ledger.rollback_target is None:
            return None
        return cls(client, ledger.rollback_target, champion, label, trusted, dependence)

    def measure_gain(self, window: Path, begin: datetime, metric: Metric) -> LastRetrain:
        """Compare both models on a labelled window.

        A model that cannot be compared is no error of the check: the gain is unknown then, and says why.

        Args:
            window: The window's file.
            begin: Its begin.
            metric: The metric of the drift policy.
        """
        before = f"version {self.number}"
        if isinstance(self._loaded, str):
            return LastRetrain.unknown(before, self._loaded)
        version, model = self._loaded
        ages = self._ages(version, begin)
        if ages is None:
            return LastRetrain.unknown(before, "the champion has not learnt from newer data")
        try:
            pair = compare_models(
                self.champion.model,
                model,
                POLICY,
                window=window,
                label=self.label,
                metric=metric,
                dependence=self.dependence,
            )
        except (ConfigError, ModelError, RegistryError, ValueError) as err:
            return LastRetrain.unknown(before, str(err).splitlines()[0])
        return LastRetrain(before, pair.gain, pair.low, ages)

    @cached_property
    def _loaded(self) -> tuple[Version, ScoringModel] | str:
        """The version and its model, or why it cannot be loaded."""
        from mlflow.exceptions import MlflowException

        try:
            version = Version.read(self.client, self.champion.version.name, self.number)
            with temporary_folder() as folder:
                problem = self.champion.model.problem
                return version, load_version(version, folder / "model", self.trusted, problem)
        except (ModelError, RegistryError, MlflowException) as err:
            return f"it cannot be loaded: {str(err).splitlines()[0]}"

    def _ages(self, version: Version, begin: datetime) -> float | None:
        """Return the age of the champion's data at a time, in times of how much newer they are."""
        own, former = DataExtent.of_version(self.champion.version), DataExtent.of_version(version)
        if own is None or former is None or own.learnt_until <= former.learnt_until:
            return None
        return (begin - own.learnt_until) / (own.learnt_until - former.learnt_until)
