"""A new pipeline: drafted in a folder of its own, measured there, written, and run once."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from trimtab.errors import ConfigError
from trimtab.scaffold.guess import Guess
from trimtab.scaffold.holdouts import hold_outs, windows_until_end
from trimtab.scaffold.measured_bounds import Measured, checks_without_bounds, measure
from trimtab.scaffold.pipeline_design import PipelineDesign
from trimtab.scaffold.rendering import render_dags, render_pipeline, render_tests
from trimtab.stages import import_stage, write_windows

if TYPE_CHECKING:
    from trimtab.pipeline.execution import RunListener

SUITE_HEAD = (
    "# Yours to edit. What the features are expected to be: Great Expectations' own types and arguments.\n"
)


@dataclass(frozen=True)
class CreatedPipeline:
    """A pipeline that was made.

    Attributes:
        folder: Its folder.
        design: Its design.
        beats_baseline: Whether its model is surely better than the baseline on every hold-out.
        by_make: Whether `make run` plays it at its dates: those in the Makefile's ``project.mk`` are its own.
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
        design, name = self.design, self.design.name
        commit = f"git add --all && git commit --message 'Add the pipeline {name}'"
        if self.by_make:
            return [commit, "make test", "make run"]
        dates = f"--from {design.text(design.first_run)} --until {design.text(design.end)}"
        loop = [f"trimtab loop --pipeline {name} {dates}"] if design.time else []
        return [commit, f"pytest tests/pipelines/{name}", f"(cd pipelines/{name} && trimtab plan)", *loop]

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


def pipeline_paths(repository: Path, name: str) -> dict[str, Path]:
    """Return the folders of a pipeline: its own, that of its DAGs, and that of its tests."""
    return {
        "pipeline": repository / "pipelines" / name,
        "dags": repository / "dags" / name,
        "tests": repository / "tests" / "pipelines" / name,
    }


def require_free(repository: Path, name: str) -> None:
    """Refuse a name whose folders exist.

    Raises:
        ConfigError: One of them exists.
    """
    for folder in pipeline_paths(repository, name).values():
        if folder.exists():
            raise ConfigError(
                f"The folder exists: {folder.relative_to(repository)}",
                where=str(repository),
                fix="choose another name, or remove the folder",
            )


def create_pipeline(design: PipelineDesign, repository: Path, listener: RunListener) -> CreatedPipeline:
    """Write the files of a pipeline into a repository, and run its stages once. Nothing is committed.

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
    paths = pipeline_paths(repository, design.name)
    by_make = _write_dates(repository, design)
    created = CreatedPipeline(paths["pipeline"], design, measured.beats_baseline, by_make)
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


def _write_dates(repository: Path, design: PipelineDesign) -> bool:
    """Write the dates of the main job where the Makefile reads them, unless the project has some already."""
    file = repository / "project.mk"
    if file.exists() or not (repository / "Makefile").is_file():
        return False
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    begin, end = (design.text(moment) or today for moment in (design.first_run, design.end))
    data_end = f"the data of {design.name} end with the last one" if design.time else "any, without windows"
    file.write_text(
        "# Yours to edit: settings of the Makefile for this project.\n"
        f"# The logical dates of the main job: {data_end}.\n"
        f"FROM ?= {begin}\n"
        f"UNTIL ?= {end}\n",
        encoding="utf-8",
    )
    return True


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _add_source(created: CreatedPipeline) -> None:
    """Copy the table into the pipeline, and let DVC track it."""
    from dvc.repo import Repo

    source, target = created.design.source, created.folder / created.design.source_path
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_folder:
        shutil.copytree(source.path, target)
    else:
        shutil.copy(source.path, target)
    with Repo(str(created.folder)) as repo:
        repo.add([str(target)])


def _run(folder: Path, listener: RunListener) -> None:
    from trimtab.pipeline.execution import run
    from trimtab.pipeline.graph import Project, check_gates

    graph = Project(folder).graph()
    check_gates(graph)
    run(folder, graph, listener=listener)
