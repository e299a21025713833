"""Policy replay: several drift policies over the same models and windows, so that only decisions differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from trimtab.drift import DriftExtensions, DriftPolicy, DriftVerdict, PastWindow, decide, to_past_window
from trimtab.errors import ConfigError, closest
from trimtab.learning import INDEPENDENT, Dependence, Metric
from trimtab.local.replayed_models import DEFAULT_PROMOTION, Promotion, ReplayedModels, TrainedModel

NAIVE_PSI = 0.2
NAME_CODE = frozenset({"statistics", "rules"})  # keys of the policy
SHARED = NAME_CODE | {"metric"}  # all policies share one measurement


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


RetrainTrigger = Callable[[DriftVerdict], bool]


def replay_policies(
    trained: Sequence[TrainedModel],
    windows: Path,
    *,
    label: str,
    policy: DriftPolicy,
    promotion: Promotion = DEFAULT_PROMOTION,
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
        promotion: When a new model is promoted.
        also: More policies, by name. The reference of the features is always the one of ``policy``.
        extensions: The project's own functions, which all policies name.
        dependence: The columns by which rows depend on each other.

    Raises:
        DriftError: There is no model at the first time, or a window lacks a column of the dependence.
    """
    own = extensions or DriftExtensions()
    models = ReplayedModels(trained, windows, label, policy, promotion, own, dependence)

    def any_psi_over_bound(verdict: DriftVerdict) -> bool:
        return any(feature.psi > NAIVE_PSI for feature in verdict.measurement.features)

    def is_decided(verdict: DriftVerdict) -> bool:
        return verdict.decision == "retrain"

    return [
        _replay("frozen", models, lambda *_: False, policy),
        _replay("every window", models, lambda *_: True, policy),
        _replay(f"any PSI over {NAIVE_PSI}", models, any_psi_over_bound, policy),
        *(
            _replay(name, models, is_decided, one)
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


def _replay(name: str, models: ReplayedModels, trigger: RetrainTrigger, policy: DriftPolicy) -> PolicyReplay:
    model, before, history = models.order[0], None, list[PastWindow]()
    figures, retrained, promoted, seconds = {}, [], [], 0.0
    for window in models.order[1:]:
        figures[window] = models.figure(model, window)
        verdict = decide(
            models.measurement(model, window),
            policy,
            history,
            champion=model,
            extensions=models.extensions,
            last_retrain=models.last_retrain(model, before, window) if before else None,
        )
        past = to_past_window(verdict, window, model).model_copy(update={"outcome": None})
        if trigger(verdict):
            retrained.append(window)
            seconds += models.trained[window].seconds
            better = models.is_better(window, model)
            past = past.model_copy(update={"outcome": "promoted" if better else "refused"})
            if better:
                promoted.append(window)
                model, before = window, model
        history.append(past)
    return PolicyReplay(name, models.metric, figures, tuple(retrained), tuple(promoted), seconds)
