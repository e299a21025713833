"""What a policy would have done: history replayed with training, gates and promotion.

The pipeline is run once per date, in a sandbox, as the world was then; every policy is then played over the
same models, so that they differ in what they decided alone.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
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
from trimtab.errors import DriftError, StageError
from trimtab.model import load_estimator
from trimtab.pipeline.graph import Graph
from trimtab.registry.artifacts import artifact_file, find_artifact, require_artifact
from trimtab.registry.candidate import INPUT_EXAMPLE, MODEL
from trimtab.registry.model import ScoringModel
from trimtab.registry.testwindow import label_of

REFERENCE = "flights-reference: {path: models/reference.json, type: drift-reference}"
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


def train_all(
    root: Path, dates: Sequence[date], *, param: str, windows: str, into: Path
) -> Iterator[Trained]:
    """Run the pipeline as the world was on each date; what the caches know is not run again.

    Args:
        root: The project's root.
        dates: Ascending.
        param: The param that says how far the world has got, such as ``ingest.until``.
        windows: The output with one Parquet file per window; those of the last date are left in ``into``.
        into: Folder for models and windows.

    Raises:
        ProjectError: An artifact is not declared, or there is no such param.
    """
    from trimtab.pipeline.revision import pin
    from trimtab.pipeline.run import run
    from trimtab.pipeline.sandbox import graph_in, sandbox

    for day in dates:
        folder = into / day.isoformat()
        with sandbox(root, pin(root, {param: day.isoformat()})) as tree:
            graph, began, passed = graph_in(tree), time.monotonic(), True
            try:
                run(tree.root, graph, listener=_Silent())
            except StageError:  # a gate that was not passed: there is no such model
                passed = False
            seconds = time.monotonic() - began
            shutil.copytree(tree.root / windows, folder / "windows")
            newest = max(file.stem for file in (folder / "windows").glob("*.parquet"))
            model, reference = _keep(tree.root, graph, folder) if passed else (None, None)
        yield Trained(newest, model, reference, seconds)


class _Silent:
    """A listener that says nothing: many runs go by."""

    def started(self, stage: str, reason: str) -> None: ...

    def line(self, stage: str, text: str) -> None: ...

    def ended(self, stage: str, settled: Any) -> None: ...


def _keep(root: Path, graph: Graph, folder: Path) -> tuple[ScoringModel, Reference]:
    import pandas as pd

    declared = require_artifact(graph, "model", MODEL)
    example = require_artifact(graph, "input-example", INPUT_EXAMPLE)
    reference = find_artifact(graph, "drift-reference") or require_artifact(
        graph, "drift-reference", REFERENCE
    )
    trusted = declared.meta.get("trusted_types") or ()
    features = tuple(pd.read_parquet(artifact_file(root, example)).columns)
    estimator = load_estimator(artifact_file(root, declared), trusted)
    model = ScoringModel(estimator, features, f"{declared.name} of {folder.name}")
    return model, Reference.load(artifact_file(root, reference))


def play_all(trained: Sequence[Trained], windows: Path, *, label: str, policy: DriftPolicy) -> list[Played]:
    """Play four policies: a frozen model, retraining every window, any PSI over 0.2, and the declared one.

    Args:
        trained: The models, the first one live at the start.
        windows: Folder with every window.
        label: The label's column.
        policy: The declared policy.

    Raises:
        DriftError: The first date brought no model.
    """

    def declared(measurement: Measurement, history: Sequence[PastWindow], live: str) -> bool:
        return decide(measurement, policy, history, champion=live).decision == "retrain"

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
        _play("declared", world, declared, policy),
    ]


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


def months(start: date, end: date) -> list[date]:
    """Return the first of each month from ``start`` to ``end``."""
    found = [start.replace(day=1)]
    while (following := (found[-1] + timedelta(days=32)).replace(day=1)) <= end:
        found.append(following)
    return found


def replay(root: Path, graph: Graph, dates: Sequence[date], *, param: str, windows: str) -> list[Played]:
    """Train once per date, and play the policies over it.

    Args:
        root: The project's root.
        graph: Its pipeline.
        dates: Ascending; the first one's model is live at the start.
        param: The param that says how far the world has got.
        windows: The output with one Parquet file per window.
    """
    from tempfile import TemporaryDirectory

    from trimtab.config import load_params

    policy = load_params(DriftPolicy, "drift", root / "params.yaml")
    with TemporaryDirectory(prefix="trimtab-") as folder:
        trained = list(train_all(root, dates, param=param, windows=windows, into=Path(folder)))
        newest = Path(folder, dates[-1].isoformat(), "windows")
        return play_all(trained, newest, label=label_of(graph), policy=policy)
