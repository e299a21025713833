"""Fork the template, as docs/forking.md says, with one of ``tests/library/examples`` for the flights."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tests.library.e2e.world import ROOT, clone_of_project
from trimtab.pipeline.git.revision import git

EXAMPLES = ROOT / "tests" / "library" / "examples"
KEPT = "split.py"  # what a fork keeps of the example's stage code


@dataclass(frozen=True)
class Example:
    """An example, and the edits of the DAG files that docs/forking.md names.

    Attributes:
        name: Its folder, and its package in ``pipelines``.
        model: The registered model.
        start: The first logical date of its DAGs.
        end: The day after its data.
        schedule: The cron expression of its DAGs.
        first_run: The logical date of its first training.
        windows: The windows that are checked after that, in order.
    """

    name: str
    model: str
    start: date
    end: date
    schedule: str
    first_run: date
    windows: tuple[str, ...]


ELECDEMAND = Example(
    name="elecdemand",
    model="demand",
    start=date(2014, 4, 1),
    end=date(2015, 1, 1),
    schedule="0 0 1 * *",
    first_run=date(2014, 6, 1),
    windows=("2014-06", "2014-07", "2014-08"),
)
STORMS = Example(
    name="storms",
    model="storms",
    start=date(2008, 1, 1),
    end=date(2023, 1, 1),
    schedule="0 0 1 1 *",
    first_run=date(2012, 1, 1),
    windows=("2012", "2013", "2014", "2015"),
)


def fork(example: Example, folder: Path) -> Path:
    """Fork the template into a folder, and commit."""
    project = clone_of_project(folder)
    package = project / "pipelines" / example.name
    package.mkdir()
    shutil.copy(project / "pipelines" / "flights" / KEPT, package)
    git(project, "rm", "-rq", "pipelines/flights", "tests/pipelines", "dvc.lock")
    shutil.copytree(EXAMPLES / example.name, project, dirs_exist_ok=True)
    for dag in (project / "dags").rglob("*.py"):
        dag.write_text(_edited(dag.read_text(), example))
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message", "Our own pipeline")
    return project


def _edited(dag: str, example: Example) -> str:
    """Return a DAG file with the schedule and the dates of an example."""
    begin, end = (
        f"datetime({day.year}, {day.month}, {day.day}, tzinfo=UTC)" for day in (example.start, example.end)
    )
    dag = re.sub(r"start_date=datetime\(.*?\)", f"start_date={begin}", dag)
    dag = re.sub(r"end_date=datetime\(.*?\)", f"end_date={end}", dag)
    dag = re.sub(r"\| ds, '[\d-]+'\]", f"| ds, '{example.end}']", dag)
    return dag.replace('"0 0 1 * *"', f'"{example.schedule}"')
