"""The plugin in a run of pytest of a project."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]
PLUGIN = ("-p", "trimtab.contracts.plugin", "-p", "no:cacheprovider")
CONTRACTS = [
    "imports_of_stages_are_deps",
    "imports_of_stages_are_allowed",
    "lock_is_up_to_date",
    "gates_are_on_every_path_to_the_model",
    "params_are_documented_and_used",
]
DOCS = "docs_name_what_exists"


@pytest.fixture
def repository(pytester: pytest.Pytester) -> Path:
    """A repository with a pipeline at the top, one in a folder, a DAG file and a test."""
    for path in (
        ".dvc/config",
        "pipelines/demand/.dvc/config",
        "pipelines/demand/dvc.yaml",
        "dvc.yaml",
        "dags/demand/training.py",
        "dags/demand/texts.py",
        "tests/test_ours.py",
    ):
        file = pytester.path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("")
    (pytester.path / "dags/demand/training.py").write_text("from airflow.sdk import DAG\n")
    (pytester.path / "tests/test_ours.py").write_text("def test_ours(): pass\n")
    return pytester.path


def collected(pytester: pytest.Pytester, *arguments: str, on: bool = True) -> list[str]:
    settings = ["[pytest]", "testpaths = tests", *(["trimtab_contracts = true"] if on else [])]
    (pytester.path / "pytest.ini").write_text("\n".join(settings))
    result = pytester.runpytest_inprocess(*PLUGIN, "--collect-only", "-q", *arguments)
    return [line for line in result.outlines if "::" in line]


def test_contracts_of_each_pipeline_and_dag_file_are_collected_beside_the_tests(pytester, repository):
    assert collected(pytester) == [
        f"pytest.ini::{DOCS}",
        *(f"dvc.yaml::{name}" for name in CONTRACTS),
        *(f"pipelines/demand/dvc.yaml::{name}" for name in [*CONTRACTS, DOCS]),
        "dags/demand/training.py::conventions_of_a_dag",
        "tests/test_ours.py::test_ours",
    ]


def test_plugin_is_inactive_unless_the_project_asks_for_it(pytester, repository):
    assert collected(pytester, on=False) == ["tests/test_ours.py::test_ours"]


@pytest.mark.slow
def test_named_path_is_collected_alone(pytester, repository):
    assert collected(pytester, "tests") == ["tests/test_ours.py::test_ours"]
    assert collected(pytester, "pipelines/demand/dvc.yaml::lock_is_up_to_date") == [
        "pipelines/demand/dvc.yaml::lock_is_up_to_date"
    ]


@pytest.mark.slow
def test_contract_is_chosen_by_keyword(pytester, repository):
    assert collected(pytester, "-k", "lock_is") == [
        "dvc.yaml::lock_is_up_to_date",
        "pipelines/demand/dvc.yaml::lock_is_up_to_date",
    ]


def test_broken_contract_fails_with_the_problem_and_no_stack_trace(pytester, repository):
    (repository / "pytest.ini").write_text("[pytest]\ntrimtab_contracts = true\n")
    (repository / "dvc.yaml").write_text("stages: {train: {cmd: python train.py, outs: [model]}}\n")
    (repository / "train.py").write_text("")
    subprocess.run(["git", "init", "--quiet"], check=True, cwd=repository)
    result = pytester.runpytest_inprocess(*PLUGIN, "dvc.yaml::imports_of_stages_are_deps")
    result.assert_outcomes(failed=1)
    text = result.stdout.str()
    assert "dvc.yaml: imports_of_stages_are_deps" in text
    assert "The stage 'train' imports train.py, which is no dependency of it" in text
    assert "to do: add train.py" in text
    assert "Traceback" not in text


def test_plugin_imports_nothing_of_the_library_until_it_collects():
    code = "import sys, trimtab.contracts.plugin; print([n for n in sys.modules if n.startswith('trimtab.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['trimtab.contracts', 'trimtab.contracts.plugin']"


def test_every_contract_of_the_small_pipeline_but_the_lock_is_kept(pipeline):
    from trimtab.contracts.pipeline_contracts import PIPELINE_CONTRACTS, REPOSITORY_CONTRACTS

    made = pipeline()
    broken = {name for name, check in (PIPELINE_CONTRACTS | REPOSITORY_CONTRACTS).items() if [*check(made)]}
    assert broken == {"lock_is_up_to_date"}  # it has never run


def test_option_collects_contracts_alone(pytester, repository):
    found = collected(pytester, "--contracts")
    assert found[0] == f"pytest.ini::{DOCS}"
    assert "tests/test_ours.py::test_ours" not in found


def test_option_without_the_setting_is_refused(pytester, repository):
    (repository / "pytest.ini").write_text("[pytest]\n")
    result = pytester.runpytest_inprocess(*PLUGIN, "--contracts")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines("*--contracts needs `trimtab_contracts = true`*")


@pytest.mark.slow
def test_contracts_are_deselected_by_their_marker(pytester, repository):
    assert collected(pytester, "-m", "not contract") == ["tests/test_ours.py::test_ours"]


@pytest.mark.slow
def test_repository_without_pipelines_has_a_contract(pytester):
    (pytester.path / "tests").mkdir()
    (pytester.path / "pytest.ini").write_text("[pytest]\ntestpaths = tests\ntrimtab_contracts = true\n")
    (pytester.path / "README.md").write_text("`make tests`\n")
    subprocess.run(["git", "init", "--quiet"], check=True, cwd=pytester.path)
    result = pytester.runpytest_inprocess(*PLUGIN)
    result.assert_outcomes(failed=1)
    assert "The Makefile has no target 'tests': `make tests`" in result.stdout.str()
