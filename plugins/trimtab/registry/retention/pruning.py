"""Remove what the policy keeps no longer: old candidates, drift verdicts, leftovers, objects of the cache."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trimtab.pipeline.cache import DAY, texts_at, unused_objects
from trimtab.pipeline.execution import leftovers_of
from trimtab.registry.drift_log import CURVES_RUN, drift_experiment
from trimtab.registry.publishing import unless_gone
from trimtab.registry.rebuild import COMMIT, COMMITS, locks_of
from trimtab.registry.retention.live_versions import Live, live_versions
from trimtab.registry.retention.retention_policy import RetentionPolicy
from trimtab.registry.tracking import TAG_PREFIX, Version, connection, every_version, is_there

FOREIGN = (TAG_PREFIX, "mlflow.")  # tags that a person has not set


@dataclass(frozen=True)
class Removal:
    """Something that goes.

    Attributes:
        what: What it is.
        size: In bytes.
        why: Why it goes.
        remove: Removes it, unless it has become needed meanwhile.
    """

    what: str
    size: int
    why: str
    remove: Callable[[], None]


@contextlib.contextmanager
def removals(root: Path, model: str, policy: RetentionPolicy) -> Iterator[Sequence[Removal]]:
    """Find what goes; it can be removed as long as the context is open.

    Never what a live version was made of, a version that carries a tag of somebody's, that was rolled back
    from, or that nobody has decided on yet.

    Args:
        root: The project's root.
        model: The registered model.
        policy: What is kept, and how long.

    Raises:
        RegistryError: The ledger is broken, or MLflow does not answer.
        ProjectError: Another removal, or another DVC command, is under way.
    """
    with connection() as client:
        found = [*_versions(client, model, policy), *_verdicts(client, model, policy)]
        texts = _texts(root, client, model)
        with unused_objects(root, texts, days=policy.object_days) as unused:
            yield [*found, *_leftovers(root, policy), *_objects(unused.objects, unused.passed_over, policy)]


def _versions(client: Any, model: str, policy: RetentionPolicy) -> Iterator[Removal]:
    live = live_versions(client, model, policy)
    live.ledger.require_whole()
    for version in every_version(model):
        if not _reason_to_keep(live, version, policy):
            days = (time.time() - version.creation_timestamp / 1000) / DAY
            yield Removal(
                f"{model} version {version.version}, with its run",
                _size_of_version(client, version.run_id),
                f"registered {days:.0f} days ago, never champion within {policy.champion_days} days",
                lambda version=version: _remove_version(client, model, version.version, policy),  # type: ignore[misc]
            )


def _reason_to_keep(live: Live, version: Any, policy: RetentionPolicy) -> str:
    """Say why a version stays; nothing if it need not."""
    number = int(version.version)
    if number in live.reasons:
        return live.reasons[number]
    if number in live.ledger.withdrawn:
        return "rolled back from: its content is not to come back by itself"
    marks = [tag for tag in version.tags if not tag.startswith(FOREIGN)]
    if marks:
        return f"tagged {', '.join(marks)}"
    if f"{TAG_PREFIX}decision" not in version.tags:
        return "nobody has decided on it yet"
    if version.creation_timestamp / 1000 > time.time() - policy.candidate_days * DAY:
        return f"younger than {policy.candidate_days} days"
    return ""


def _remove_version(client: Any, model: str, number: str, policy: RetentionPolicy) -> None:
    """Remove a version, its logged model and its run, unless it, or its run, is needed by now."""
    if not is_there(client, model, number):
        return
    version = client.get_model_version(model, number)
    if _reason_to_keep(live_versions(client, model, policy), version, policy):
        return
    unless_gone(client.delete_model_version, model, number)
    if client.search_model_versions(f"run_id = '{version.run_id}'"):
        return
    experiment = client.get_run(version.run_id).info.experiment_id
    children = client.search_runs(
        [experiment], f"tags.mlflow.parentRunId = '{version.run_id}'", max_results=1
    )
    if not children:
        for logged in client.search_logged_models([experiment], f"source_run_id = '{version.run_id}'"):
            unless_gone(client.delete_logged_model, logged.model_id)
        unless_gone(client.delete_run, version.run_id)


def _size_of_version(client: Any, run_id: str) -> int:
    """The size of a run's artifacts and of the models it logged, in bytes."""
    experiment = client.get_run(run_id).info.experiment_id
    models = client.search_logged_models([experiment], f"source_run_id = '{run_id}'")
    files = [file for model in models for file in client.list_logged_model_artifacts(model.model_id)]
    return _size_of_run(client, run_id) + sum(file.file_size or 0 for file in files)


def _size_of_run(client: Any, run_id: str, path: str | None = None) -> int:
    """The size of a run's artifacts, in bytes."""
    files = client.list_artifacts(run_id, path)
    return sum(
        _size_of_run(client, run_id, file.path) if file.is_dir else file.file_size or 0 for file in files
    )


def _verdicts(client: Any, model: str, policy: RetentionPolicy) -> Iterator[Removal]:
    """Runs of drift verdicts; not the curves over time, nor one whose retrain is still under way."""
    import mlflow

    before = int((time.time() - policy.verdict_days * DAY) * 1000)
    experiment = client.get_experiment_by_name(drift_experiment(model))
    if experiment is None:
        return
    older = f"attributes.start_time < {before}"
    for run in mlflow.search_runs([experiment.experiment_id], older, output_format="list"):
        tags, run_id = run.data.tags, run.info.run_id
        if tags.get(f"{TAG_PREFIX}key") != CURVES_RUN and tags.get(f"{TAG_PREFIX}outcome") != "pending":
            yield Removal(
                f"drift verdict on {tags.get(f'{TAG_PREFIX}window', run_id)}",
                _size_of_run(client, run_id),
                f"older than {policy.verdict_days} days",
                lambda run_id=run_id: unless_gone(client.delete_run, run_id),  # type: ignore[misc]
            )


def _texts(root: Path, client: Any, model: str) -> list[str]:
    """What every version there is names: also one that goes now, whose objects go the next time.

    Of other models, which may be this project's under an earlier name, what their commits name.
    """
    known = {
        int(version.version): Version.read(client, model, version.version)
        for version in every_version(model)
        if f"{TAG_PREFIX}lock_hash" in version.tags
    }
    commits = {version.tags.get(f"{TAG_PREFIX}{tag}", "") for version in every_version() for tag in COMMITS}
    commits = {commit for commit in commits if COMMIT.fullmatch(commit)}
    return [*locks_of(client, known).values(), *texts_at(root, commits)]


def _leftovers(root: Path, policy: RetentionPolicy) -> Iterator[Removal]:
    """What failed stages left behind, by DAG run."""
    for folder in sorted(leftovers_of(root).glob("*/*/")):
        files = [file.stat() for file in [folder, *folder.rglob("*")]]
        if max(about.st_mtime for about in files) < time.time() - policy.report_days * DAY:
            yield Removal(
                f"what failed stages left in {folder}",
                sum(about.st_size for about in files),
                f"older than {policy.report_days} days",
                lambda folder=folder: shutil.rmtree(folder, ignore_errors=True),  # type: ignore[misc]
            )


def _objects(objects: dict[Path, int], passed_over: str, policy: RetentionPolicy) -> Iterator[Removal]:
    def remove() -> None:
        for file in objects:
            file.unlink(missing_ok=True)

    if objects:
        why = f"nothing names them, and no run has written or used them in {policy.object_days} days"
        yield Removal(f"{len(objects):,} objects of DVC's cache", sum(objects.values()), why, remove)
    if passed_over:
        yield Removal("no object of DVC's cache", 0, passed_over, lambda: None)
