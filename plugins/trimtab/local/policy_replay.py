"""Policy replay: several drift policies over the same models and windows, so that only decisions differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from trimtab.drift import (
    DriftExtensions,
    DriftPolicy,
    Measurement,
    PastWindow,
    ReferenceProfile,
    choose_feature_reference,
    decide,
    measure,
    to_past_window,
)
from trimtab.drift.measurement import with_units
from trimtab.errors import ConfigError, DriftError, closest
from trimtab.learning import INDEPENDENT, Dependence, Metric, Predictor

NAIVE_PSI = 0.2
NAME_CODE = frozenset({"statistics", "rules"})  # keys of the policy
SHARED = NAME_CODE | {"metric"}  # all policies share one measurement


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
class PolicyReplay:
    """The replay of one policy.

    Attributes:
        policy: The policy's name.
        metric: The metric of the declared policy.
        figures: The metric of the live model, by window.
        retrained: The windows after which the model was retrained.
        promoted: The windows after which the new model was promoted.
        seconds: Run time of the retrains.
    """

    policy: str
    metric: Metric
    figures: Mapping[str, float]
    retrained: tuple[str, ...]
    promoted: tuple[str, ...]
    seconds: float

    @property
    def mean(self) -> float:
        """Mean of the metric over the windows."""
        return sum(self.figures.values()) / len(self.figures)

    @property
    def worst(self) -> float:
        """The worst figure of a window."""
        return min(self.figures.values(), key=lambda figure: self.metric.sign * figure)


class PolicyChange(NamedTuple):
    """A change of one param of the policy.

    Attributes:
        key: A key of the section ``drift`` of ``params.yaml``.
        value: Its new value.
    """

    key: str
    value: object


RetrainTrigger = Callable[[Measurement, Sequence[PastWindow], str], bool]


def replay_policies(
    trained: Sequence[TrainedModel],
    windows: Path,
    *,
    label: str,
    policy: DriftPolicy,
    also: Mapping[str, DriftPolicy] | None = None,
    extensions: DriftExtensions | None = None,
    dependence: Dependence = INDEPENDENT,
) -> list[PolicyReplay]:
    """Replay four policies: never retrain, retrain every window, any PSI over 0.2, and the declared policy.

    Args:
        trained: The models; the first one is live at the start.
        windows: Folder with all windows.
        label: The column of the label.
        policy: The declared policy.
        also: More policies, by name. The reference of the features is always the one of ``policy``.
        extensions: The project's own functions, which all policies name.
        dependence: The columns by which rows depend on each other.

    Raises:
        DriftError: There is no model at the first time, or a window lacks a column of the dependence.
    """
    own = extensions or DriftExtensions()
    models = _ModelMeasurements(trained, windows, label, policy, own, dependence)

    def any_psi_over_bound(measurement: Measurement, *_: object) -> bool:
        return any(feature.psi > NAIVE_PSI for feature in measurement.features)

    return [
        _replay("frozen", models, lambda *_: False, policy),
        _replay("every window", models, lambda *_: True, policy),
        _replay(f"any PSI over {NAIVE_PSI}", models, any_psi_over_bound, policy),
        *(
            _replay(name, models, _decides_to_retrain(one, own), one)
            for name, one in {"declared": policy, **(also or {})}.items()
        ),
    ]


def change_policy(policy: DriftPolicy, change: PolicyChange) -> DriftPolicy:
    """Return a policy with one param changed.

    Raises:
        ConfigError: There is no such param, its value is invalid, or all policies of a replay share it.
    """
    from pydantic import ValidationError

    key, value = change
    if key in SHARED:
        reason = "it names functions of the project" if key in NAME_CODE else "policies are compared in it"
        raise ConfigError(
            f"The param '{key}' cannot be changed for a replay: {reason}",
            where="trimtab drift replay --also",
            fix="change it in params.yaml, and replay again",
        )
    try:
        return DriftPolicy.model_validate({**policy.model_dump(), key: value})
    except ValidationError as err:
        raise ConfigError(
            f"The changed policy is invalid: {key}={value}: {err.errors()[0]['msg']}"
            + ("" if key in DriftPolicy.model_fields else closest(key, DriftPolicy.model_fields)),
            where="trimtab drift replay --also",
            fix="give a key of the section `drift` of params.yaml, and a valid value",
        ) from err


def _decides_to_retrain(policy: DriftPolicy, extensions: DriftExtensions) -> RetrainTrigger:
    def trigger(measurement: Measurement, history: Sequence[PastWindow], live: str) -> bool:
        verdict = decide(measurement, policy, history, champion=live, extensions=extensions)
        return verdict.decision == "retrain"

    return trigger


class _ModelMeasurements:
    """The measurement of each model on each window, computed once."""

    def __init__(
        self,
        trained: Sequence[TrainedModel],
        windows: Path,
        label: str,
        policy: DriftPolicy,
        extensions: DriftExtensions,
        dependence: Dependence,
    ) -> None:
        self.trained = {one.window: one for one in trained}
        self.order = [one.window for one in trained]
        self._files = sorted(windows.glob("*.parquet"))
        self._label, self._policy, self.extensions = label, policy, extensions
        self._dependence = dependence
        self._measured: dict[tuple[str, str], Measurement] = {}

    def measurement(self, model: str, window: str) -> Measurement:
        """Return the measurement of the model trained at one window on another window."""
        import pandas as pd

        if (model, window) not in self._measured:
            one = self.trained[model]
            if one.model is None or one.reference is None:
                raise DriftError(
                    f"There is no model of {model}: a gate failed",
                    where="the first date",
                    fix="begin at a date whose model passes its gates",
                )
            file = next(file for file in self._files if file.stem == window)
            table = pd.read_parquet(file)
            labels, units = with_units(table[self._label], table, self._dependence, file)
            self._measured[model, window] = measure(
                one.reference,
                table[list(one.model.features)],
                one.model.predict(table),
                labels,
                metric=self._policy.metric,
                feature_reference=choose_feature_reference(self._policy, one.reference, self._files, file),
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
        """Whether a model is better than the live one, on the window at whose end it was trained."""
        if self.trained[model].model is None:
            return False
        sign = self.metric.sign
        return sign * self.figure(model, model) > sign * self.figure(live, model)

    @property
    def metric(self) -> Metric:
        """The metric of the declared policy."""
        predictions = self.measurement(self.order[0], self.order[-1]).predictions
        assert predictions is not None, "a trained model has predictions"
        return predictions.metric


def _replay(
    name: str, models: _ModelMeasurements, trigger: RetrainTrigger, policy: DriftPolicy
) -> PolicyReplay:
    live, history = models.order[0], list[PastWindow]()
    figures, retrained, promoted, seconds = {}, [], [], 0.0
    for window in models.order[1:]:
        measurement = models.measurement(live, window)
        figures[window] = models.figure(live, window)
        verdict = decide(measurement, policy, history, champion=live, extensions=models.extensions)
        past = to_past_window(verdict, window, live).model_copy(update={"outcome": None})
        if trigger(measurement, history, live):
            retrained.append(window)
            seconds += models.trained[window].seconds
            better = models.is_better(window, live)
            past = past.model_copy(update={"outcome": "promoted" if better else "refused"})
            if better:
                promoted.append(window)
                live = window
        history.append(past)
    return PolicyReplay(name, models.metric, figures, tuple(retrained), tuple(promoted), seconds)
