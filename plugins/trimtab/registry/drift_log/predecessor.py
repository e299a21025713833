"""The model before the champion, compared with it on a window: what the last retrain gains there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from trimtab.drift import LastRetrain
from trimtab.drift.policy import GAIN_CONFIDENCE
from trimtab.errors import ConfigError, ModelError, RegistryError
from trimtab.learning import Dependence, Metric, ProblemType
from trimtab.registry.ledger import Ledger
from trimtab.registry.promotion import PromotePolicy, compare_versions
from trimtab.registry.provenance import DataExtent
from trimtab.registry.tracking import Version

if TYPE_CHECKING:
    from mlflow import MlflowClient

POLICY = PromotePolicy(confidence=GAIN_CONFIDENCE)  # without slices: the whole window decides


@dataclass(frozen=True)
class Predecessor:
    """The model before the champion.

    Attributes:
        client: An MLflow client.
        number: Its version.
        champion: The champion's version.
        label: The column of the label.
        trusted: The types that both models may hold, as listed by the current checkout.
        problem: The problem type that the checkout declares.
        dependence: The columns by which rows depend on each other.
    """

    client: MlflowClient
    number: int
    champion: Version
    label: str
    trusted: Collection[str]
    problem: ProblemType
    dependence: Dependence

    @classmethod
    def find(
        cls,
        client: MlflowClient,
        champion: Version,
        label: str,
        *,
        trusted: Collection[str],
        problem: ProblemType,
        dependence: Dependence,
    ) -> Self | None:
        """Return the model that a rollback goes back to; None if the ledger has none.

        The ledger of a champion that was set in another way, or that was altered, says nothing about it.
        """
        ledger = Ledger.read(client, champion.name)
        if ledger.problems or ledger.champion != champion.version or ledger.rollback_target is None:
            return None
        return cls(client, ledger.rollback_target, champion, label, trusted, problem, dependence)

    def measure_gain(self, window: Path, begin: datetime, metric: Metric) -> LastRetrain:
        """Compare both models on a labelled window.

        A model that cannot be compared is no error of the check: the gain is unknown then, and says why.

        Args:
            window: The window's file.
            begin: Its begin.
            metric: The metric of the drift policy.
        """
        from mlflow.exceptions import MlflowException

        before = f"version {self.number}"
        try:
            version = Version.read(self.client, self.champion.name, self.number)
            ages = self._ages(version, begin)
            if ages is None:
                return LastRetrain.unknown(before, "the champion has not learnt from newer data")
            (compared,) = compare_versions(
                [self.champion],
                version,
                POLICY,
                test=window,
                label=self.label,
                metric=metric,
                trusted=self.trusted,
                problem=self.problem,
                dependence=self.dependence,
            )
        except (ConfigError, ModelError, RegistryError, MlflowException) as err:
            return LastRetrain.unknown(before, str(err).splitlines()[0])
        pair = compared.pairs.get(metric.name)
        if pair is None:
            return LastRetrain.unknown(before, compared.obstacle)
        return LastRetrain(before, pair.gain, pair.low, ages)

    def _ages(self, version: Version, begin: datetime) -> float | None:
        """Return the age of the champion's data at a time, in times of how much newer they are."""
        own, former = DataExtent.of_version(self.champion), DataExtent.of_version(version)
        if own is None or former is None or own.learnt_until <= former.learnt_until:
            return None
        return (begin - own.learnt_until) / (own.learnt_until - former.learnt_until)
