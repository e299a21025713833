"""What a policy would have done: history replayed with training, gates and promotion.

The pipeline is run once per date, in a sandbox, as the world was then; every policy is then played over the
same models.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

from trimtab.drift import DriftPolicy, Reference
from trimtab.errors import DriftError, StageError
from trimtab.local.policy_replay import Played, Trained, changed_policy, play_all
from trimtab.model_file import load_estimator
from trimtab.pipeline.graph import Graph
from trimtab.registry.loading import ScoringModel
from trimtab.registry.promotion import label_of
from trimtab.registry.provenance import artifact_file, find_artifact, require_artifact
from trimtab.registry.publishing import INPUT_EXAMPLE, MODEL
from trimtab.time_window import Window, windows_in

REFERENCE = "my-reference: {path: models/reference.json, type: drift-reference}"


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

    A date that brings no new window is passed over.

    Raises:
        DriftError: A window is not complete on a date, or several have come since the one before.
        ProjectError: An artifact is not declared, or there is no such param.
    """
    from trimtab.pipeline.execution import graph_in, run, sandbox, with_own_commands
    from trimtab.pipeline.git import pin

    # A gate whose command is not found would be one that was not passed.
    os.environ["PATH"] = with_own_commands(os.environ.get("PATH", os.defpath))
    before: Window | None = None
    for day in dates:
        folder = into / day.isoformat()
        with sandbox(root, pin(root, {param: day.isoformat()})) as tree:
            graph, began, passed = graph_in(tree), monotonic(), True
            try:
                run(tree.root, graph, listener=_Silent())
            except StageError:  # a gate that was not passed: there is no such model
                passed = False
            seconds = monotonic() - began
            shutil.copytree(tree.root / windows, folder / "windows")
            newest = _newest(folder / "windows", day, before)
            if newest == before:  # the world has not moved: there is nothing to decide
                continue
            model, reference = _keep(tree.root, graph, folder) if passed else (None, None)
        before = newest
        yield Trained(newest.name, model, reference, seconds)


def _newest(folder: Path, day: date, before: Window | None) -> Window:
    """Return the newest window that could be seen on a day; it is the one held out from that day's model."""
    found = list(windows_in(folder))
    newest, until = found[-1], datetime.combine(day, time.min)
    new = [window for window in found if before is None or window.begin >= before.end]
    if not newest.is_complete(until):
        raise DriftError(
            f"The window {newest.name} is not complete on {day}: it goes until {newest.end}",
            where=str(day),
            fix="begin and end on days on which windows end",
        )
    if before and len(new) > 1:
        raise DriftError(
            f"{len(new)} windows have come since the date before {day}, and each has to be judged:"
            f" {new[0].name} to {newest.name}",
            where=str(day),
            fix="a replay goes by months; write a window a month",
        )
    return newest


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


def months(start: date, end: date) -> list[date]:
    """Return the first of each month from ``start`` to ``end``."""
    found = [start.replace(day=1)]
    while (following := (found[-1] + timedelta(days=32)).replace(day=1)) <= end:
        found.append(following)
    return found


def replay(
    root: Path,
    graph: Graph,
    dates: Sequence[date],
    *,
    param: str,
    windows: str,
    changes: Sequence[tuple[str, Any]] = (),
) -> list[Played]:
    """Train once per date, and play the policies over it.

    Args:
        root: The project's root.
        graph: Its pipeline.
        dates: Ascending; the first one's model is live at the start.
        param: The param that says how far the world has got.
        windows: The output with one Parquet file per window.
        changes: Each a param of the policy and a value: the declared policy with it is played as well.

    Raises:
        ConfigError: The policy, or a change of it, cannot be used.
    """
    from tempfile import TemporaryDirectory

    from trimtab.config import load_params

    policy = load_params(DriftPolicy, "drift", root / "params.yaml")
    also = {f"{key}: {value}": changed_policy(policy, key, value) for key, value in changes}
    with TemporaryDirectory(prefix="trimtab-") as folder:
        trained = list(train_all(root, dates, param=param, windows=windows, into=Path(folder)))
        newest = Path(folder, dates[-1].isoformat(), "windows")
        return play_all(trained, newest, label=label_of(graph), policy=policy, also=also)
