"""History replay: what each drift policy would have decided, with training, gates and promotion.

The pipeline runs once per window boundary, in a sandbox, on the data until that time. All policies are then
replayed over the same models.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from trimtab.config import load_params
from trimtab.drift import DriftExtensions, DriftPolicy, ReferenceProfile
from trimtab.errors import DriftError, ProjectError, StageError
from trimtab.learning import Predictor, load_estimator
from trimtab.local.policy_replay import PolicyChange, PolicyReplay, change_policy, replay_policies
from trimtab.local.replayed_models import Promotion, TrainedModel
from trimtab.params_file import PARAMS_FILE, load_yaml
from trimtab.params_sections import check_drift_metric
from trimtab.pipeline.graph import Graph, declared_dependence, declared_problem_type
from trimtab.registry.drift_log import drift_extensions, refuse_weight
from trimtab.registry.promotion import (
    PromotePolicy,
    find_promote_metric,
    promote_metrics,
    read_label_column,
)
from trimtab.registry.provenance import DATA_UNTIL_TAG, artifact_file, find_artifact, require_artifact
from trimtab.registry.publishing import INPUT_EXAMPLE_DECLARATION, MODEL_DECLARATION, read_trusted_types
from trimtab.time_window import Window, windows_in_folder

REFERENCE = "reference: {path: models/reference.json, type: drift-reference}"


def replay_history(
    root: Path,
    graph: Graph,
    times: Sequence[datetime],
    *,
    param: str,
    windows: str,
    changes: Sequence[PolicyChange] = (),
) -> list[PolicyReplay]:
    """Train once per time, and replay the policies over the models.

    Args:
        root: The project's root.
        graph: Its pipeline.
        times: Window boundaries, ascending. The model of the first one is live at the start.
        param: The param for the end of the data.
        windows: The output with one Parquet file per window.
        changes: Changes of a param of the policy; each changed policy is replayed as well.

    Raises:
        ConfigError: A policy, or a change of it, is invalid, names a function that cannot be imported, or a
            metric that the problem type does not have.
        DriftError: The model declares a weight.
    """
    refuse_weight(graph)
    policy, problem = load_params(DriftPolicy, "drift", root / PARAMS_FILE), declared_problem_type(graph)
    check_drift_metric(policy, problem)
    promote = load_params(PromotePolicy, "promote", root / PARAMS_FILE)
    metric = find_promote_metric(promote, promote_metrics(root, problem), problem)
    extensions = DriftExtensions.bind(policy, drift_extensions(root))
    also = {f"{change.key}: {change.value}": change_policy(policy, change) for change in changes}
    with TemporaryDirectory(prefix="trimtab-") as folder:
        trained = list(train_at_times(root, times, param=param, windows=windows, into=Path(folder)))
        newest = _windows_folder(Path(folder), times[-1])
        return replay_policies(
            trained,
            newest,
            label=read_label_column(graph),
            policy=policy,
            promotion=Promotion(promote, metric),
            also=also,
            extensions=extensions,
            dependence=declared_dependence(graph),
        )


def declared_param(root: Path, graph: Graph) -> str:
    """Return the param for the end of the data: the one in ``meta.data_until`` of the model's artifact.

    Args:
        root: The project's root.
        graph: Its pipeline.

    Raises:
        ProjectError: ``data_until`` is missing, or is not one param such as ``${section.key}``.
    """
    name = require_artifact(graph, "model", MODEL_DECLARATION).name
    artifact = load_yaml(root / "dvc.yaml").get("artifacts", {}).get(name, {})
    declared = str(artifact.get("meta", {}).get(DATA_UNTIL_TAG, ""))
    found = re.fullmatch(r"\$\{([\w.]+)\}", declared)
    if found is None:
        raise ProjectError(
            f"The artifact '{name}' does not declare the param for the end of the data: {declared!r}",
            where=f"dvc.yaml: artifacts, meta.{DATA_UNTIL_TAG}",
            fix=f"declare `{DATA_UNTIL_TAG}: ${{section.key}}`, or name the param with `--param`",
        )
    return found[1]


def train_at_times(
    root: Path, times: Sequence[datetime], *, param: str, windows: str, into: Path
) -> Iterator[TrainedModel]:
    """Run the pipeline on the data until each time. DVC's caches are used.

    A time without a new window is skipped.

    Args:
        root: The project's root.
        times: Window boundaries, ascending.
        param: The param for the end of the data.
        windows: The output with one Parquet file per window.
        into: Folder for models and windows.

    Raises:
        DriftError: A window is not complete at a time, or there are several new windows.
        ProjectError: An artifact is not declared, or there is no such param.
    """
    from trimtab.pipeline.execution import graph_in, prepend_interpreter_folder, run, sandbox
    from trimtab.pipeline.git import pin_revision

    # If a gate's command is not found, the gate would count as failed.
    os.environ["PATH"] = prepend_interpreter_folder(os.environ.get("PATH", os.defpath))
    before: Window | None = None
    for time in times:
        folder = _windows_folder(into, time)
        with sandbox(root, pin_revision(root, {param: _param_value(time)})) as tree:
            graph, began, passed = graph_in(tree), monotonic(), True
            try:
                run(tree.root, graph, listener=_SilentListener())
            except StageError:  # a gate failed: there is no model
                passed = False
            seconds = monotonic() - began
            shutil.copytree(tree.root / windows, folder)
            newest = newest_window(folder, time, before)
            if newest == before:
                continue
            model, reference = _load_model(tree.root, graph) if passed else (None, None)
        before = newest
        yield TrainedModel(newest.name, model, reference, seconds)


def newest_window(folder: Path, time: datetime, before: Window | None) -> Window:
    """Return the newest window at a time. The model of that time is not trained on it.

    Args:
        folder: The windows at that time.
        time: A window boundary.
        before: The newest window at the boundary before.

    Raises:
        DriftError: The newest window is not complete, or there are several new windows.
    """
    found = list(windows_in_folder(folder))
    newest = found[-1]
    new = [window for window in found if before is None or window.begin >= before.end]
    if not newest.is_complete(time):
        raise DriftError(
            f"The window {newest.name} is not complete at {time}: it ends at {newest.end}",
            where=str(time),
            fix=f"replay by its frequency: `--every {newest.frequency}`",
        )
    if before and len(new) > 1:
        raise DriftError(
            f"There are {len(new)} new windows at {time}: {new[0].name} to {newest.name}",
            where=str(time),
            fix=f"replay by their frequency, so that each is checked: `--every {newest.frequency}`",
        )
    return newest


def _param_value(time: datetime) -> str:
    """Return a time as the value of the param: a date if it is midnight."""
    midnight = (time.hour, time.minute) == (0, 0)
    return time.date().isoformat() if midnight else time.isoformat(timespec="minutes")


def _windows_folder(folder: Path, time: datetime) -> Path:
    return folder / f"{time:%Y-%m-%dT%H%M}" / "windows"


class _SilentListener:
    """A listener that prints nothing, as there are many runs."""

    def started(self, stage: str, reason: str) -> None: ...

    def line(self, stage: str, text: str) -> None: ...

    def ended(self, stage: str, settled: object) -> None: ...


def _load_model(root: Path, graph: Graph) -> tuple[Predictor, ReferenceProfile]:
    import pandas as pd

    declared = require_artifact(graph, "model", MODEL_DECLARATION)
    example = require_artifact(graph, "input-example", INPUT_EXAMPLE_DECLARATION)
    profile = find_artifact(graph, "drift-reference") or require_artifact(graph, "drift-reference", REFERENCE)
    reference = ReferenceProfile.load(artifact_file(root, profile))
    problem = reference.predictions.problem_type if reference.predictions else declared_problem_type(graph)
    features = tuple(pd.read_parquet(artifact_file(root, example)).columns)
    estimator = load_estimator(artifact_file(root, declared), read_trusted_types(declared), problem)
    return Predictor(problem, estimator, features), reference
