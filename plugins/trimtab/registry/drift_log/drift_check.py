"""The drift check: score new windows with the champion, and record each verdict in MLflow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from trimtab.config import load_params
from trimtab.drift import DriftExtensions, DriftPolicy
from trimtab.errors import DriftError
from trimtab.extension import load_extensions
from trimtab.params_file import PARAMS_FILE
from trimtab.params_sections import check_drift_metric
from trimtab.pipeline.graph import (
    Graph,
    declared_dependence,
    declared_problem_type,
    declared_weight,
    find_pipeline_folders,
    find_repository,
)
from trimtab.registry.drift_log.checked_window import CheckedWindow
from trimtab.registry.drift_log.complete_windows import CompleteWindows, NoWindowToCheckError
from trimtab.registry.drift_log.drift_log import read_verdicts
from trimtab.registry.drift_log.predecessor import Predecessor
from trimtab.registry.drift_log.window_check import WindowCheck
from trimtab.registry.loading import NO_PROJECT, ModelTrust
from trimtab.registry.promotion import Champion, load_champion, read_label_column
from trimtab.registry.provenance import (
    DATA_UNTIL_TAG,
    SEEN_UNTIL_TAG,
    DataExtent,
    current_data_end,
    require_artifact,
)
from trimtab.registry.publishing import MODEL_DECLARATION, require_own_model
from trimtab.registry.tracking import TAG_PREFIX, connection
from trimtab.repository_settings import load_repository_settings
from trimtab.time_window import Window, windows_in_folder


def drift_extensions(root: Path) -> dict[str, object]:
    """Return the functions that the drift policy of a checkout names, by ``module:name``.

    Only the checkout that runs says what may execute: see docs/decisions/0022.

    Args:
        root: The root of the checkout.

    Raises:
        ConfigError: The policy is invalid, or a function cannot be imported.
    """
    policy = load_params(DriftPolicy, "drift", root / PARAMS_FILE)
    return load_extensions(policy.extensions, root, declared=policy.extensions)


def refuse_weight(graph: Graph) -> None:
    """Refuse a weight of the rows: a reference profile has figures in which each row counts once.

    Raises:
        DriftError: The model declares a weight.
    """
    if weight := declared_weight(graph):
        raise DriftError(
            f"A drift check cannot weight rows, and the model declares the weight '{weight}'",
            where="dvc.yaml: meta.weight of the model's artifact",
            fix="pause the drift check, or remove the weight, which gates and comparisons use",
        )


def check_newest_window(
    root: Path,
    graph: Graph,
    windows: str,
    *,
    dag_run: str,
    trusted: ModelTrust = NO_PROJECT,
    extensions: Mapping[str, object] | None = None,
) -> CheckedWindow:
    """Score the newest window with the champion, compare it with the champion's reference, and decide.

    Only complete windows are checked: those that end by ``data_until`` of the model's artifact, and by now.
    A window that begins before the end of the data that the champion has seen is never checked.

    Windows that were missed since then are checked first, in order. A window that was incomplete is checked
    again, and so is a window whose labels have arrived. The newest window with labels decides if it requests
    a retrain, else the newest window. If a later window has a verdict already, as in a parallel backfill, no
    retrain is requested. Each verdict is an MLflow run of the experiment ``<model>-drift``, one for each
    champion and window; a retry writes to the same run.

    Args:
        root: The project's root; the windows are below it.
        graph: The project's pipeline.
        windows: A folder of Parquet files, one per window and named after it: ``2024-04.parquet``.
        dag_run: The DAG run that checks; recorded with the verdict.
        trusted: What the current checkout trusts: types that the model may hold, and keys that sign it.
        extensions: The functions that the policy may name, by name; see :func:`drift_extensions`.

    Raises:
        ConfigError: The policy in ``params.yaml`` or ``trimtab.yaml`` of the repository is invalid, or the
            policy names a metric that the problem type does not have, or a function that is not among
            ``extensions``.
        DriftError: The model declares a weight, there is no window, a window cannot be compared, it is not
            recorded what data the champion has seen, or a function of the project fails.
        NoWindowToCheckError: No complete window begins after the data that the champion has seen.
        RegistryError: There is no champion, the model belongs to another pipeline of the repository, or the
            server does not answer.
    """
    refuse_weight(graph)
    repository = find_repository(root)
    limits = load_repository_settings(repository).drift
    policy = load_params(DriftPolicy, "drift", root / PARAMS_FILE)
    rate = limits.false_alarm_rate(policy.false_alarm_rate, _models(repository))
    policy, problem = policy.model_copy(update={"false_alarm_rate": rate}), declared_problem_type(graph)
    check_drift_metric(policy, problem)
    bound = DriftExtensions.bind(policy, extensions or {})
    model = require_artifact(graph, "model", MODEL_DECLARATION)
    label, dependence = read_label_column(graph), declared_dependence(graph)
    found, until = windows_in_folder(root / windows), current_data_end(model)
    files = {window: file for window, file in found.items() if window.is_complete(until)}
    with TemporaryDirectory(prefix="trimtab-") as folder, connection() as client:
        require_own_model(client, model.name, root)
        champion = load_champion(model.name, into=Path(folder, "champion"), trusted=trusted, problem=problem)
        seen_until = _seen_until(champion)
        before = 0 if policy.reference == "champion" else policy.reference_windows
        complete = CompleteWindows(files, seen_until, max(len(files) - policy.label_delay, 0), before)
        if not files or complete.order[-1].begin < seen_until:
            raise _no_window(champion, seen_until, newest=max(found), until=until)
        check = WindowCheck(
            client,
            champion,
            policy,
            bound,
            complete,
            problem,
            label,
            dag_run,
            Path(folder),
            dependence,
            Predecessor.find(client, champion, label, trusted=trusted, dependence=dependence),
            limits,
        )
        recorded = read_verdicts(client, model.name)
        requesting = complete.may_request_retrain(recorded)
        due = complete.due(recorded, str(champion.version.version))
        checked = [check.run(window, may_request=window in requesting) for window in due]
    # With delayed labels, a loss shows in the newest window that has labels, not in the newest window.
    result = next((one for one in checked if one.asks), checked[-1])
    return replace(result, also=tuple(one.window for one in checked if one is not result))


def _models(repository: Path | None) -> int:
    """Return the number of models of a repository: one of each pipeline."""
    return max(1, len(find_pipeline_folders(repository))) if repository else 1


def _seen_until(champion: Champion) -> datetime:
    learnt = DataExtent.of_version(champion.version)
    if learnt is None:
        raise DriftError(
            f"The end of the data that {champion.version} has seen is not recorded",
            where=f"MLflow: tags {', '.join(TAG_PREFIX + tag for tag in (SEEN_UNTIL_TAG, DATA_UNTIL_TAG))}",
            fix="declare `meta: {data_until: …}` of the model's artifact in dvc.yaml and train again",
        )
    return learnt.seen_until


def _no_window(
    champion: Champion, seen_until: datetime, *, newest: Window, until: datetime
) -> NoWindowToCheckError:
    complete = newest.is_complete(until)
    return NoWindowToCheckError(
        f"There is no window to check {champion.version} on: it has seen the data until {seen_until},"
        f" and the newest window is {newest.name}"
        + ("" if complete else f", which ends at {newest.end}, after the end of the data at {until}"),
        where=f"{newest.name}: {newest.begin} to {newest.end}",
        fix="check again once the next window is complete",
    )
