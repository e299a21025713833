"""Policies played over the same models and windows, so that they differ in what they decided alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trimtab.drift import (
    DriftPolicy,
    Measurement,
    PastWindow,
    Reference,
    decide,
    declared_reference,
    measure,
    past_window,
)
from trimtab.errors import ConfigError, DriftError, closest
from trimtab.registry.loading import ScoringModel

NAIVE_PSI = 0.2


@dataclass(frozen=True)
class Trained:
    """The model of one date.

    Attributes:
        window: The newest window it could see, held out from it.
        model: The model; None if a gate or a stage refused it.
        reference: Its reference.
        seconds: What running its stages took.
    """

    window: str
    model: ScoringModel | None
    reference: Reference | None
    seconds: float


@dataclass(frozen=True)
class Played:
    """What became of one policy.

    Attributes:
        policy: Its name.
        roc_auc: The live model's ROC AUC on each window, by the window's name.
        retrained: The windows that made it train again.
        promoted: Those of them after which the new model went live.
        seconds: What these trainings took.
    """

    policy: str
    roc_auc: Mapping[str, float]
    retrained: tuple[str, ...]
    promoted: tuple[str, ...]
    seconds: float

    @property
    def mean(self) -> float:
        """Mean ROC AUC over the windows."""
        return sum(self.roc_auc.values()) / len(self.roc_auc)

    @property
    def worst(self) -> float:
        """The ROC AUC of the worst window."""
        return min(self.roc_auc.values())


Asked = Callable[[Measurement, Sequence[PastWindow], str], bool]


def play_all(
    trained: Sequence[Trained],
    windows: Path,
    *,
    label: str,
    policy: DriftPolicy,
    also: Mapping[str, DriftPolicy] | None = None,
) -> list[Played]:
    """Play four policies: a frozen model, retraining every window, any PSI over 0.2, and the declared one.

    Args:
        trained: The models, the first one live at the start.
        windows: Folder with every window.
        label: The label's column.
        policy: The declared policy.
        also: Others to play, by name; what features are measured against is as declared in ``policy``.

    Raises:
        DriftError: The first date brought no model.
    """
    world = _World(trained, windows, label, policy)
    return [
        _play("frozen", world, lambda *_: False, policy),
        _play("every window", world, lambda *_: True, policy),
        _play(
            "any PSI over 0.2",
            world,
            lambda measured, *_: any(feature.psi > NAIVE_PSI for feature in measured.features),
            policy,
        ),
        *(_play(name, world, _asks(one), one) for name, one in {"declared": policy, **(also or {})}.items()),
    ]


def _asks(policy: DriftPolicy) -> Asked:
    def asks(measurement: Measurement, history: Sequence[PastWindow], live: str) -> bool:
        return decide(measurement, policy, history, champion=live).decision == "retrain"

    return asks


class _World:
    """Every model measured on every window, once."""

    def __init__(self, trained: Sequence[Trained], windows: Path, label: str, policy: DriftPolicy) -> None:
        self.trained = {one.window: one for one in trained}
        self.order = [one.window for one in trained]
        self._files = sorted(windows.glob("*.parquet"))
        self._label, self._policy = label, policy
        self._measured: dict[tuple[str, str], Measurement] = {}

    def measured(self, model: str, window: str) -> Measurement:
        import pandas as pd

        if (model, window) not in self._measured:
            one = self.trained[model]
            if one.model is None or one.reference is None:
                raise DriftError(
                    f"There is no model of {model}: a gate was not passed",
                    where="the first date",
                    fix="begin at a date whose model passes",
                )
            file = next(file for file in self._files if file.stem == window)
            table = pd.read_parquet(file)
            self._measured[model, window] = measure(
                one.reference,
                table[list(one.model.features)],
                one.model.score(table),
                table[self._label],
                distributions=declared_reference(self._policy, one.reference, self._files, file),
            )
        return self._measured[model, window]

    def auc(self, model: str, window: str) -> float:
        predictions = self.measured(model, window).predictions
        figure = predictions.performance["roc_auc"].window if predictions else None
        return float("nan") if figure is None else figure


def _play(name: str, world: _World, asked: Asked, policy: DriftPolicy) -> Played:
    live, history = world.order[0], list[PastWindow]()
    aucs, retrained, promoted, seconds = {}, [], [], 0.0
    for window in world.order[1:]:
        measurement = world.measured(live, window)
        aucs[window] = world.auc(live, window)
        verdict = decide(measurement, policy, history, champion=live)
        past = past_window(verdict, window, live).model_copy(update={"outcome": None})
        if asked(measurement, history, live):
            retrained.append(window)
            challenger = world.trained[window]
            seconds += challenger.seconds
            better = challenger.model is not None and world.auc(window, window) > world.auc(live, window)
            past = past.model_copy(update={"outcome": "promoted" if better else "refused"})
            if better:
                promoted.append(window)
                live = window
        history.append(past)
    return Played(name, aucs, tuple(retrained), tuple(promoted), seconds)


def changed_policy(policy: DriftPolicy, key: str, value: Any) -> DriftPolicy:
    """Return a policy with one param changed.

    Raises:
        ConfigError: There is no such param, or it does not take the value.
    """
    from pydantic import ValidationError

    try:
        return DriftPolicy.model_validate({**policy.model_dump(), key: value})
    except ValidationError as err:
        raise ConfigError(
            f"The policy cannot be played with {key}={value}: {err.errors()[0]['msg']}"
            + ("" if key in DriftPolicy.model_fields else closest(key, DriftPolicy.model_fields)),
            where="trimtab drift replay --also",
            fix="give a key of the section `drift` of params.yaml, and a value it takes",
        ) from err
