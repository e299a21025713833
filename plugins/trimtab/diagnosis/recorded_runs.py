"""Recorded runs: the experiments of the repository, with the notes about them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from trimtab.diagnosis.past_run import PastRun
from trimtab.errors import ProjectError
from trimtab.pipeline.git import Revision, ensure_revision, git
from trimtab.pipeline.record import RunNote, find_run, list_runs, read_run_notes, require_project_revision

# A record's name is the DAG's id and the run's. Airflow's own run ids begin with the kind of run.
_RUN_ID = re.compile(r"-(?:manual|scheduled|backfill|asset_triggered|drift)__.*")


def recorded_run(root: Path, name: str) -> PastRun:
    """Return a recorded run.

    Args:
        root: The project's root.
        name: ``<dag id>/<run id>``, a name that ``dvc exp show`` lists, or a commit.

    Raises:
        ProjectError: There is no such run.
    """
    commit = find_run(root, name)
    names = {sha: each for each, sha in list_runs(root).items()}
    return _past_run(root, names.get(commit, name), commit, read_run_notes(root))


def earlier_runs(root: Path, run: PastRun) -> Iterator[PastRun]:
    """Yield the recorded runs of a run's pipeline that are earlier than it, the latest first.

    A run is recorded only if all its stages and gates succeeded, so each is a good one.
    """
    notes, runs = read_run_notes(root), list_runs(root)
    dates = _commit_dates(root, [commit for name, commit in runs.items() if name not in notes])
    orders = {
        name: (notes[name].recorded if name in notes else dates[commit], name)
        for name, commit in runs.items()
        if _pipeline(name, notes) == run.pipeline
    }
    for name in sorted(orders, key=lambda each: orders[each], reverse=True):
        if orders[name] < run.order:
            yield _past_run(root, name, runs[name], notes)


def _past_run(root: Path, name: str, commit: str, notes: Mapping[str, RunNote]) -> PastRun:
    note, pipeline = notes.get(name), _pipeline(name, notes)
    if note is None:
        return PastRun(name, pipeline, _commit_dates(root, [commit])[commit], _results(commit), record=commit)
    environments = {stage: note.environment_of(stage) for stage in note.stages}
    return PastRun(
        name=name,
        pipeline=pipeline,
        when=note.recorded,
        revision=_pinned(root, note.revision) or _results(commit),
        record=commit,
        ran={stage: about.ran for stage, about in note.stages.items()},
        environments={stage: found for stage, found in environments.items() if found},
    )


def _pipeline(name: str, notes: Mapping[str, RunNote]) -> str:
    """Return the pipeline of a run; empty for a run without Airflow, or whose name does not tell."""
    if name in notes:
        return notes[name].pipeline
    pipeline, known = _RUN_ID.subn("", name)
    return pipeline if known else ""


def _commit_dates(root: Path, commits: list[str]) -> dict[str, datetime]:
    """Map commits to their dates. That of a record is the date of the commit it is based on."""
    if not commits:
        return {}
    asked = "".join(f"{commit}\n" for commit in commits)
    listed = git(root, "log", "--no-walk", "--format=%H %cI", "--stdin", text=asked)
    lines = (line.partition(" ") for line in listed.splitlines())
    return {commit: datetime.fromisoformat(date) for commit, _, date in lines}


def _results(commit: str) -> Revision:
    return Revision(commit, commit, dirty=False, overrides={})


def _pinned(root: Path, revision: Revision) -> Revision | None:
    """Return the pinned revision of a note, if it is a commit of the project that can be had here."""
    try:
        ensure_revision(root, revision)
        require_project_revision(root, revision)
    except ProjectError:
        return None  # the record has code, params and inputs too
    return revision
