"""Templates of the field for new projects: what they make, and what their own next commands do with it.

Their own pages are followed, in an environment of their own, as far as they go without an account.
"""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.peers import environment, make_environment
from benchmarks.results import Cell, Row

PACKAGES = ("cookiecutter-data-science==2.3.0", "kedro==1.7.0", "kedro-airflow==0.11.0")
SOURCES = {
    "cookiecutter-data-science": "https://github.com/drivendataorg/cookiecutter-data-science",
    "kedro-starters": "https://github.com/kedro-org/kedro-starters.git",
}
NAME, SPACEFLIGHTS = "late_orders", "spaceflights-pandas"
CODE = {".py", ".yml", ".yaml"}
NOT_CODE = {"docs", "tests"}
SHOWN = 3  # of the files that a command makes


@dataclass(frozen=True)
class ProjectTemplate:
    """A template, and the commands that its pages name.

    Attributes:
        title: The command that makes a project, as it is called by a person.
        make: The arguments of that command; ``{source}`` is where the template comes from.
        source: A key of :data:`SOURCES`; empty if the template is in the package.
        folder: The folder that is made.
        packages: The packages of the project that its next commands need.
        next: The commands of its README that work on the project.
        files: Files that are written before the project is made, instead of answers to its questions.
    """

    title: str
    make: tuple[str, ...]
    folder: str
    source: str = ""
    packages: tuple[str, ...] = ()
    next: tuple[tuple[str, ...], ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)


KEDRO_NEXT = (("kedro", "run"), ("kedro", "airflow", "create"))
TEMPLATES = (
    ProjectTemplate(
        "ccds",
        ("ccds", "{source}", "--no-input", f"repo_name={NAME}", f"module_name={NAME}"),
        NAME,
        "cookiecutter-data-science",
        ("loguru", "tqdm", "typer", "python-dotenv"),
        (("python", f"{NAME}/modeling/train.py"),),
    ),
    ProjectTemplate(
        "kedro new",
        ("kedro", "new", "--name", NAME, "--tools", "none", "--example", "n"),
        "late-orders",
        next=KEDRO_NEXT,
    ),
    ProjectTemplate(
        f"kedro new --starter {SPACEFLIGHTS}",
        ("kedro", "new", "--starter", "{source}", "--directory", SPACEFLIGHTS, "--config", "answers.yml"),
        NAME,
        "kedro-starters",
        ("kedro-datasets[pandas,plotly,matplotlib]", "scikit-learn", "seaborn"),
        KEDRO_NEXT,
        {"answers.yml": f"project_name: {NAME}\nrepo_name: {NAME}\npython_package: {NAME}\n"},
    ),
)  # fmt: skip


def measured_templates(folder: Path, venv: Path, sources: Mapping[str, str]) -> list[Row]:
    """Make a project from each template and call its next commands.

    Args:
        folder: An empty folder.
        venv: The environment of the templates; it is made.
        sources: Where the templates come from; by default :data:`SOURCES`.
    """
    packages = dict.fromkeys(name for template in TEMPLATES for name in template.packages)
    make_environment(venv, *PACKAGES, *packages)
    return [
        _measured(template, folder / f"template-{number}", venv, {**SOURCES, **sources})
        for number, template in enumerate(TEMPLATES)
    ]


def _measured(template: ProjectTemplate, folder: Path, venv: Path, sources: Mapping[str, str]) -> Row:
    folder.mkdir()
    for name, text in template.files.items():
        (folder / name).write_text(text)
    make = [part.format(source=sources.get(template.source, "")) for part in template.make]
    began = time.monotonic()
    done = _run(make, folder, venv)
    if done.returncode:
        raise RuntimeError(f"{' '.join(make)} failed: {done.stderr[-3000:]}")
    seconds, project = time.monotonic() - began, folder / template.folder
    files, lines = count_code(project)
    outcomes = [f"`{' '.join(command)}`: {_outcome(command, project, venv)}" for command in template.next]
    return Row(
        "templates",
        f"`{template.title}`",
        {
            "seconds": Cell(round(seconds, 1)),
            "files of code": Cell(None, f"{files:,}"),
            "lines of code": Cell(None, f"{lines:,}"),
            "what its next commands do": Cell(None, "; ".join(outcomes)),
        },
    )


def count_code(project: Path) -> tuple[int, int]:
    """Return how many files of Python and YAML a folder has, and how many lines of code.

    Blank lines, comments, hidden files, and the folders of docs and tests do not count.
    """
    files = [
        path
        for path in sorted(project.rglob("*"))
        if path.suffix in CODE
        and not any(part.startswith(".") or part in NOT_CODE for part in path.relative_to(project).parts)
    ]
    texts = [path.read_text(encoding="utf-8") for path in files]
    lines = [line for text in texts for line in text.splitlines() if re.match(r"\s*[^\s#]", line)]
    return len(files), len(lines)


def _outcome(command: Sequence[str], project: Path, venv: Path) -> str:
    """Call a command, and say what it changed: the files that it made, or how it ended."""
    before = set(project.rglob("*"))
    done = _run(command, project, venv)
    made = sorted(
        path.relative_to(project).as_posix()
        for path in set(project.rglob("*")) - before
        if path.is_file() and "__pycache__" not in path.parts
    )
    if done.returncode:
        return f"exit code {done.returncode}"
    more = f" and {len(made) - SHOWN} more" if len(made) > SHOWN else ""
    shown = ", ".join(f"`{path}`" for path in made[:SHOWN]) + more
    return f"makes {shown}" if made else "exit code 0, no file made"


def _run(command: Sequence[str], folder: Path, venv: Path) -> subprocess.CompletedProcess[str]:
    settings = environment(folder)
    settings |= {
        "DO_NOT_TRACK": "1",
        "PATH": f"{venv / 'bin'}{os.pathsep}{settings['PATH']}",
        "PYTHONPATH": str(folder),  # as if the project were installed
    }
    return subprocess.run(
        command,
        cwd=folder,
        env=settings,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
