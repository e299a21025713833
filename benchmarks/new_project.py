"""From an empty folder to a champion in Airflow, and updates of the template: minutes, lines, conflicts.

Each command runs in a clean folder, as ``docs/new-pipeline.md`` says, on a table of each problem type.
``make benchmark-new ARGS="--docs"`` fills in ``docs/new-project-figures.md``. The figures are kept in
``.trimtab/benchmarks/new-project.json``, where a row measured again replaces the one before.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console

from benchmarks import figures
from benchmarks.measure import measure
from benchmarks.peers import environment
from benchmarks.project_templates import SOURCES, count_code, measured_templates
from benchmarks.results import Cell, Results, Row
from tests.library.scaffold.tables import write_real
from tests.library.template.test_update_of_forks import FORKS, Fork, Versions, make_fork, make_versions
from trimtab.pipeline.git import git
from trimtab.template import UpdateReport, update_project

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / ".trimtab" / "benchmarks"
PAGE = ROOT / "docs" / "new-project-figures.md"
IDENTITY = ("-c", "user.name=benchmark", "-c", "user.email=benchmark@localhost")
PARTS = ("new-project", "updates", "templates")


@dataclass(frozen=True)
class Case:
    """A table of a user, and what he says of it.

    Attributes:
        problem: The problem type, as a title.
        name: The name of the pipeline.
        table: A table of :mod:`tests.library.scaffold.tables`.
        options: The options of ``trimtab new`` beside ``--data``.
    """

    problem: str
    name: str
    table: str
    options: tuple[str, ...]


CASES = (
    Case("binary", "late", "flights.parquet", ("--label", "late")),
    Case("multiclass", "storms", "storms.parquet", ("--label", "status")),
    Case("regression", "demand", "demand.csv", ("--label", "Demand", "--every", "month")),
)


@click.command()
@click.option("--only", multiple=True, type=click.Choice(PARTS), help="A part to measure; all by default.")
@click.option(
    "--source",
    multiple=True,
    metavar="NAME=ADDRESS",
    help=f"Where a template is, one of {', '.join(SOURCES)}.",
)
@click.option("--docs", is_flag=True, help="Write the figures into docs/, those of earlier runs included.")
def main(only: tuple[str, ...], source: tuple[str, ...], docs: bool) -> None:
    """Measure, print and keep the figures."""
    HOME.mkdir(parents=True, exist_ok=True)
    results = Results(HOME / "new-project.json")
    with tempfile.TemporaryDirectory(prefix="trimtab-benchmark-") as scratch:
        folder = Path(scratch)
        for part in only or PARTS:
            (folder / part).mkdir()
            for row in _measured(part, folder / part, dict(one.split("=", 1) for one in source)):
                results.add(row)
    figures.show(results, Console())
    if docs:
        tables = {part: figures.markdown(results.of(part)) for part in PARTS if results.of(part)}
        figures.fill(PAGE, {"machine": results.setting(f"DVC {results.machine['dvc']}"), **tables})


def _measured(part: str, folder: Path, sources: Mapping[str, str]) -> Iterable[Row]:
    if part == "new-project":
        return measured_projects(folder)
    if part == "updates":
        return measured_updates(folder)
    return measured_templates(folder, HOME / "project-templates", sources)


def measured_projects(folder: Path) -> Iterator[Row]:
    """Make a project from a table of each problem type, and play its main job in Airflow.

    Args:
        folder: An empty folder.
    """
    template = folder / "template"
    git(folder, "clone", "--quiet", "--no-hardlinks", str(ROOT), str(template))
    yield Row(
        "new-project",
        "`make setup` in a clone of the template",
        {"sum": _minutes(["make", "setup"], template)},
    )
    for case in CASES:
        yield Row("new-project", case.problem, _project(case, folder, template))


def _project(case: Case, folder: Path, template: Path) -> dict[str, Cell]:
    """Return the figures of one table: each command of the user in turn."""
    project = folder / case.name
    project.mkdir()
    data = write_real(case.table, folder)
    trimtab = str(template / ".venv" / "bin" / "trimtab")
    new = _minutes([trimtab, "new", case.name, "--data", str(data), *case.options], project)
    git(project, "add", "--all")
    commit = _minutes(["git", *IDENTITY, "commit", "--quiet", "--message", "Add the pipeline"], project)
    setup = _minutes(["make", "setup"], project)
    began = datetime.now(UTC)
    loop = _minutes(["make", "run"], project)
    until_champion = (_first_champion(project) - began).total_seconds() / 60
    champion = Cell(until_champion, others=loop.others)
    steps = {
        "`trimtab new`": new,
        "`git commit`": commit,
        "`make setup`": setup,
        "`make run` until a champion": champion,
    }
    edited = git(project, "diff", "--numstat", "HEAD").splitlines()
    made = [count_code(project / part / case.name) for part in ("pipelines", "dags", "tests/pipelines")]
    files, lines = (sum(counts) for counts in zip(*made, strict=True))
    return {
        **steps,
        "sum": Cell(
            sum(cell.value or 0 for cell in steps.values()),
            others=max(cell.others for cell in steps.values()),
        ),
        "`make run` until its end": loop,
        "files edited by hand": Cell(None, str(len(edited))),
        "lines written by hand": Cell(None, str(sum(int(row.split("\t")[0]) for row in edited))),
        "made by `trimtab new`": Cell(None, f"{files} files, {lines:,} lines"),
    }


def _minutes(command: list[str], folder: Path) -> Cell:
    """Run a command as a user does, and return its minutes."""
    settings = environment(folder)
    settings.pop("PYTHONPATH", None)  # the library is that of the project
    measured = measure(command, folder, {**settings, "PYTHON": sys.executable})
    return Cell(measured.seconds / 60, peak_mb=measured.peak_mb, others=measured.others)


def _first_champion(project: Path) -> datetime:
    """Return when the ledger of a project got its first champion.

    Raises:
        LookupError: It has none.
    """
    (database,) = (project / ".trimtab").rglob("mlflow.db")
    settings = {**environment(project), "MLFLOW_TRACKING_URI": f"sqlite:///{database}"}
    settings.pop("PYTHONPATH", None)
    answer = project.with_name(f"{project.name}.json")
    (pipeline,) = (project / "pipelines").glob("*/dvc.yaml")
    command = f"cd {pipeline.parent} && {project}/.venv/bin/trimtab models --json > {answer}"
    measure(["sh", "-c", command], project, settings)
    ledger = json.loads(answer.read_text())["ledger"]
    if not ledger:
        raise LookupError(f"{project.name} has no champion")
    return min(datetime.fromisoformat(entry["at"]) for entry in ledger)


def measured_updates(folder: Path) -> list[Row]:
    """Update the forks of the test of updates, and count the conflicts.

    Args:
        folder: An empty folder.
    """
    versions = make_versions(folder / "versions")
    rows = {}
    for kept, title in ((True, "forks that kept to their side of the line"), (False, "forks that did not")):
        forks = [fork for fork in FORKS if kept is not bool(fork.divergences)]
        reports = [_updated(fork, versions, folder / f"{kept}-{number}") for number, fork in enumerate(forks)]
        found = sum(len(report.divergences) for report in reports)
        rows[title] = {
            "forks": len(forks),
            "with a conflict": sum(bool(report.conflicts) for report in reports),
            "files in conflict": sum(len(report.conflicts) for report in reports),
            "edits over the line": sum(len(fork.divergences) for fork in forks),
            "of them listed": found,
        }
    return [
        Row("updates", title, {name: Cell(None, str(value)) for name, value in row.items()})
        for title, row in rows.items()
    ]


def _updated(fork: Fork, versions: Versions, folder: Path) -> UpdateReport:
    project = make_fork(fork, versions, folder)
    return update_project(project.root, source=str(versions.template.root))


if __name__ == "__main__":
    main()
