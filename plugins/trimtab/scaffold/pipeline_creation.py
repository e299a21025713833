"""A new pipeline: drafted in a folder of its own, measured there, written, and run once."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from trimtab.errors import StageError
from trimtab.scaffold.guess import Guess
from trimtab.scaffold.holdouts import hold_outs, windows_until_end
from trimtab.scaffold.measured_bounds import Measured, checks_without_bounds, measure
from trimtab.scaffold.pipeline_design import PipelineDesign
from trimtab.scaffold.pipeline_folders import require_free, whole_or_nothing
from trimtab.scaffold.rendering import render_dags, render_pipeline, render_tests, to_one_line
from trimtab.stages import import_stage, write_windows

if TYPE_CHECKING:
    from trimtab.pipeline.execution import RunListener

SUITE_HEAD = (
    "# Yours to edit. What the features are expected to be: Great Expectations' own types and arguments.\n"
)
FIXED_DATES = re.compile(r"^\s*(FROM|UNTIL)\s*[:?]?=", re.MULTILINE)


@dataclass(frozen=True)
class CreatedPipeline:
    """A pipeline that was made.

    Attributes:
        folder: Its folder.
        design: Its design.
        beats_baseline: Whether its model is surely better than the baseline on every hold-out.
        by_make: Whether `make run` plays it at its own dates: ``project.mk`` sets none for all pipelines.
    """

    folder: Path
    design: PipelineDesign
    beats_baseline: bool
    by_make: bool

    def guesses(self) -> list[tuple[Guess, str]]:
        """Return each guess with the line that changes it."""
        return [(guess, guess.place(self.folder)) for guess in self.design.guesses]

    def next_commands(self) -> list[str]:
        """Return the commands that come next, in the root of the repository."""
        name = self.design.name
        commit = f"git add --all && git commit --message 'Add the pipeline {name}'"
        if self.by_make:
            return [commit, "make test", "make run"]
        plan, loop = f"(cd pipelines/{name} && trimtab plan)", f"trimtab loop --pipeline {name}"
        return [commit, f"pytest tests/pipelines/{name}", plan, loop]

    def to_dict(self) -> dict[str, object]:
        """Return the result as JSON."""
        return {
            "pipeline": self.design.name,
            "folder": str(self.folder),
            "guesses": [
                {"what": guess.what, "value": guess.value, "why": guess.why, "place": place}
                for guess, place in self.guesses()
            ],
            "beats_baseline": self.beats_baseline,
            "next": self.next_commands(),
        }


def create_pipeline(design: PipelineDesign, repository: Path, listener: RunListener) -> CreatedPipeline:
    """Write the files of a pipeline into a repository, and run its stages once. Nothing is committed.

    If a stage fails, nothing of the pipeline stays.

    Args:
        design: The design.
        repository: The root of the git repository.
        listener: Receives the events of the run.

    Raises:
        ConfigError: A folder exists, or no model can be measured.
        StageError: A stage failed.
    """
    require_free(repository, design.name)
    with TemporaryDirectory() as draft:
        suite, measured = _measure_draft(design, Path(draft))
    with whole_or_nothing(repository, design.name) as paths:
        created = CreatedPipeline(
            paths["pipeline"], design, measured.beats_baseline, _plays_by_make(repository)
        )
        _write_pipeline(created, suite, measured)
        _write(paths["dags"], render_dags(design))
        _write(paths["tests"], render_tests(design))
        (paths["tests"].parent / "__init__.py").touch()
        _add_source(created)
        _run(created.folder, listener)
    return created


def _measure_draft(design: PipelineDesign, folder: Path) -> tuple[str, Measured]:
    """Return the suite that is drafted from the features of the table, and what models on hold-outs reach."""
    from trimtab.gates.suggest import suggest

    _write(folder, render_pipeline(design, suite="", checks=checks_without_bounds(design), trusted_types=[]))
    ingest = import_stage(folder, "ingest")
    table = ingest.prepare(ingest.read_source(design.source.path))
    features = folder / "data" / "features"
    if design.time:
        write_windows(windows_until_end(table, design), features)
    else:
        features = features.with_suffix(".parquet")
        features.parent.mkdir(exist_ok=True)
        table.to_parquet(features, index=False)
    suite = SUITE_HEAD + suggest(features)
    return suite, measure(design, folder, hold_outs(table, design))


def _write_pipeline(created: CreatedPipeline, suite: str, measured: Measured) -> None:
    """Write the files of the pipeline's folder; its README lists the lines of the guesses in them."""
    design, folder = created.design, created.folder
    content: dict[str, Any] = {
        "suite": suite,
        "checks": measured.checks,
        "trusted_types": measured.trusted_types,
    }
    _write(folder, render_pipeline(design, **content))
    rows = [
        [_cell(guess.what), _cell(guess.value), _cell(guess.why), f"`{place}`"]
        for guess, place in created.guesses()
    ]
    _write(folder, {"README.md": render_pipeline(design, **content, guesses=rows)["README.md"]})


def _plays_by_make(repository: Path) -> bool:
    """Whether `make run` plays each pipeline at its own dates."""
    settings = repository / "project.mk"
    text = settings.read_text(encoding="utf-8") if settings.exists() else ""
    return (repository / "Makefile").is_file() and not FIXED_DATES.search(text)


def _cell(text: str) -> str:
    return to_one_line(text).replace("|", "\\|")


def _write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _add_source(created: CreatedPipeline) -> None:
    """Copy the table into the pipeline, and let DVC track it."""
    source, target = created.design.source, created.folder / created.design.source_path
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_folder:
        target.mkdir()
        for file in source.files:
            shutil.copy(file, target / f"{file.stem}{source.suffix}")
    else:
        shutil.copy(source.path, target)
    command = [sys.executable, "-m", "dvc", "add", created.design.source_path]
    added = subprocess.run(command, cwd=created.folder, capture_output=True, text=True, check=False)
    if added.returncode != 0:
        raise StageError(
            f"DVC cannot track the table: {added.stderr.strip()}",
            where=created.design.source_path,
            fix="make `dvc add` work in this repository",
        )


def _run(folder: Path, listener: RunListener) -> None:
    from trimtab.pipeline.execution import run
    from trimtab.pipeline.graph import Project, check_gates

    graph = Project(folder).graph()
    check_gates(graph)
    run(folder, graph, listener=listener)
