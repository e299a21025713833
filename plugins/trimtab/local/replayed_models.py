"""The models of a replay: each measured on each window once, and compared with each other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from trimtab.amount import resolve_amount
from trimtab.drift import (
    DriftExtensions,
    DriftPolicy,
    LastRetrain,
    Measurement,
    ReferenceProfile,
    choose_feature_reference,
    measure,
)
from trimtab.drift.measurement import with_units
from trimtab.drift.policy import GAIN_CONFIDENCE
from trimtab.errors import DriftError
from trimtab.learning import Dependence, Metric, Predictor
from trimtab.registry.promotion import PairedMetric, PromotePolicy, compare_scores, read_labelled_window


@dataclass(frozen=True)
class TrainedModel:
    """The model trained at one time.

    Attributes:
        window: The newest window at that time; the model was not trained on it.
        model: The model; None if a gate or a stage failed.
        reference: Its reference profile.
        seconds: Run time of the stages.
    """

    window: str
    model: Predictor | None
    reference: ReferenceProfile | None
    seconds: float


@dataclass(frozen=True)
class Promotion:
    """When a new model is promoted in a replay: if it is surely better, as in the loop.

    Attributes:
        policy: The promote policy. Its slices are not looked at, and nobody has to approve.
        metric: The metric of the policy; None for that of the drift policy.
    """

    policy: PromotePolicy
    metric: Metric | None = None


DEFAULT_PROMOTION = Promotion(PromotePolicy())


class ReplayedModels:
    """The models of a replay and the windows they are measured on.

    Args:
        trained: The models, in the order of their windows.
        windows: Folder with all windows.
        label: The column of the label.
        policy: The policy whose metric and reference are measured.
        promotion: When a new model is promoted.
        extensions: The project's own functions.
        dependence: The columns by which rows depend on each other.
    """

    def __init__(
        self,
        trained: Sequence[TrainedModel],
        windows: Path,
        label: str,
        policy: DriftPolicy,
        promotion: Promotion,
        extensions: DriftExtensions,
        dependence: Dependence,
    ) -> None:
        self.trained = {one.window: one for one in trained}
        self.order = [one.window for one in trained]
        self.extensions = extensions
        self._files = sorted(windows.glob("*.parquet"))
        self._label, self._policy, self._promotion = label, policy, promotion
        self._dependence = dependence
        self._measured: dict[tuple[str, str], Measurement] = {}
        self._compared: dict[tuple[str, str, str, str, float], PairedMetric] = {}

    def measurement(self, model: str, window: str) -> Measurement:
        """Return the measurement of the model trained at one window on another window.

        Raises:
            DriftError: There is no such model.
        """
        import pandas as pd

        if (model, window) not in self._measured:
            own, reference, file = self._model(model), self.trained[model].reference, self._file(window)
            assert reference is not None, "a trained model has a reference"
            table = pd.read_parquet(file)
            labels, units = with_units(table[self._label], table, self._dependence, file)
            self._measured[model, window] = measure(
                reference,
                table[list(own.features)],
                own.predict(table),
                labels,
                metric=self._policy.metric,
                feature_reference=choose_feature_reference(self._policy, reference, self._files, file),
                statistics=self.extensions.statistics,
                units=units,
            )
        return self._measured[model, window]

    def figure(self, model: str, window: str) -> float:
        """Return the metric of a model on a window; NaN if unknown."""
        predictions = self.measurement(model, window).predictions
        figure = predictions.figure.window if predictions else None
        return float("nan") if figure is None else figure

    def is_better(self, model: str, live: str) -> bool:
        """Whether a model is surely better than the live one, on the window at whose end it was trained."""
        if self.trained[model].model is None or math.isnan(self.figure(live, model)):
            return False
        policy, metric = self._promotion.policy, self._promotion.metric or self.metric
        pair = self._compare(model, live, model, metric, policy.confidence)
        return pair.low > resolve_amount(policy.min_gain, pair.champion)

    def last_retrain(self, live: str, before: str, window: str) -> LastRetrain | None:
        """Return what the last retrain gains on a window; None if the metric is unknown there."""
        if math.isnan(self.figure(live, window)):
            return None
        pair = self._compare(live, before, window, self.metric, GAIN_CONFIDENCE)
        of_window, of_live, of_before = map(self.order.index, (window, live, before))
        ages = (of_window - of_live) / (of_live - of_before)
        return LastRetrain(f"the model of {before}", pair.gain, pair.low, ages)

    @cached_property
    def metric(self) -> Metric:
        """The metric of the declared policy."""
        predictions = self.measurement(self.order[0], self.order[-1]).predictions
        assert predictions is not None, "a trained model has predictions"
        return predictions.metric

    def _compare(
        self, model: str, other: str, window: str, metric: Metric, confidence: float
    ) -> PairedMetric:
        key = (model, other, window, metric.name, confidence)
        if key not in self._compared:
            pair = self._model(model), self._model(other)
            found = read_labelled_window(self._file(window), self._label, pair[0].problem, self._dependence)
            problem = found.problem.with_classes_of(each.estimator for each in pair)
            new, old = (problem.predict(each.estimator, found.rows[list(each.features)]) for each in pair)
            self._compared[key] = compare_scores(
                found.labels,
                (new, old),
                [metric],
                confidence=confidence,
                resamples=self._promotion.policy.resamples,
                problem=problem,
                units=found.units,
            )[metric.name]
        return self._compared[key]

    def _model(self, window: str) -> Predictor:
        if (model := self.trained[window].model) is None:
            raise DriftError(
                f"There is no model of {window}: a gate failed",
                where="the first date",
                fix="begin at a date whose model passes its gates",
            )
        return model

    def _file(self, window: str) -> Path:
        return next(file for file in self._files if file.stem == window)
